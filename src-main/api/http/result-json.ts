import { type Labels, labelEntries } from '../../model/labels.ts';
import type { Matrix, QueryValue, RawSeries, Steps } from '../../promql/result.ts';

/** A sample value as Prometheus prints it: shortest form, exponents of at least two digits (util/jsonutil/marshal.go). */
export function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  const e = text.indexOf('e');
  return e >= 0 && text.length - e === 3 ? `${text.slice(0, e + 2)}0${text.slice(e + 2)}` : text;
}

/** Seconds with three decimals where there are any. */
export function timestampText(timeMs: number): string {
  const fraction = Math.abs(timeMs % 1000);
  const whole = Math.trunc(timeMs / 1000);
  const sign = timeMs < 0 && whole === 0 ? '-' : '';
  return fraction === 0 ? String(whole) : `${sign}${whole}.${String(fraction).padStart(3, '0')}`;
}

export function labelsJson(labels: Labels): string {
  let text = '{';
  for (const [name, value] of labelEntries(labels))
    text += `${text === '{' ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(value)}`;
  return `${text}}`;
}

/** `{"resultType":...,"result":...}` of a query, at most `limit` series (0: all). */
export function queryDataJson(
  value: QueryValue,
  limit: number,
  statsJson: string,
): { readonly json: string; readonly truncated: boolean } {
  const { type, result, truncated } = resultJson(value, limit === 0 ? Number.POSITIVE_INFINITY : limit);
  return { json: `{"resultType":"${type}","result":${result}${statsJson}}`, truncated };
}

function resultJson(
  value: QueryValue,
  limit: number,
): { readonly type: string; readonly result: string; readonly truncated: boolean } {
  switch (value.kind) {
    case 'string':
      return {
        type: 'string',
        result: `[${timestampText(value.timeMs)},${JSON.stringify(value.value)}]`,
        truncated: false,
      };
    case 'scalar':
      return value.steps.stepMs === 0
        ? {
            type: 'scalar',
            result: `[${timestampText(value.steps.startMs)},"${valueText(value.values[0] ?? Number.NaN)}"]`,
            truncated: false,
          }
        : { type: 'matrix', result: `[${scalarRowJson(value.steps, value.values)}]`, truncated: false };
    case 'raw':
      return {
        type: 'matrix',
        result: listOf(value.series.slice(0, limit), rawSeriesJson),
        truncated: value.series.length > limit,
      };
    case 'vector':
      return { type: 'vector', ...matrixRows(value.matrix, limit, vectorElementJson) };
    case 'matrix':
      return { type: 'matrix', ...matrixRows(value.matrix, limit, rangeRowWriter(value.matrix.steps)) };
  }
}

type RowWriter = (matrix: Matrix, row: number) => string;

function matrixRows(
  matrix: Matrix,
  limit: number,
  write: RowWriter,
): { readonly result: string; readonly truncated: boolean } {
  let text = '[';
  let written = 0;
  let truncated = false;
  for (let row = 0; row < matrix.labels.length; row++) {
    const json = write(matrix, row);
    if (json === '') continue;
    if (written === limit) {
      truncated = true;
      break;
    }
    text += written === 0 ? json : `,${json}`;
    written++;
  }
  return { result: `${text}]`, truncated };
}

function vectorElementJson(matrix: Matrix, row: number): string {
  if (matrix.present[row] === 0) return '';
  return `{"metric":${labelsJson(matrix.labels[row] ?? [])},"value":[${timestampText(matrix.steps.startMs)},"${valueText(matrix.values[row] ?? Number.NaN)}"]}`;
}

/** Series share their timestamps: each is printed once. */
function rangeRowWriter(steps: Steps): RowWriter {
  const starts = stepTexts(steps);
  return (matrix, row) => {
    let points = '';
    const base = row * steps.count;
    for (let k = 0; k < steps.count; k++) {
      if (matrix.present[base + k] === 0) continue;
      points += `${points === '' ? '' : ','}${starts[k]}${valueText(matrix.values[base + k] ?? Number.NaN)}"]`;
    }
    return points === '' ? '' : `{"metric":${labelsJson(matrix.labels[row] ?? [])},"values":[${points}]}`;
  };
}

function stepTexts(steps: Steps): string[] {
  return Array.from({ length: steps.count }, (_, k) => `[${timestampText(steps.startMs + k * steps.stepMs)},"`);
}

function scalarRowJson(steps: Steps, values: Float64Array): string {
  const points = stepTexts(steps).map((start, k) => `${start}${valueText(values[k] ?? Number.NaN)}"]`);
  return `{"metric":{},"values":[${points.join(',')}]}`;
}

function rawSeriesJson(series: RawSeries): string {
  let points = '';
  for (let i = 0; i < series.timesMs.length; i++) {
    points += `${i === 0 ? '' : ','}[${timestampText(series.timesMs[i] ?? 0)},"${valueText(series.values[i] ?? Number.NaN)}"]`;
  }
  return `{"metric":${labelsJson(series.labels)},"values":[${points}]}`;
}

function listOf<T>(items: readonly T[], write: (item: T) => string): string {
  return `[${items.map(write).join(',')}]`;
}

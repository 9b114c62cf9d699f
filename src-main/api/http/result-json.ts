import { type Labels, labelEntries } from '../../model/labels.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { ABSENT, HISTOGRAM, type Matrix, type QueryValue, type RawSeries, type Steps } from '../../promql/result.ts';
import { histogramJson } from './histogram-json.ts';
import { timestampText, valueText } from './value-text.ts';

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
  if (matrix.present[row] === ABSENT) return '';
  const time = timestampText(matrix.steps.startMs);
  const histogram = histogramAt(matrix, row);
  const sample =
    histogram === undefined
      ? `"value":[${time},"${valueText(matrix.values[row] ?? Number.NaN)}"]`
      : `"histogram":[${time},${histogramJson(histogram)}]`;
  return `{"metric":${labelsJson(matrix.labels[row] ?? [])},${sample}}`;
}

function histogramAt(matrix: Matrix, cell: number): NativeHistogram | undefined {
  return matrix.present[cell] === HISTOGRAM ? matrix.histograms[matrix.values[cell] ?? -1] : undefined;
}

/** Series share their timestamps: each is printed once. */
function rangeRowWriter(steps: Steps): RowWriter {
  const starts = stepTexts(steps);
  return (matrix, row) => {
    let points = '';
    let histograms = '';
    const base = row * steps.count;
    for (let k = 0; k < steps.count; k++) {
      if (matrix.present[base + k] === ABSENT) continue;
      const histogram = histogramAt(matrix, base + k);
      if (histogram === undefined)
        points += `${points === '' ? '' : ','}[${starts[k]},"${valueText(matrix.values[base + k] ?? Number.NaN)}"]`;
      else histograms += `${histograms === '' ? '' : ','}[${starts[k]},${histogramJson(histogram)}]`;
    }
    return points === '' && histograms === '' ? '' : seriesJson(matrix.labels[row] ?? [], points, histograms);
  };
}

function seriesJson(labels: Labels, points: string, histograms: string): string {
  const values = points === '' ? '' : `,"values":[${points}]`;
  const rest = histograms === '' ? '' : `,"histograms":[${histograms}]`;
  return `{"metric":${labelsJson(labels)}${values}${rest}}`;
}

function stepTexts(steps: Steps): string[] {
  return Array.from({ length: steps.count }, (_, k) => timestampText(steps.startMs + k * steps.stepMs));
}

function scalarRowJson(steps: Steps, values: Float64Array): string {
  const points = stepTexts(steps).map((start, k) => `[${start},"${valueText(values[k] ?? Number.NaN)}"]`);
  return `{"metric":{},"values":[${points.join(',')}]}`;
}

function rawSeriesJson(series: RawSeries): string {
  const points: string[] = [];
  const histograms: string[] = [];
  for (let i = 0; i < series.timesMs.length; i++) {
    const time = timestampText(series.timesMs[i] ?? 0);
    const histogram = series.histograms?.[i];
    if (histogram === undefined) points.push(`[${time},"${valueText(series.values[i] ?? Number.NaN)}"]`);
    else histograms.push(`[${time},${histogramJson(histogram)}]`);
  }
  return seriesJson(series.labels, points.join(','), histograms.join(','));
}

function listOf<T>(items: readonly T[], write: (item: T) => string): string {
  return `[${items.map(write).join(',')}]`;
}

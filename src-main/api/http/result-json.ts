import type { Labels } from '../../model/labels.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { ABSENT, HISTOGRAM, type Matrix, type QueryValue, type RawSeries, type Steps } from '../../promql/result.ts';
import { histogramJson } from './histogram-json.ts';
import type { JsonText } from './json-text.ts';
import { timestampText } from './value-text.ts';

/**
 * Writes `{"resultType":...,"result":...}` of a query, at most `limit` series of it (0: all). Returns whether there
 * were more.
 */
export function writeQueryData(out: JsonText, value: QueryValue, limit: number, statsJson: string): boolean {
  const isTruncated = writeResult(out, value, limit === 0 ? Number.POSITIVE_INFINITY : limit);
  out.raw(statsJson).raw('}');
  return isTruncated;
}

function writeResult(out: JsonText, value: QueryValue, limit: number): boolean {
  switch (value.kind) {
    case 'string':
      begin(out, 'string')
        .raw(`[${timestampText(value.timeMs)},`)
        .string(value.value)
        .raw(']');
      return false;
    case 'scalar':
      if (value.steps.stepMs === 0)
        writeFloat(begin(out, 'scalar'), timestampText(value.steps.startMs), value.values[0]);
      else writeScalarRow(begin(out, 'matrix'), value.steps, value.values);
      return false;
    case 'raw':
      return writeRows(begin(out, 'matrix'), value.series.length, limit, (row) =>
        writeRawSeries(out, value.series[row]),
      );
    case 'vector':
      return writeRows(begin(out, 'vector'), value.matrix.labels.length, limit, (row) =>
        writeElement(out, value.matrix, row),
      );
    case 'matrix': {
      const times = stepTexts(value.matrix.steps);
      return writeRows(begin(out, 'matrix'), value.matrix.labels.length, limit, (row) =>
        writeRow(out, value.matrix, row, times),
      );
    }
  }
}

function begin(out: JsonText, type: string): JsonText {
  return out.raw(`{"resultType":"${type}","result":`);
}

/** A list of what `write` writes of each row; it may write nothing. Returns whether a row was left out for the limit. */
function writeRows(out: JsonText, rows: number, limit: number, write: (row: number) => void): boolean {
  out.raw('[');
  let written = 0;
  let isTruncated = false;
  for (let row = 0; row < rows && !isTruncated; row++) {
    const before = out.length;
    if (written > 0) out.raw(',');
    const start = out.length;
    write(row);
    if (out.length === start) out.cutTo(before);
    else if (written < limit) written++;
    else {
      out.cutTo(before);
      isTruncated = true;
    }
  }
  out.raw(']');
  return isTruncated;
}

function writeFloat(out: JsonText, time: string, value: number | undefined): void {
  out
    .raw('[')
    .raw(time)
    .raw(',"')
    .value(value ?? Number.NaN)
    .raw('"]');
}

function writeHistogram(out: JsonText, time: string, histogram: NativeHistogram): void {
  out.raw('[').raw(time).raw(',').raw(histogramJson(histogram)).raw(']');
}

function writeElement(out: JsonText, matrix: Matrix, row: number): void {
  if (matrix.present[row] === ABSENT) return;
  const time = timestampText(matrix.steps.startMs);
  const histogram = histogramAt(matrix, row);
  writeMetric(out, matrix.labels[row]);
  if (histogram === undefined) writeFloat(out.raw(',"value":'), time, matrix.values[row]);
  else writeHistogram(out.raw(',"histogram":'), time, histogram);
  out.raw('}');
}

function writeMetric(out: JsonText, labels: Labels | undefined): void {
  out.raw('{"metric":').labels(labels ?? []);
}

function histogramAt(matrix: Matrix, cell: number): NativeHistogram | undefined {
  return matrix.present[cell] === HISTOGRAM ? matrix.histograms[matrix.values[cell] ?? -1] : undefined;
}

/** Series share their timestamps: `times` has each once. */
function writeRow(out: JsonText, matrix: Matrix, row: number, times: readonly string[]): void {
  const { count } = matrix.steps;
  const base = row * count;
  const start = out.length;
  writeMetric(out, matrix.labels[row]);
  let floats = 0;
  let histograms = 0;
  for (let k = 0; k < count; k++) {
    const kind = matrix.present[base + k];
    if (kind === HISTOGRAM) histograms++;
    if (kind === ABSENT || kind === HISTOGRAM) continue;
    out.raw(floats++ === 0 ? ',"values":[[' : ',[');
    out
      .raw(times[k] ?? '')
      .raw(',"')
      .value(matrix.values[base + k] ?? Number.NaN)
      .raw('"]');
  }
  if (floats > 0) out.raw(']');
  if (histograms > 0) writeRowHistograms(out, matrix, base, times);
  if (floats + histograms === 0) out.cutTo(start);
  else out.raw('}');
}

function writeRowHistograms(out: JsonText, matrix: Matrix, base: number, times: readonly string[]): void {
  let mark = ',"histograms":[';
  for (let k = 0; k < matrix.steps.count; k++) {
    const histogram = histogramAt(matrix, base + k);
    if (histogram === undefined) continue;
    writeHistogram(out.raw(mark), times[k] ?? '', histogram);
    mark = ',';
  }
  out.raw(']');
}

function stepTexts(steps: Steps): string[] {
  return Array.from({ length: steps.count }, (_, k) => timestampText(steps.startMs + k * steps.stepMs));
}

function writeScalarRow(out: JsonText, steps: Steps, values: Float64Array): void {
  out.raw('[{"metric":{},"values":[');
  for (const [k, time] of stepTexts(steps).entries()) {
    if (k > 0) out.raw(',');
    writeFloat(out, time, values[k]);
  }
  out.raw(']}]');
}

function writeRawSeries(out: JsonText, series: RawSeries | undefined): void {
  if (series === undefined) return;
  const { labels, timesMs, values, histograms } = series;
  writeMetric(out, labels);
  let mark = ',"values":[';
  for (let i = 0; i < timesMs.length; i++) {
    if (histograms?.[i] !== undefined) continue;
    writeFloat(out.raw(mark), timestampText(timesMs[i] ?? 0), values[i]);
    mark = ',';
  }
  if (mark === ',') out.raw(']');
  mark = ',"histograms":[';
  for (let i = 0; i < timesMs.length; i++) {
    const histogram = histograms?.[i];
    if (histogram === undefined) continue;
    writeHistogram(out.raw(mark), timestampText(timesMs[i] ?? 0), histogram);
    mark = ',';
  }
  if (mark === ',') out.raw(']');
  out.raw('}');
}

import { newPointPrinter, type PointPrinter } from '../../kernels/point-printer.ts';
import type { Labels } from '../../model/labels.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import {
  ABSENT,
  FLOAT,
  HISTOGRAM,
  type Matrix,
  type QueryValue,
  type RawSeries,
  type Steps,
} from '../../promql/result.ts';
import { histogramJson } from './histogram-json.ts';
import type { JsonText } from './json-text.ts';
import { timestampText } from './value-text.ts';

/** A label set and a point take about so much. */
const SERIES_BYTES = 320;
const POINT_BYTES = 36;

/** About what `writeQueryData` will write. */
export function expectedBytes(value: QueryValue): number {
  if (value.kind !== 'matrix' && value.kind !== 'vector') return 0;
  const { labels, values } = value.matrix;
  return labels.length * SERIES_BYTES + values.length * POINT_BYTES;
}

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
      const writer = new RowWriter(out, value.matrix);
      return writeRows(begin(out, 'matrix'), value.matrix.labels.length, limit, (row) => writer.write(row));
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

/** Rows of a matrix: series share their timestamps, each is printed once. */
class RowWriter {
  readonly #out: JsonText;
  readonly #matrix: Matrix;
  readonly #times: readonly string[];
  /** What stands before the value of each point. */
  readonly #prefixes: readonly string[];
  readonly #printer: PointPrinter | null;

  constructor(out: JsonText, matrix: Matrix) {
    this.#out = out;
    this.#matrix = matrix;
    this.#times = stepTexts(matrix.steps);
    this.#prefixes = this.#times.map((time) => `,[${time},"`);
    this.#printer = newPointPrinter(this.#prefixes);
  }

  /** Nothing for a row without points. */
  write(row: number): void {
    const out = this.#out;
    const start = out.length;
    writeMetric(out, this.#matrix.labels[row]);
    const isEmpty = !this.#writeFloats(row * this.#matrix.steps.count);
    if (!this.#writeHistograms(row * this.#matrix.steps.count) && isEmpty) out.cutTo(start);
    else out.raw('}');
  }

  #writeFloats(base: number): boolean {
    const out = this.#out;
    const { values, present } = this.#matrix;
    const before = out.length;
    out.raw(',"values":[');
    const start = out.length;
    if (this.#printer !== null) {
      this.#printer.print(values, present, base, (piece) =>
        out.bytes(out.length === start ? piece.subarray(1) : piece),
      );
    } else {
      for (const [k, prefix] of this.#prefixes.entries()) {
        if (present[base + k] !== FLOAT) continue;
        out
          .raw(out.length === start ? prefix.slice(1) : prefix)
          .value(values[base + k] ?? Number.NaN)
          .raw('"]');
      }
    }
    if (out.length === start) out.cutTo(before);
    else out.raw(']');
    return out.length > before;
  }

  #writeHistograms(base: number): boolean {
    const out = this.#out;
    const before = out.length;
    if (this.#matrix.histograms.length === 0) return false;
    for (const [k, time] of this.#times.entries()) {
      const histogram = histogramAt(this.#matrix, base + k);
      if (histogram === undefined) continue;
      writeHistogram(out.raw(out.length === before ? ',"histograms":[' : ','), time, histogram);
    }
    if (out.length > before) out.raw(']');
    return out.length > before;
  }
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

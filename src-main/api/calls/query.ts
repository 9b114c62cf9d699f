import { parsePromql } from '../../../shared/promql/parse.ts';
import type { InstantQueryReply, RangeQueryReply, ShownHistogram } from '../../../shared/query.ts';
import { allBuckets } from '../../model/histograms/all-buckets.ts';
import { labelsToRecord } from '../../model/labels.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { ABSENT, FLOAT, HISTOGRAM, type Matrix, type QueryResult } from '../../promql/result.ts';
import { CallError, type Handlers } from '../dispatcher.ts';
import { boundaryRule } from '../http/histogram-json.ts';
import type { ApiParts } from '../parts.ts';

const MAX_POINTS = 11_000;

export function queryCalls(parts: ApiParts): Pick<Handlers, 'query.instant' | 'query.range' | 'query.history'> {
  const parse = (text: string) => parsePromql(text, { experimental: parts.experimental });
  return {
    'query.instant': async ({ query, timeMs, limit, remember }, signal) => {
      const expr = parse(query);
      if (remember) parts.store.queryHistory.add(query, parts.clock.nowMs());
      const result = await parts.queryEngine.instant(parts.queryable, expr, timeMs, { signal, text: query });
      return instantReply(result, limit);
    },
    'query.range': async ({ query, startMs, endMs, stepMs, limit, remember }, signal) => {
      if (endMs < startMs) throw new CallError('bad-request', 'the range ends before it starts');
      if ((endMs - startMs) / stepMs > MAX_POINTS)
        throw new CallError(
          'bad-request',
          'more than 11,000 points per series: choose a larger step or a shorter range',
        );
      const expr = parse(query);
      if (remember) parts.store.queryHistory.add(query, parts.clock.nowMs());
      const result = await parts.queryEngine.range(
        parts.queryable,
        expr,
        { startMs, endMs, stepMs },
        { signal, text: query },
      );
      return rangeReply(result, limit);
    },
    'query.history': async ({ search, limit }) => parts.store.queryHistory.search(search, limit),
  };
}

function notesOf({ warnings, infos, stats }: QueryResult): Pick<RangeQueryReply, 'warnings' | 'infos' | 'stats'> {
  return { warnings: [...warnings], infos: [...infos], stats };
}

function rangeReply(result: QueryResult, limit: number): RangeQueryReply {
  const matrix = matrixOf(result);
  const rows = limit === 0 ? matrix.labels.length : Math.min(limit, matrix.labels.length);
  const points = rows * matrix.steps.count;
  const present = matrix.present.slice(0, points);
  // The slots of values that do not exist hold anything in the engine; what draws them looks at the values alone.
  const values = matrix.values.slice(0, points).map((value, at) => (present[at] === FLOAT ? value : Number.NaN));
  return {
    ...notesOf(result),
    totalSeries: matrix.labels.length,
    labels: matrix.labels.slice(0, rows).map(labelsToRecord),
    startMs: matrix.steps.startMs,
    stepMs: matrix.steps.stepMs,
    stepCount: matrix.steps.count,
    values,
    present,
  };
}

/** A scalar over time is a series without labels. */
function matrixOf({ value }: QueryResult): Matrix {
  switch (value.kind) {
    case 'vector':
    case 'matrix':
      return value.matrix;
    case 'scalar':
      return {
        kind: 'matrix',
        steps: value.steps,
        labels: [[]],
        values: value.values,
        present: new Uint8Array(value.values.length).fill(FLOAT),
        histograms: [],
      };
    case 'raw':
    case 'string':
      throw new CallError(
        'execution',
        `a ${value.kind === 'raw' ? 'range vector' : 'string'} cannot be drawn over time`,
      );
  }
}

function instantReply(result: QueryResult, limit: number): InstantQueryReply {
  const { value } = result;
  const most = limit === 0 ? Number.POSITIVE_INFINITY : limit;
  switch (value.kind) {
    case 'vector':
    case 'matrix': {
      const all = value.matrix.labels
        .map((_, row) => row)
        .filter((row) => value.matrix.present[row * value.matrix.steps.count] !== ABSENT);
      const rows = all.slice(0, most);
      return { ...notesOf(result), totalSeries: all.length, value: vectorReply(value.matrix, rows) };
    }
    case 'scalar':
      return { ...notesOf(result), totalSeries: 1, value: { kind: 'scalar', value: value.values.slice(0, 1) } };
    case 'string':
      return { ...notesOf(result), totalSeries: 1, value: { kind: 'string', value: value.value } };
    case 'raw': {
      const series = value.series.slice(0, most).map(({ labels, timesMs, values, histograms }) => ({
        labels: labelsToRecord(labels),
        timesMs,
        values: histograms === null ? values : values.map((v, at) => (histograms[at] === undefined ? v : Number.NaN)),
        histograms: (histograms ?? []).flatMap((h, at) => (h === undefined ? [] : [shownHistogram(h, at)])),
      }));
      return { ...notesOf(result), totalSeries: value.series.length, value: { kind: 'raw', series } };
    }
  }
}

function vectorReply({ steps, labels, values, present, histograms }: Matrix, rows: readonly number[]) {
  const cells = rows.map((row) => row * steps.count);
  const isHistogram = (cell: number) => present[cell] === HISTOGRAM;
  return {
    kind: 'vector' as const,
    labels: rows.map((row) => labelsToRecord(labels[row] ?? [])),
    values: Float64Array.from(cells, (cell) => (isHistogram(cell) ? Number.NaN : (values[cell] ?? Number.NaN))),
    histograms: cells.flatMap((cell, at) => {
      const histogram = isHistogram(cell) ? histograms[values[cell] ?? -1] : undefined;
      return histogram === undefined ? [] : [shownHistogram(histogram, at)];
    }),
  };
}

function shownHistogram(h: NativeHistogram, at: number): ShownHistogram {
  const buckets = allBuckets(h);
  return {
    at,
    totals: Float64Array.of(h.count, h.sum),
    buckets: Float64Array.from(buckets.flatMap(({ lower, upper, count }) => [lower, upper, count])),
    rules: Uint8Array.from(buckets, boundaryRule),
  };
}

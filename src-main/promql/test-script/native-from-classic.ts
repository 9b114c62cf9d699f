/** `load_with_nhcb`: classic histograms as native ones with custom buckets (promqltest/test.go, util/convertnhcb). */
import { dropLabels, getLabel, type Labels, labelsKey, METRIC_NAME, withLabels } from '../../model/labels.ts';
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram, NO_BUCKETS } from '../../model/native-histogram.ts';
import { compactHistogram } from '../histograms/arithmetic.ts';
import { parseBound } from '../operators/histogram-buckets.ts';
import { ScriptError, type SequenceItem, type SeriesLine } from './script.ts';

const SUFFIX = /_(bucket|count|sum)$/;
const BUCKET_LABEL: ReadonlySet<string> = new Set(['le']);

/** What a classic histogram says at one time. */
interface ClassicPoint {
  readonly buckets: Map<number, number>;
  count: number | null;
  sum: number;
}

/** The histograms of series with one name and labels, by sample. */
interface Group {
  readonly labels: Labels;
  readonly points: ClassicPoint[];
}

export function nativeFromClassic(series: readonly SeriesLine[], line: number): SeriesLine[] {
  const groups = new Map<string, Group>();
  for (const { labels, items } of series) {
    const name = getLabel(labels, METRIC_NAME);
    const kind = SUFFIX.exec(name)?.[1];
    const bound = kind === 'bucket' ? parseBound(getLabel(labels, 'le')) : null;
    if (kind === undefined || (kind === 'bucket' && bound === null)) continue;
    const rest = kind === 'bucket' ? dropLabels(labels, BUCKET_LABEL) : labels;
    const base = withLabels(rest, [[METRIC_NAME, name.replace(SUFFIX, '')]]);
    const group = groups.get(labelsKey(base)) ?? { labels: base, points: [] };
    groups.set(labelsKey(base), group);
    collect(group.points, items, kind, bound);
  }
  return [...groups.values()].map(({ labels, points }) => ({
    labels,
    items: Array.from(points, (point): SequenceItem => {
      if (point === undefined) return { kind: 'omitted' };
      return { kind: 'histogram', histogram: convert(point, line), hintWritten: false };
    }),
  }));
}

function collect(points: ClassicPoint[], items: readonly SequenceItem[], kind: string, bound: number | null): void {
  for (const [i, item] of items.entries()) {
    if (item.kind !== 'float') continue;
    const point = points[i] ?? { buckets: new Map<number, number>(), count: null, sum: 0 };
    points[i] = point;
    if (kind === 'count') point.count = item.value;
    else if (kind === 'sum') point.sum = item.value;
    else if (bound !== null && !point.buckets.has(bound)) point.buckets.set(bound, item.value);
  }
}

function convert({ buckets, count, sum }: ClassicPoint, line: number): NativeHistogram {
  const ascending = [...buckets].sort(([a], [b]) => a - b);
  const observations = count ?? ascending.at(-1)?.[1] ?? 0;
  if (ascending.at(-1)?.[0] !== Number.POSITIVE_INFINITY) ascending.push([Number.POSITIVE_INFINITY, observations]);
  let before = 0;
  const counts = ascending.map(([, cumulative]) => {
    const own = cumulative - before;
    if (own < 0) throw new ScriptError(line, 'counts are not cumulative');
    before = cumulative;
    return own;
  });
  return compactHistogram({
    schema: CUSTOM_BUCKETS_SCHEMA,
    integer: false,
    counterReset: 'unknown',
    zeroThreshold: 0,
    zeroCount: 0,
    count: observations,
    sum,
    stale: false,
    positive: { spans: Int32Array.of(0, counts.length), counts: Float64Array.from(counts) },
    negative: NO_BUCKETS,
    customValues: Float64Array.from(ascending.slice(0, -1), ([bound]) => bound),
  });
}

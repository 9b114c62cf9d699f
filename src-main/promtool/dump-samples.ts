/** `tsdb dump` and `tsdb dump-openmetrics` (cmd/promtool/tsdb.go). */
import { quote } from '../../shared/promql/go-string.ts';
import { printFloat } from '../model/go-template/format-float.ts';
import { allBuckets } from '../model/histograms/all-buckets.ts';
import {
  compareLabels,
  dropLabels,
  getLabel,
  type Labels,
  labelEntries,
  METRIC_NAME,
  NO_LABELS,
} from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { NativeHistogram } from '../model/native-histogram.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import { isStaleAt } from '../model/staleness.ts';
import type { Queryable, SeriesSet } from '../model/storage.ts';
import type { Terminal } from './terminal.ts';

const FLUSH_CHARS = 65_536;
const LEGACY_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export interface DumpRange {
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  /** A series is dumped when all matchers of any of the sets match. */
  readonly matcherSets: readonly (readonly Matcher[])[];
}

/** Appends what stands for one series to `lines`. */
export type SeriesPrinter = (labels: Labels, samples: SampleColumns, lines: string[]) => void;

/** Series in the order of their labels, each once. */
export async function dumpSamples(
  storage: Queryable,
  range: DumpRange,
  print: SeriesPrinter,
  terminal: Terminal,
): Promise<void> {
  const querier = storage.querier(range.minTimeMs, range.maxTimeMs);
  try {
    const samples = new SampleColumns();
    const lines: string[] = [];
    let chars = 0;
    for (const { set, index, labels } of inOrder(range.matcherSets.map((matchers) => querier.select(matchers)))) {
      samples.clear();
      set.read(index, range.minTimeMs, range.maxTimeMs, samples);
      const from = lines.length;
      print(labels, samples, lines);
      for (let i = from; i < lines.length; i++) chars += lines[i]?.length ?? 0;
      if (chars < FLUSH_CHARS) continue;
      await terminal.write(lines.join(''));
      lines.length = 0;
      chars = 0;
    }
    await terminal.write(lines.join(''));
  } finally {
    querier.close();
  }
}

interface DumpedSeries {
  readonly set: SeriesSet;
  readonly index: number;
  readonly labels: Labels;
}

function inOrder(sets: readonly SeriesSet[]): DumpedSeries[] {
  const all = sets.flatMap((set) =>
    Array.from({ length: set.length }, (_, index) => ({ set, index, labels: set.labels(index) })),
  );
  all.sort((a, b) => compareLabels(a.labels, b.labels));
  return all.filter((one, i) => compareLabels(one.labels, all[i - 1]?.labels ?? NO_LABELS) !== 0 || i === 0);
}

/** `{a="b", c="d"} 1.5 1600000000000` */
export function printSamples(labels: Labels, samples: SampleColumns, lines: string[]): void {
  const name = `{${pairs(labels).join(', ')}}`;
  for (let i = 0; i < samples.length; i++) {
    const histogram = samples.histograms?.[i];
    const value = histogram === undefined ? printFloat(samples.values[i] ?? 0) : printHistogram(histogram);
    lines.push(`${name} ${value} ${samples.times[i]}\n`);
  }
}

/** `{"__name__":"up","job":"a"}`: the series alone. */
export function printSeriesJson(labels: Labels, _samples: SampleColumns, lines: string[]): void {
  lines.push(`${JSON.stringify(Object.fromEntries(labelEntries(labels)))}\n`);
}

/** `name{a="b"} 1.5 1600000000.000`, without what OpenMetrics has no words for: native histograms, staleness markers. */
export function printOpenMetrics(labels: Labels, samples: SampleColumns, lines: string[]): void {
  const rest = pairs(dropLabels(labels, new Set([METRIC_NAME])));
  const name = `${getLabel(labels, METRIC_NAME)}{${rest.join(',')}}`;
  for (let i = 0; i < samples.length; i++) {
    if (samples.histograms?.[i] !== undefined || isStaleAt(samples.halves, i)) continue;
    lines.push(`${name} ${printFloat(samples.values[i] ?? 0)} ${((samples.times[i] ?? 0) / 1000).toFixed(3)}\n`);
  }
}

function pairs(labels: Labels): string[] {
  return Array.from(
    labelEntries(labels),
    ([name, value]) => `${LEGACY_NAME.test(name) ? name : quote(name)}=${quote(value)}`,
  );
}

/** `{count:3, sum:1.5, [-2,-1):1, (1,2]:2}` (model/histogram, String). */
function printHistogram(histogram: NativeHistogram): string {
  const buckets = allBuckets(histogram).map(
    ({ lower, upper, lowerInclusive, upperInclusive, count }) =>
      `, ${lowerInclusive ? '[' : '('}${printFloat(lower)},${printFloat(upper)}${upperInclusive ? ']' : ')'}:${printCount(histogram, count)}`,
  );
  const sum = histogram.stale ? 'NaN' : printFloat(histogram.sum);
  return `{count:${printCount(histogram, histogram.count)}, sum:${sum}${buckets.join('')}}`;
}

function printCount({ integer }: NativeHistogram, count: number): string {
  return integer ? count.toFixed(0) : printFloat(count);
}

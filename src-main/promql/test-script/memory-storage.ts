/** A storage in memory for test scripts: everything loaded, nothing forgotten. */
import { getLabel, type Labels, labelEntries, labelsKey } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { STALE_HISTOGRAM } from '../../model/native-histogram.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { writeStaleAt } from '../../model/staleness.ts';
import type { Querier, Queryable, SeriesSet } from '../../model/storage.ts';
import { storedReset } from '../histograms/counter-reset.ts';
import type { SequenceItem } from './script.ts';

export interface StoredSample {
  readonly item: SequenceItem;
  readonly timeMs: number;
  /** 0: unknown. */
  readonly startMs: number;
}

interface Stored {
  readonly labels: Labels;
  readonly columns: SampleColumns;
}

export class MemoryStorage implements Queryable {
  readonly #series = new Map<string, Stored>();

  /** Samples ascending in time, newer than what is there. */
  write(labels: Labels, samples: readonly StoredSample[]): void {
    const { columns } = this.#stored(labels);
    for (const { item, timeMs, startMs } of samples) {
      if (item.kind === 'omitted') continue;
      push(columns, timeMs, item);
      if (startMs !== 0) writeStart(columns, startMs);
    }
  }

  #stored(labels: Labels): Stored {
    const key = labelsKey(labels);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const made: Stored = { labels, columns: new SampleColumns(16) };
    this.#series.set(key, made);
    return made;
  }

  querier(minTimeMs: number, maxTimeMs: number): Querier {
    return {
      select: (matchers) => this.#select(matchers, minTimeMs, maxTimeMs),
      labelNames: (matchers) =>
        unique(this.#matching(matchers).flatMap(({ labels }) => [...labelEntries(labels)].map(([name]) => name))),
      labelValues: (name, matchers) =>
        unique(this.#matching(matchers).flatMap(({ labels }) => getLabel(labels, name) || [])),
      close: () => {},
    };
  }

  #matching(matchers: readonly Matcher[]): Stored[] {
    return [...this.#series.values()].filter(({ labels }) =>
      matchers.every((matcher) => matcher.matches(getLabel(labels, matcher.name))),
    );
  }

  #select(matchers: readonly Matcher[], minMs: number, maxMs: number): SeriesSet {
    const kept = this.#matching(matchers).filter(({ columns }) => columns.length > 0);
    const at = (index: number): Stored => {
      const stored = kept[index];
      if (stored === undefined) throw new Error(`no series ${index}`);
      return stored;
    };
    return {
      length: kept.length,
      labels: (index) => at(index).labels,
      read: (index, from, to, into) => copy(at(index).columns, Math.max(from, minMs), Math.min(to, maxMs), into),
    };
  }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function push(columns: SampleColumns, timeMs: number, item: Exclude<SequenceItem, { kind: 'omitted' }>): void {
  const i = columns.length;
  const previous = columns.histograms?.[i - 1];
  columns.reserve(1);
  columns.times[i] = timeMs;
  if (item.kind === 'float') columns.values[i] = item.value;
  else if (item.kind === 'stale') {
    writeStaleAt(columns.halves, i);
    if (previous !== undefined) setHistogram(columns, i, STALE_HISTOGRAM);
  } else {
    columns.values[i] = item.histogram.sum;
    const counterReset = storedReset(item.histogram, previous);
    setHistogram(columns, i, { ...item.histogram, counterReset });
  }
  columns.length++;
}

function setHistogram(columns: SampleColumns, i: number, histogram: typeof STALE_HISTOGRAM): void {
  columns.histograms ??= [];
  columns.histograms[i] = histogram;
}

/** Of the last sample. */
function writeStart(columns: SampleColumns, timeMs: number): void {
  columns.startTimes ??= new Float64Array(columns.times.length);
  columns.startTimes[columns.length - 1] = timeMs;
}

function copy(from: SampleColumns, minMs: number, maxMs: number, into: SampleColumns): number {
  let first = 0;
  while (first < from.length && (from.times[first] ?? 0) < minMs) first++;
  let end = first;
  while (end < from.length && (from.times[end] ?? 0) <= maxMs) end++;
  into.reserve(end - first);
  into.times.set(from.times.subarray(first, end), into.length);
  // As bits: a double copy may quieten a staleness marker.
  into.halves.set(from.halves.subarray(2 * first, 2 * end), 2 * into.length);
  copyHistograms(from, first, end, into);
  if (from.startTimes !== null) {
    into.startTimes ??= new Float64Array(into.times.length);
    into.startTimes.set(from.startTimes.subarray(first, end), into.length);
  }
  into.length += end - first;
  return end - first;
}

function copyHistograms({ histograms }: SampleColumns, first: number, end: number, into: SampleColumns): void {
  if (histograms === null) return;
  for (let i = first; i < end; i++) {
    const histogram = histograms[i];
    if (histogram === undefined) continue;
    into.histograms ??= [];
    into.histograms[into.length + i - first] = histogram;
  }
}

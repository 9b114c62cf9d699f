/** A storage in memory for test scripts: everything loaded, nothing forgotten. */
import { getLabel, type Labels, labelEntries, labelsKey } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { writeStaleAt } from '../../model/staleness.ts';
import type { Querier, Queryable, SeriesSet } from '../../model/storage.ts';
import type { SequenceItem } from './script.ts';

interface Stored {
  readonly labels: Labels;
  readonly columns: SampleColumns;
  /** Native histograms were written too, which are not kept. */
  histograms: boolean;
}

export class MemoryStorage implements Queryable {
  readonly #series = new Map<string, Stored>();

  /** Whether the matchers select a series with native histograms. */
  hasHistograms(matchers: readonly Matcher[]): boolean {
    return this.#matching(matchers).some(({ histograms }) => histograms);
  }

  /** Item i stands at i * intervalMs; what is written must be newer than what is there. */
  write(labels: Labels, items: readonly SequenceItem[], intervalMs: number): void {
    const stored = this.#stored(labels);
    for (const [i, item] of items.entries()) {
      if (item.kind === 'histogram') stored.histograms = true;
      else if (item.kind !== 'omitted') push(stored.columns, i * intervalMs, item.kind === 'stale' ? null : item.value);
    }
  }

  /** Says that the series has native histograms. */
  markHistograms(labels: Labels): void {
    this.#stored(labels).histograms = true;
  }

  #stored(labels: Labels): Stored {
    const key = labelsKey(labels);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const made: Stored = { labels, columns: new SampleColumns(16), histograms: false };
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

function push(columns: SampleColumns, timeMs: number, value: number | null): void {
  columns.reserve(1);
  columns.times[columns.length] = timeMs;
  if (value === null) writeStaleAt(columns.halves, columns.length);
  else columns.values[columns.length] = value;
  columns.length++;
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
  into.length += end - first;
  return end - first;
}

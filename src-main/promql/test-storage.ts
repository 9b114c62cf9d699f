import { getLabel, type Labels, labelsFromRecord, labelsKey } from '../model/labels.ts';
import type { Matcher } from '../model/matcher.ts';
import type { SampleColumns } from '../model/sample-columns.ts';
import { writeStaleAt } from '../model/staleness.ts';
import type { Querier, Queryable, SeriesSet } from '../model/storage.ts';

/** null is a staleness marker. */
export type TestSample = readonly [timeMs: number, value: number | null];

function isLabels(labels: Readonly<Record<string, string>> | Labels): labels is Labels {
  return Array.isArray(labels);
}

/** A plain storage in memory, for tests. */
export class TestStorage implements Queryable {
  readonly #series = new Map<string, { readonly labels: Labels; readonly samples: TestSample[] }>();

  add(labels: Readonly<Record<string, string>> | Labels, samples: readonly TestSample[]): void {
    const set = isLabels(labels) ? labels : labelsFromRecord(labels);
    const key = labelsKey(set);
    const known = this.#series.get(key);
    if (known === undefined) this.#series.set(key, { labels: set, samples: [...samples] });
    else known.samples.push(...samples);
  }

  querier(minTimeMs: number, maxTimeMs: number): Querier {
    return {
      select: (matchers) => this.#select(matchers, minTimeMs, maxTimeMs),
      labelNames: () => [],
      labelValues: () => [],
      close: () => {},
    };
  }

  #select(matchers: readonly Matcher[], querierMinMs: number, querierMaxMs: number): SeriesSet {
    const found = [...this.#series.values()].filter(({ labels }) =>
      matchers.every((matcher) => matcher.matches(getLabel(labels, matcher.name))),
    );
    return {
      length: found.length,
      labels: (index) => found[index]!.labels,
      read: (index, minTimeMs, maxTimeMs, into) => {
        const before = into.length;
        const [minMs, maxMs] = [Math.max(minTimeMs, querierMinMs), Math.min(maxTimeMs, querierMaxMs)];
        for (const sample of found[index]!.samples) if (sample[0] >= minMs && sample[0] <= maxMs) push(into, sample);
        return into.length - before;
      },
    };
  }
}

function push(into: SampleColumns, [timeMs, value]: TestSample): void {
  into.reserve(1);
  into.times[into.length] = timeMs;
  if (value === null) writeStaleAt(into.halves, into.length);
  else into.values[into.length] = value;
  into.length++;
}

/** Which bucket holds the observation of a rank: only that one's bounds are computed. */
import { exponentialBound } from '../../model/histograms/exponential-bound.ts';
import { CUSTOM_BUCKETS_SCHEMA, type HistogramBuckets, type NativeHistogram } from '../../model/native-histogram.ts';
import { customBound } from './custom-bounds.ts';

export interface RankedBucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
  /** Observations up to and with this bucket, from the end where the count began. */
  readonly reached: number;
}

/**
 * The first filled bucket with which the count reaches the rank, or the last filled one; from below or from above. Null
 * when all are empty.
 */
export function findBucket(h: NativeHistogram, rank: number, ascending: boolean): RankedBucket | null {
  const parts: Part[] = ['negative', 'zero', 'positive'];
  let reached = 0;
  let last: Place | null = null;
  for (const part of ascending ? parts : parts.reverse()) {
    const counts = countsOf(h, part);
    // Negative buckets are numbered from zero downwards.
    const forwards = ascending === (part !== 'negative');
    for (let i = 0; i < counts.length; i++) {
      const place = forwards ? i : counts.length - 1 - i;
      if (counts[place] === 0) continue;
      reached += counts[place]!;
      last = { part, place };
      if (reached >= rank) return rankedBucket(h, last, reached);
    }
  }
  return last === null ? null : rankedBucket(h, last, reached);
}

/** All that buckets hold: less than `count` where some observations are no numbers. */
export function observations(h: NativeHistogram): number {
  let sum = filledZero(h);
  for (const { counts } of [h.negative, h.positive]) for (let i = 0; i < counts.length; i++) sum += counts[i]!;
  return sum;
}

/** A difference may leave less than nothing in the zero bucket: then it is passed over. */
function filledZero({ zeroCount }: NativeHistogram): number {
  return zeroCount > 0 ? zeroCount : 0;
}

type Part = 'negative' | 'zero' | 'positive';

interface Place {
  readonly part: Part;
  readonly place: number;
}

function countsOf(h: NativeHistogram, part: Part): ArrayLike<number> {
  return part === 'zero' ? [filledZero(h)] : h[part].counts;
}

function rankedBucket(h: NativeHistogram, { part, place }: Place, reached: number): RankedBucket {
  if (part === 'zero') return { lower: -h.zeroThreshold, upper: h.zeroThreshold, count: h.zeroCount, reached };
  const count = h[part].counts[place]!;
  const index = indexAt(h[part], place);
  if (h.schema === CUSTOM_BUCKETS_SCHEMA) {
    const { customValues } = h;
    return { lower: customBound(customValues, index - 1), upper: customBound(customValues, index), count, reached };
  }
  // The zero bucket cuts off what reaches into it.
  const near = Math.max(exponentialBound(h.schema, index - 1), h.zeroThreshold);
  const far = exponentialBound(h.schema, index);
  return part === 'positive'
    ? { lower: near, upper: far, count, reached }
    : { lower: -far, upper: -near, count, reached };
}

function indexAt({ spans }: HistogramBuckets, place: number): number {
  let index = 0;
  let before = 0;
  for (let span = 0; span < spans.length; span += 2) {
    index += spans[span]!;
    const length = spans[span + 1]!;
    if (place < before + length) return index + place - before;
    index += length;
    before += length;
  }
  return index;
}

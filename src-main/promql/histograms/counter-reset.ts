/** Whether a counter began anew between two histograms (model/histogram/float_histogram.go, DetectReset). */
import {
  type CounterReset,
  CUSTOM_BUCKETS_SCHEMA,
  type HistogramBuckets,
  type NativeHistogram,
} from '../../model/native-histogram.ts';
import { boundsMover, commonBounds, sameBounds } from './custom-bounds.ts';
import { absorbInto, type IndexedBuckets, indexBuckets, moveBuckets } from './indexed-buckets.ts';
import { reduceBuckets } from './resolution.ts';
import { bucketsWithin, widerZeroThreshold } from './zero-bucket.ts';

/**
 * What `current` says of itself counts; where it says nothing, a reset is what a growing counter cannot do: a count is
 * lower than before, or a layout changed in a way that only beginning anew explains. Gauges are looked at as counters.
 */
export function detectReset(current: NativeHistogram, previous: NativeHistogram): boolean {
  if (current.counterReset === 'reset') return true;
  if (current.counterReset === 'not-reset') return false;
  if (current.count < previous.count) return true;
  const custom = current.schema === CUSTOM_BUCKETS_SCHEMA;
  if (custom !== (previous.schema === CUSTOM_BUCKETS_SCHEMA)) return true;
  return custom ? customShrank(current, previous) : exponentialShrank(current, previous);
}

/** Nothing is known any more about a reset since the sample before: that may be another one now. */
export function forgetReset(h: NativeHistogram): NativeHistogram {
  return h.counterReset === 'gauge' || h.counterReset === 'unknown' ? h : { ...h, counterReset: 'unknown' };
}

/**
 * What the storage says of a sample it was given after `previous` (undefined: no histogram right before it): within one
 * chunk there are no resets, and of a chunk's first sample it does not know (tsdb/chunkenc, counterResetHint).
 */
export function storedReset(current: NativeHistogram, previous: NativeHistogram | undefined): CounterReset {
  if (current.counterReset === 'gauge') return 'gauge';
  if (previous === undefined || previous.counterReset === 'gauge' || previous.stale || current.stale) return 'unknown';
  if (current.schema !== previous.schema || current.zeroThreshold !== previous.zeroThreshold) return 'unknown';
  if (!sameBounds(current.customValues, previous.customValues)) return 'unknown';
  if (current.counterReset === 'reset') return 'unknown';
  return detectReset({ ...current, counterReset: 'unknown' }, previous) ? 'unknown' : 'not-reset';
}

function customShrank(current: NativeHistogram, previous: NativeHistogram): boolean {
  const now = indexBuckets(current.positive);
  const before = indexBuckets(previous.positive);
  if (sameBounds(current.customValues, previous.customValues)) return shrank(now, before);
  const bounds = commonBounds(current.customValues, previous.customValues);
  return shrank(
    moveBuckets(now, boundsMover(current.customValues, bounds)),
    moveBuckets(before, boundsMover(previous.customValues, bounds)),
  );
}

function exponentialShrank(current: NativeHistogram, previous: NativeHistogram): boolean {
  const threshold = current.zeroThreshold;
  if (current.schema > previous.schema || threshold < previous.zeroThreshold) return true;
  const positive = indexBuckets(previous.positive);
  const negative = indexBuckets(previous.negative);
  if (threshold === previous.zeroThreshold) {
    if (current.zeroCount < previous.zeroCount) return true;
    return (
      sideShrank(current, current.positive, positive, previous) ||
      sideShrank(current, current.negative, negative, previous)
    );
  }
  const { schema } = previous;
  // A zero bucket that ends within a populated bucket of before cannot have grown out of it.
  if (
    widerZeroThreshold({ schema, zeroThreshold: previous.zeroThreshold, positive, negative }, threshold) !== threshold
  )
    return true;
  const right = absorbInto(previous.zeroCount, positive, bucketsWithin(positive, schema, threshold));
  const left = absorbInto(right.sum, negative, bucketsWithin(negative, schema, threshold));
  if (current.zeroCount < left.sum) return true;
  return (
    sideShrank(current, current.positive, right.rest, previous) ||
    sideShrank(current, current.negative, left.rest, previous)
  );
}

function sideShrank(
  { schema }: NativeHistogram,
  now: HistogramBuckets,
  before: IndexedBuckets,
  previous: NativeHistogram,
): boolean {
  return shrank(indexBuckets(now), reduceBuckets(before, previous.schema, schema));
}

/** A bucket holds less than before, or one that held something is gone. */
function shrank(now: IndexedBuckets, before: IndexedBuckets): boolean {
  let at = 0;
  for (let i = 0; i < before.indexes.length; i++) {
    const index = before.indexes[i]!;
    while (at < now.indexes.length && now.indexes[at]! < index) at++;
    if (at < now.indexes.length && now.indexes[at] === index) {
      if (now.counts[at]! < before.counts[i]!) return true;
    } else if (before.counts[i] !== 0) return true;
  }
  return false;
}

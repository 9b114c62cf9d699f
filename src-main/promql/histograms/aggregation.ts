/**
 * Sum and mean of many histograms, with what rounding loses kept beside every count (promql/engine.go, aggregation, and
 * KahanAdd of model/histogram/float_histogram.go).
 */
import { type CounterReset, CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '../../model/native-histogram.ts';
import { mergeCounterReset } from './arithmetic.ts';
import {
  absorbBuckets,
  type Compensated,
  type CompensatedBuckets,
  compensated,
  mapBuckets,
  mapCompensated,
  moveCompensated,
  plus,
  plusBuckets,
  settle,
} from './compensated.ts';
import { boundsMover, commonBounds, sameBounds } from './custom-bounds.ts';
import { indexBuckets, packBuckets } from './indexed-buckets.ts';
import { reduceIndex } from './resolution.ts';
import { bucketsWithin, commonZeroThreshold } from './zero-bucket.ts';

interface Sum {
  readonly schema: number;
  readonly customValues: Float64Array;
  readonly counterReset: CounterReset;
  readonly count: Compensated;
  readonly sum: Compensated;
  readonly zeroThreshold: number;
  readonly zeroCount: Compensated;
  readonly positive: CompensatedBuckets;
  readonly negative: CompensatedBuckets;
}

/** What all histograms of a sum or mean had in common, or not; the caller makes annotations of it. */
class Seen {
  /** A histogram that follows a reset met one that does not. */
  get resetCollision(): boolean {
    return this.#reset && this.#notReset;
  }

  /** Custom bounds differed; the result has those that all had. */
  boundsReconciled = false;
  #reset = false;
  #notReset = false;

  look(sum: Sum | null, { counterReset, schema, customValues }: NativeHistogram): void {
    this.#reset ||= counterReset === 'reset';
    this.#notReset ||= counterReset === 'not-reset';
    if (sum === null || schema !== CUSTOM_BUCKETS_SCHEMA) return;
    this.boundsReconciled ||= !sameBounds(sum.customValues, customValues);
  }
}

/** `sum`, `sum_over_time`: add one or more histograms, then ask for `result`. */
export class HistogramSum {
  readonly #seen = new Seen();
  #sum: Sum | null = null;

  /** False, and not added, when the buckets are of another kind than those before (exponential, custom). */
  add(h: NativeHistogram): boolean {
    if (incompatible(this.#sum, h)) return false;
    this.#seen.look(this.#sum, h);
    this.#sum = this.#sum === null ? start(h) : plusHistogram(this.#sum, h);
    return true;
  }

  get resetCollision(): boolean {
    return this.#seen.resetCollision;
  }

  get boundsReconciled(): boolean {
    return this.#seen.boundsReconciled;
  }

  get result(): NativeHistogram {
    if (this.#sum === null) throw new Error('the sum of no histograms');
    return finish(this.#sum);
  }
}

/** `avg`, `avg_over_time`: the sum divided at the end, or from the moment the sum overflows a running mean. */
export class HistogramMean {
  readonly #seen = new Seen();
  #added = 0;
  #running = false;
  /** The sum of all, or where `#running` their mean. */
  #state: Sum | null = null;

  /** As `HistogramSum.add`. */
  add(h: NativeHistogram): boolean {
    if (incompatible(this.#state, h)) return false;
    this.#seen.look(this.#state, h);
    const before = this.#added++;
    if (this.#state === null) this.#state = start(h);
    else if (this.#running) this.#state = runningMean(this.#state, h, before);
    else {
      const next = plusHistogram(this.#state, h);
      this.#running = overflows(next);
      this.#state = this.#running ? runningMean(divided(this.#state, before), h, before) : next;
    }
    return true;
  }

  get resetCollision(): boolean {
    return this.#seen.resetCollision;
  }

  get boundsReconciled(): boolean {
    return this.#seen.boundsReconciled;
  }

  get result(): NativeHistogram {
    if (this.#state === null) throw new Error('the mean of no histograms');
    return finish(this.#running ? this.#state : divided(this.#state, this.#added));
  }
}

function incompatible(sum: Sum | null, { schema }: NativeHistogram): boolean {
  return sum !== null && (sum.schema === CUSTOM_BUCKETS_SCHEMA) !== (schema === CUSTOM_BUCKETS_SCHEMA);
}

function start(h: NativeHistogram): Sum {
  return {
    schema: h.schema,
    customValues: h.customValues,
    counterReset: h.counterReset,
    count: { value: h.count, lost: 0 },
    sum: { value: h.sum, lost: 0 },
    zeroThreshold: h.zeroThreshold,
    zeroCount: { value: h.zeroCount, lost: 0 },
    positive: compensated(indexBuckets(h.positive)),
    negative: compensated(indexBuckets(h.negative)),
  };
}

function finish(sum: Sum): NativeHistogram {
  return {
    schema: sum.schema,
    integer: false,
    counterReset: sum.counterReset,
    zeroThreshold: sum.zeroThreshold,
    zeroCount: sum.zeroCount.value + sum.zeroCount.lost,
    count: sum.count.value + sum.count.lost,
    sum: sum.sum.value + sum.sum.lost,
    stale: false,
    positive: packBuckets(settle(sum.positive)),
    negative: packBuckets(settle(sum.negative)),
    customValues: sum.customValues,
  };
}

/** The same kind of buckets on both sides. */
function plusHistogram(sum: Sum, h: NativeHistogram): Sum {
  return {
    ...(sum.schema === CUSTOM_BUCKETS_SCHEMA ? plusCustom(sum, h) : plusExponential(sum, h)),
    counterReset: mergeCounterReset(sum.counterReset, h.counterReset).counterReset,
    count: plus(sum.count, h.count),
    sum: plus(sum.sum, h.sum),
  };
}

function plusCustom(sum: Sum, h: NativeHistogram): Sum {
  const buckets = indexBuckets(h.positive);
  if (sameBounds(sum.customValues, h.customValues)) return { ...sum, positive: plusBuckets(sum.positive, buckets) };
  const bounds = commonBounds(sum.customValues, h.customValues);
  const left = moveCompensated(sum.positive, boundsMover(sum.customValues, bounds));
  const right = moveCompensated(compensated(buckets), boundsMover(h.customValues, bounds));
  return { ...sum, customValues: bounds, positive: plusBuckets(left, settle(right)) };
}

function plusExponential(sum: Sum, h: NativeHistogram): Sum {
  let left = sum;
  let right = start(h);
  if (left.zeroThreshold !== right.zeroThreshold) {
    const threshold = commonZeroThreshold(left, right);
    left = widened(left, threshold);
    right = widened(right, threshold);
  }
  const schema = Math.min(left.schema, right.schema);
  left = reduced(left, schema);
  right = reduced(right, schema);
  return {
    ...left,
    zeroCount: plus(left.zeroCount, right.zeroCount.value + right.zeroCount.lost),
    positive: plusBuckets(left.positive, settle(right.positive)),
    negative: plusBuckets(left.negative, settle(right.negative)),
  };
}

function widened(sum: Sum, zeroThreshold: number): Sum {
  if (sum.zeroThreshold === zeroThreshold) return sum;
  const { schema } = sum;
  const positive = absorbBuckets(sum.zeroCount, sum.positive, bucketsWithin(sum.positive, schema, zeroThreshold));
  const negative = absorbBuckets(positive.sum, sum.negative, bucketsWithin(sum.negative, schema, zeroThreshold));
  return { ...sum, zeroThreshold, zeroCount: negative.sum, positive: positive.rest, negative: negative.rest };
}

function reduced(sum: Sum, schema: number): Sum {
  const shift = sum.schema - schema;
  if (shift === 0) return sum;
  const target = (index: number): number => reduceIndex(index, shift);
  return {
    ...sum,
    schema,
    positive: moveCompensated(sum.positive, target),
    negative: moveCompensated(sum.negative, target),
  };
}

/** The mean of `before` + 1 histograms, given that of the first `before` ones. */
function runningMean(mean: Sum, h: NativeHistogram, before: number): Sum {
  const after = before + 1;
  const share = finish(mapped(start(h), (part) => part / after));
  const weight = before / after;
  return plusHistogram(
    mapped(mean, (part) => part * weight),
    share,
  );
}

function divided(sum: Sum, divisor: number): Sum {
  return mapped(sum, (part) => part / divisor);
}

function mapped(sum: Sum, map: (part: number) => number): Sum {
  return {
    ...sum,
    count: mapCompensated(sum.count, map),
    sum: mapCompensated(sum.sum, map),
    zeroCount: mapCompensated(sum.zeroCount, map),
    positive: mapBuckets(sum.positive, map),
    negative: mapBuckets(sum.negative, map),
  };
}

function overflows({ count, sum, zeroCount, positive, negative }: Sum): boolean {
  return (
    infinite(count.value) ||
    infinite(sum.value) ||
    infinite(zeroCount.value) ||
    positive.counts.some(infinite) ||
    negative.counts.some(infinite)
  );
}

function infinite(value: number): boolean {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
}

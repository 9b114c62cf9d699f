/** A histogram to which others are added, with what rounding loses beside every count (KahanAdd of upstream). */
import {
  type CounterReset,
  CUSTOM_BUCKETS_SCHEMA,
  type HistogramBuckets,
  type NativeHistogram,
} from '../../model/native-histogram.ts';
import { mergeCounterReset } from './arithmetic.ts';
import { CompensatedBuckets, CompensatedSum } from './compensated.ts';
import { boundsMover, commonBounds, sameBounds } from './custom-bounds.ts';
import { packBuckets } from './indexed-buckets.ts';
import { reduceIndex } from './resolution.ts';
import { bucketsWithin, commonZeroThreshold, type ZeroNeighbours } from './zero-bucket.ts';

export class CompensatedHistogram {
  /** Bounds of custom buckets differed. */
  boundsReconciled = false;
  #schema: number;
  #customValues: Float64Array;
  #counterReset: CounterReset;
  #zeroThreshold: number;
  #count: CompensatedSum;
  #sum: CompensatedSum;
  #zeroCount: CompensatedSum;
  #positive: CompensatedBuckets;
  #negative: CompensatedBuckets;

  constructor(h: NativeHistogram) {
    this.#schema = h.schema;
    this.#customValues = h.customValues;
    this.#counterReset = h.counterReset;
    this.#zeroThreshold = h.zeroThreshold;
    this.#count = new CompensatedSum(h.count);
    this.#sum = new CompensatedSum(h.sum);
    this.#zeroCount = new CompensatedSum(h.zeroCount);
    this.#positive = new CompensatedBuckets(h.positive);
    this.#negative = new CompensatedBuckets(h.negative);
  }

  get schema(): number {
    return this.#schema;
  }

  copy(): CompensatedHistogram {
    const copy = new CompensatedHistogram(this.total);
    copy.boundsReconciled = this.boundsReconciled;
    copy.#count = this.#count.copy();
    copy.#sum = this.#sum.copy();
    copy.#zeroCount = this.#zeroCount.copy();
    copy.#positive = this.#positive.copy();
    copy.#negative = this.#negative.copy();
    return copy;
  }

  /** The same kind of buckets on both sides, custom or exponential. */
  add(h: NativeHistogram): void {
    this.#counterReset = mergeCounterReset(this.#counterReset, h.counterReset).counterReset;
    this.#count.add(h.count);
    this.#sum.add(h.sum);
    const alike =
      h.schema === this.#schema &&
      h.zeroThreshold === this.#zeroThreshold &&
      sameBounds(h.customValues, this.#customValues);
    const other = alike ? h : this.#adapted(h);
    this.#zeroCount.add(other.zeroCount);
    this.#positive.add(other.positive);
    this.#negative.add(other.negative);
  }

  /** The histogram, after both have taken a layout that suits the two. */
  #adapted(h: NativeHistogram): NativeHistogram {
    const other = new CompensatedHistogram(h);
    if (h.schema === CUSTOM_BUCKETS_SCHEMA) {
      this.boundsReconciled = true;
      const bounds = commonBounds(this.#customValues, h.customValues);
      for (const one of [this, other]) one.#moveTo(bounds);
    } else {
      const threshold = commonZeroThreshold(this.#zeroNeighbours, other.#zeroNeighbours);
      const schema = Math.min(this.#schema, h.schema);
      for (const one of [this, other]) {
        one.#widenZeroBucket(threshold);
        one.#reduce(schema);
      }
    }
    return other.total;
  }

  get #zeroNeighbours(): ZeroNeighbours {
    return {
      schema: this.#schema,
      zeroThreshold: this.#zeroThreshold,
      positive: this.#positive.indexed,
      negative: this.#negative.indexed,
    };
  }

  #moveTo(bounds: Float64Array): void {
    this.#positive.move(boundsMover(this.#customValues, bounds));
    this.#customValues = bounds;
  }

  #widenZeroBucket(threshold: number): void {
    if (threshold === this.#zeroThreshold) return;
    for (const side of [this.#positive, this.#negative])
      side.moveInto(this.#zeroCount, bucketsWithin(side.indexed, this.#schema, threshold));
    this.#zeroThreshold = threshold;
  }

  #reduce(schema: number): void {
    const shift = this.#schema - schema;
    if (shift === 0) return;
    for (const side of [this.#positive, this.#negative]) side.move((index) => reduceIndex(index, shift));
    this.#schema = schema;
  }

  map(part: (part: number) => number): void {
    for (const one of [this.#count, this.#sum, this.#zeroCount, this.#positive, this.#negative]) one.map(part);
  }

  get isFinite(): boolean {
    return (
      [this.#count, this.#sum, this.#zeroCount].every(({ value }) => Math.abs(value) !== Number.POSITIVE_INFINITY) &&
      this.#positive.isFinite &&
      this.#negative.isFinite
    );
  }

  /** Without empty buckets. */
  get total(): NativeHistogram {
    return {
      schema: this.#schema,
      integer: false,
      counterReset: this.#counterReset,
      zeroThreshold: this.#zeroThreshold,
      zeroCount: this.#zeroCount.total,
      count: this.#count.total,
      sum: this.#sum.total,
      stale: false,
      positive: packBuckets(this.#positive.total),
      negative: packBuckets(this.#negative.total),
      customValues: this.#customValues,
    };
  }
}

/** The largest of all numbers of a histogram, but for their signs and for what is no number. */
export function largestOf({ count, sum, zeroCount, positive, negative }: NativeHistogram): number {
  let largest = 0;
  for (const value of [count, sum, zeroCount]) if (Math.abs(value) > largest) largest = Math.abs(value);
  return Math.max(largest, largestIn(positive), largestIn(negative));
}

function largestIn({ counts }: HistogramBuckets): number {
  let largest = 0;
  for (let i = 0; i < counts.length; i++) if (Math.abs(counts[i]!) > largest) largest = Math.abs(counts[i]!);
  return largest;
}

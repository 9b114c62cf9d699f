/**
 * Sum and mean of many histograms, with what rounding loses kept beside every count (promql/engine.go, aggregation, and
 * KahanAdd of model/histogram/float_histogram.go).
 */
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '../../model/native-histogram.ts';
import { CompensatedHistogram, largestOf } from './compensated-histogram.ts';

/** What all histograms of a sum or mean had in common, or not; the caller makes annotations of it. */
abstract class HistogramFold {
  /** Custom bounds differed; the result has those that all had. */
  get boundsReconciled(): boolean {
    return this.sum?.boundsReconciled ?? false;
  }

  /** A histogram that follows a reset met one that does not. */
  get resetCollision(): boolean {
    return this.#reset && this.#notReset;
  }

  protected sum: CompensatedHistogram | null = null;
  #reset = false;
  #notReset = false;

  /** False, and not added, when the buckets are of another kind than those before (exponential, custom). */
  add(h: NativeHistogram): boolean {
    const custom = h.schema === CUSTOM_BUCKETS_SCHEMA;
    if (this.sum !== null && (this.sum.schema === CUSTOM_BUCKETS_SCHEMA) !== custom) return false;
    this.#reset ||= h.counterReset === 'reset';
    this.#notReset ||= h.counterReset === 'not-reset';
    if (this.sum === null) this.sum = new CompensatedHistogram(h);
    else this.sum = this.next(this.sum, h);
    return true;
  }

  /** The sum so far and one more. */
  protected abstract next(sum: CompensatedHistogram, h: NativeHistogram): CompensatedHistogram;
}

/** `sum`, `sum_over_time`: add one or more histograms, then ask for `result`. */
export class HistogramSum extends HistogramFold {
  protected next(sum: CompensatedHistogram, h: NativeHistogram): CompensatedHistogram {
    sum.add(h);
    return sum;
  }

  get result(): NativeHistogram {
    if (this.sum === null) throw new Error('the sum of no histograms');
    return this.sum.total;
  }
}

/** `avg`, `avg_over_time`: the sum divided at the end, or from the moment the sum overflows a running mean. */
export class HistogramMean extends HistogramFold {
  #added = 1;
  /** `sum` is the mean. */
  #running = false;
  /** Nothing in the sum is larger. */
  #ceiling = Number.NaN;

  protected next(sum: CompensatedHistogram, h: NativeHistogram): CompensatedHistogram {
    const before = this.#added++;
    if (this.#running) return addToMean(sum, h, before);
    this.#ceiling = (before === 1 ? largestOf(sum.total) : this.#ceiling) + largestOf(h);
    if (this.#ceiling < Number.MAX_VALUE) {
      sum.add(h);
      return sum;
    }
    const next = sum.copy();
    next.add(h);
    if (next.isFinite) return next;
    this.#running = true;
    sum.map((part) => part / before);
    return addToMean(sum, h, before);
  }

  get result(): NativeHistogram {
    if (this.sum === null) throw new Error('the mean of no histograms');
    const mean = this.sum.copy();
    if (!this.#running) mean.map((part) => part / this.#added);
    return mean.total;
  }
}

/** `mean` is that of the `before` first ones. */
function addToMean(mean: CompensatedHistogram, h: NativeHistogram, before: number): CompensatedHistogram {
  const after = before + 1;
  const weight = before / after;
  const share = new CompensatedHistogram(h);
  share.map((part) => part / after);
  mean.map((part) => part * weight);
  mean.add(share.total);
  return mean;
}

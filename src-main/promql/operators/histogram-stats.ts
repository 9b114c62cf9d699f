/**
 * Selectors of which only counts and sums of histograms are asked (`histogram_count(rate(x[5m]))`) yield nothing else
 * (promql/histogram_stats_iterator.go). Buckets being gone, what they tell of counter resets is found out before.
 */
import { type CounterReset, type NativeHistogram, NO_BUCKETS } from '../../model/native-histogram.ts';
import { detectReset } from '../histograms/counter-reset.ts';

const NO_BOUNDS = new Float64Array(0);

/** In place: the first `length` entries. */
export function reduceToStats(histograms: (NativeHistogram | undefined)[], length: number): void {
  let last: NativeHistogram | null = null;
  for (let i = 0; i < length; i++) {
    const histogram = histograms[i];
    if (histogram === undefined || histogram.stale) continue;
    const counterReset = resetSince(last, histogram);
    last = { ...histogram, counterReset };
    histograms[i] = {
      ...last,
      zeroThreshold: 0,
      zeroCount: 0,
      positive: NO_BUCKETS,
      negative: NO_BUCKETS,
      customValues: NO_BOUNDS,
    };
  }
}

function resetSince(last: NativeHistogram | null, histogram: NativeHistogram): CounterReset {
  if (histogram.counterReset !== 'unknown' || last === null) return histogram.counterReset;
  return detectReset(histogram, last) ? 'reset' : 'not-reset';
}

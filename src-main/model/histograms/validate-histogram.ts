/** What a native histogram must keep to (model/histogram/histogram.go and float_histogram.go, Validate). */
import { CUSTOM_BUCKETS_SCHEMA, type HistogramBuckets, type NativeHistogram } from '../native-histogram.ts';

const COUNT_TOO_SMALL =
  "histogram's observation count should be at least the number of observations found in the buckets";
const COUNT_DIFFERS =
  "histogram's observation count should equal the number of observations found in the buckets (in absence of NaN)";
const NEGATIVE_BUCKET = 'histogram has a bucket whose observation count is negative';
const NOT_WHOLE = 'histogram of integers has a count that is not whole';
const NEGATIVE_OFFSET = 'histogram has a span whose offset is negative';
const OTHER_LENGTH = 'histogram spans specify different number of buckets than provided';
const FEW_BOUNDS = 'histogram custom bounds are too few';
const UNSORTED_BOUNDS = 'histogram custom bounds must be in strictly increasing order';
const INFINITE_BOUND = 'histogram custom bounds must be finite';

/** What is wrong with it in Prometheus's words, or null. A stale one is always right. */
export function histogramFault(h: NativeHistogram): string | null {
  if (h.stale) return null;
  return layoutFault(h) ?? bucketsFault('negative', h) ?? bucketsFault('positive', h) ?? countFault(h);
}

function layoutFault(h: NativeHistogram): string | null {
  if (h.schema === CUSTOM_BUCKETS_SCHEMA) return customFault(h);
  if (!Number.isInteger(h.schema) || h.schema < -4 || h.schema > 8) {
    return `histogram has an invalid schema, got schema ${h.schema}`;
  }
  for (const side of ['positive', 'negative'] as const) {
    const fault = spansFault(h[side], 1);
    if (fault !== null) return `${side} side: ${fault}`;
  }
  return h.customValues.length > 0 ? 'histogram with exponential schema must not have custom bounds' : null;
}

function customFault(h: NativeHistogram): string | null {
  const fault = boundsFault(h.customValues) ?? spansFault(h.positive, 0) ?? coverFault(h);
  if (fault !== null) return `custom buckets: ${fault}`;
  if (h.zeroCount !== 0) return 'custom buckets: must have zero count of 0';
  if (h.zeroThreshold !== 0) return 'custom buckets: must have zero threshold of 0';
  if (h.negative.spans.length > 0) return 'custom buckets: must not have negative spans';
  return h.negative.counts.length > 0 ? 'custom buckets: must not have negative buckets' : null;
}

function boundsFault(bounds: Float64Array): string | null {
  let last = Number.NEGATIVE_INFINITY;
  for (const bound of bounds) {
    if (!(bound > last)) return `previous bound is ${last} and current is ${bound}: ${UNSORTED_BOUNDS}`;
    last = bound;
  }
  return last === Number.POSITIVE_INFINITY ? `last +Inf bound must not be explicitly defined: ${INFINITE_BOUND}` : null;
}

/** Offsets may not be negative from span `fromSpan` on. */
function spansFault({ spans, counts }: HistogramBuckets, fromSpan: number): string | null {
  let buckets = 0;
  for (let s = 0; s < spans.length; s += 2) {
    const offset = spans[s] ?? 0;
    if (s / 2 >= fromSpan && offset < 0) return `span number ${s / 2 + 1} with offset ${offset}: ${NEGATIVE_OFFSET}`;
    buckets += spans[s + 1] ?? 0;
  }
  return buckets === counts.length
    ? null
    : `spans need ${buckets} buckets, have ${counts.length} buckets: ${OTHER_LENGTH}`;
}

function coverFault({ positive, customValues }: NativeHistogram): string | null {
  const length = positive.spans.reduce((sum, part) => sum + part, 0);
  if (customValues.length + 1 >= length) return null;
  return `only ${customValues.length} custom bounds defined which is insufficient to cover total span length of ${length}: ${FEW_BOUNDS}`;
}

function bucketsFault(side: 'positive' | 'negative', h: NativeHistogram): string | null {
  const { counts } = h[side];
  const i = counts.findIndex((count) => count < 0 || (h.integer && !Number.isInteger(count)));
  if (i < 0) return null;
  const fault = (counts[i] ?? 0) < 0 ? NEGATIVE_BUCKET : NOT_WHOLE;
  return `${side} side: bucket number ${i + 1} has observation count of ${counts[i]}: ${fault}`;
}

/** Sums of floats may be off by what adding them loses: only integers are held against their count. */
function countFault(h: NativeHistogram): string | null {
  if (!h.integer) return null;
  const odd = [h.zeroCount, h.count].find((count) => !Number.isInteger(count) || count < 0);
  if (odd !== undefined) return `${odd}: ${NOT_WHOLE}`;
  let found = h.zeroCount;
  for (const count of h.positive.counts) found += count;
  for (const count of h.negative.counts) found += count;
  const fits = Number.isNaN(h.sum) ? found <= h.count : found === h.count;
  const rule = Number.isNaN(h.sum) ? COUNT_TOO_SMALL : COUNT_DIFFERS;
  return fits ? null : `${found} observations found in buckets, but the Count field is ${h.count}: ${rule}`;
}

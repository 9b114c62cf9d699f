/** What native_histogram_bucket_limit and native_histogram_min_bucket_factor make of a histogram (scrape/target.go). */
import { CUSTOM_BUCKETS_SCHEMA, type HistogramBuckets, type NativeHistogram } from '../../model/native-histogram.ts';

const MIN_SCHEMA = -4;
const MAX_SCHEMA = 8;

/** The finest schema whose buckets grow at least by this factor. */
export function schemaOfFactor(factor: number): number {
  if (factor <= 1) return MAX_SCHEMA;
  return Math.max(MIN_SCHEMA, Math.min(MAX_SCHEMA, Math.floor(-Math.log2(Math.log2(factor)))));
}

/** At this or its own schema, whichever is coarser; coarser still until it has no more than `limit` buckets (0: any number). Null when that cannot be. */
export function limitHistogram(h: NativeHistogram, maxSchema: number, limit: number): NativeHistogram | null {
  let limited = h;
  if (h.schema > maxSchema) limited = coarser(h, maxSchema);
  while (limit > 0 && limited.positive.counts.length + limited.negative.counts.length > limit) {
    if (limited.schema === CUSTOM_BUCKETS_SCHEMA || limited.schema <= MIN_SCHEMA) return null;
    limited = coarser(limited, limited.schema - 1);
  }
  return limited;
}

function coarser(h: NativeHistogram, schema: number): NativeHistogram {
  const shift = h.schema - schema;
  return { ...h, schema, positive: merged(h.positive, shift), negative: merged(h.negative, shift) };
}

/** Bucket i ends at base^i: the wider one that holds it ends at the next multiple of 2^shift. */
function merged({ spans, counts }: HistogramBuckets, shift: number): HistogramBuckets {
  const mergedCounts = new Float64Array(counts.length);
  const mergedSpans: number[] = [];
  let length = 0;
  let last = 0;
  let index = 0;
  let at = 0;
  for (let span = 0; span < spans.length; span += 2) {
    index += spans[span]!;
    for (const end = at + spans[span + 1]!; at < end; at++, index++) {
      const wider = ((index - 1) >> shift) + 1;
      if (length === 0 || wider !== last) {
        if (length > 0 && wider === last + 1) mergedSpans[mergedSpans.length - 1]!++;
        else mergedSpans.push(length === 0 ? wider : wider - last - 1, 1);
        last = wider;
        length++;
      }
      mergedCounts[length - 1]! += counts[at]!;
    }
  }
  return { spans: Int32Array.from(mergedSpans), counts: mergedCounts.slice(0, length) };
}

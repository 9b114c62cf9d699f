import type { HistogramBuckets, NativeHistogram } from '../../model/native-histogram.ts';

const FINEST_SCHEMA = 8;

/** Later versions may write schemas finer than 8, which are read as 8: 2^k neighbouring buckets become one. */
export function atKnownResolution(h: NativeHistogram): NativeHistogram {
  if (h.schema <= FINEST_SCHEMA) return h;
  const shift = h.schema - FINEST_SCHEMA;
  return { ...h, schema: FINEST_SCHEMA, positive: coarser(h.positive, shift), negative: coarser(h.negative, shift) };
}

function coarser({ spans, counts }: HistogramBuckets, shift: number): HistogramBuckets {
  const newSpans: number[] = [];
  const newCounts: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  let next = 0;
  let at = 0;
  for (let s = 0; s < spans.length; s += 2) {
    next += spans[s]!;
    for (let k = 0; k < spans[s + 1]!; k++, next++, at++) {
      const index = Math.floor((next - 1) / 2 ** shift) + 1;
      if (index === last) {
        newCounts[newCounts.length - 1]! += counts[at]!;
        continue;
      }
      if (index === last + 1) newSpans[newSpans.length - 1]!++;
      else newSpans.push(newSpans.length === 0 ? index : index - last - 1, 1);
      newCounts.push(counts[at]!);
      last = index;
    }
  }
  return { spans: Int32Array.from(newSpans), counts: Float64Array.from(newCounts) };
}

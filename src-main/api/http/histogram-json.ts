import { allBuckets, type Bucket } from '../../model/histograms/all-buckets.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { valueText } from './value-text.ts';

/** `{"count":"3","sum":"4.5","buckets":[[rule,"lower","upper","count"]]}` (util/jsonutil/marshal.go); no empty buckets. */
export function histogramJson(h: NativeHistogram): string {
  const buckets = allBuckets(h).map(bucketJson);
  const listed = buckets.length === 0 ? '' : `,"buckets":[${buckets.join(',')}]`;
  return `{"count":"${valueText(h.count)}","sum":"${valueText(h.sum)}"${listed}}`;
}

function bucketJson(bucket: Bucket): string {
  return `[${boundaryRule(bucket)},"${valueText(bucket.lower)}","${valueText(bucket.upper)}","${valueText(bucket.count)}"]`;
}

/** Which bounds belong to the bucket: 0 the upper, 1 the lower, 2 neither, 3 both. */
export function boundaryRule({ lowerInclusive, upperInclusive }: Bucket): 0 | 1 | 2 | 3 {
  if (upperInclusive) return lowerInclusive ? 3 : 0;
  return lowerInclusive ? 1 : 2;
}

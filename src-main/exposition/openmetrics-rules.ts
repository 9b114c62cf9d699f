/** What OpenMetrics 1.0 demands of the samples of one metric family, beyond the grammar. */
import type { MetricType } from '../model/metadata.ts';

export interface CheckedSample {
  /** What follows the family's name in the sample's: '' or `_total`, `_bucket` ... */
  readonly suffix: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  /** NaN: none. */
  readonly timeMs: number;
  readonly hasExemplar: boolean;
}

/** The suffixes that samples of a family of each type may have. */
export function suffixesOf(type: MetricType): readonly string[] {
  switch (type) {
    case 'counter':
      return ['_total', '_created'];
    case 'summary':
      return ['', '_count', '_sum', '_created'];
    case 'histogram':
      return ['_bucket', '_count', '_sum', '_created'];
    case 'gaugehistogram':
      return ['_bucket', '_gcount', '_gsum'];
    case 'info':
      return ['_info'];
    case 'gauge':
    case 'stateset':
    case 'unknown':
      return [''];
  }
}

const COUNTING: ReadonlySet<string> = new Set(['_total', '_sum', '_count', '_bucket', '_gcount']);
const WHOLE: ReadonlySet<string> = new Set(['_count', '_bucket', '_gcount']);

/** Why a sample cannot be in the family; null when it can. */
export function sampleFault(type: MetricType, family: string, sample: CheckedSample): string | null {
  const { suffix, value, labels } = sample;
  if ((COUNTING.has(suffix) || suffix === '_gsum') && Number.isNaN(value)) return `${family}${suffix} is NaN`;
  if (COUNTING.has(suffix) && value < 0) return `${family}${suffix} is negative`;
  if (WHOLE.has(suffix) && !Number.isInteger(value)) return `${family}${suffix} is no whole number`;
  if (suffix === '_bucket' && !isNumber(labels.get('le'))) return `${family}_bucket has no valid le label`;
  if (sample.hasExemplar && !mayHaveExemplar(type, suffix)) return `${family}${suffix} cannot have an exemplar`;
  switch (type) {
    case 'stateset':
      if (!labels.has(family)) return `the state set ${family} lacks its label`;
      return value === 0 || value === 1 ? null : `the state set ${family} is neither 0 nor 1`;
    case 'info':
      return value === 1 ? null : `the info ${family} is not 1`;
    case 'summary':
      return suffix === '' ? quantileFault(family, labels.get('quantile'), value) : null;
    default:
      return null;
  }
}

function quantileFault(family: string, quantile: string | undefined, value: number): string | null {
  if (!isNumber(quantile) || Number(quantile) < 0 || Number(quantile) > 1)
    return `the summary ${family} has no quantile between 0 and 1`;
  return value < 0 ? `a quantile of ${family} is negative` : null;
}

function mayHaveExemplar(type: MetricType, suffix: string): boolean {
  return suffix === '_total' || (suffix === '_bucket' && (type === 'histogram' || type === 'gaugehistogram'));
}

function isNumber(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== '' && !Number.isNaN(bound(text));
}

function bound(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}

/** What of a sample's labels tells metrics of one family apart, as one string. */
export function groupKey(type: MetricType, family: string, sample: CheckedSample): string {
  if (type === 'info') return '';
  const own = type === 'stateset' ? family : sample.suffix === '_bucket' ? 'le' : 'quantile';
  const kept = [...sample.labels].filter(([name]) => name !== own);
  return JSON.stringify(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The buckets, count and sum of one histogram at one time; null when they agree. */
export function histogramFault(family: string, samples: readonly CheckedSample[]): string | null {
  const buckets = samples.filter((s) => s.suffix === '_bucket').map((s) => bound(s.labels.get('le') ?? ''));
  const counts = samples.filter((s) => s.suffix === '_bucket').map((s) => s.value);
  const find = (...suffixes: string[]) => samples.find((s) => suffixes.includes(s.suffix));
  const count = find('_count', '_gcount');
  const sum = find('_sum', '_gsum');
  if (samples.every((s) => s.suffix === '_created')) return null;
  for (let i = 1; i < buckets.length; i++) {
    if (buckets[i]! <= buckets[i - 1]!) return `the buckets of ${family} are out of order`;
    if (counts[i]! < counts[i - 1]!) return `the bucket values of ${family} go down`;
  }
  const negative = buckets.some((le) => le < 0);
  if (buckets.at(-1) !== Infinity) return `${family} has no +Inf bucket`;
  if (count !== undefined && count.value !== counts.at(-1))
    return `the count of ${family} is not that of its +Inf bucket`;
  if ((count === undefined) !== (sum === undefined))
    return `${family} has a count without a sum, or a sum without a count`;
  if (negative && sum?.suffix === '_sum') return `${family} has negative buckets and so cannot have a sum`;
  if (!negative && sum !== undefined && sum.value < 0) return `the sum of ${family} is negative and no bucket is`;
  return null;
}

import { ExpositionError } from '../exposition/errors.ts';
import { isMetricKey, parseMetricKey } from '../exposition/protobuf/metric-key.ts';
import { ProtobufScanner } from '../exposition/protobuf/protobuf-scanner.ts';
import { parseSeries } from '../exposition/series-text.ts';
import type { ExposedMetadata, MetadataLine, ProtobufSink } from '../exposition/sink.ts';
import { scanText } from '../exposition/text-scanner.ts';
import {
  compareStrings,
  getLabel,
  type Labels,
  labelEntries,
  labelsKey,
  labelsOf,
  METRIC_NAME,
  withLabels,
} from '../model/labels.ts';
import { PushError } from './errors.ts';

export type FamilyType = 'COUNTER' | 'GAUGE' | 'UNTYPED' | 'SUMMARY' | 'HISTOGRAM';

/** One metric of a family. `points` holds quantiles of a summary and upper bounds of a histogram with their values. */
export interface Metric {
  readonly labels: Labels;
  /** Of counters, gauges and untyped ones; the sum of summaries and histograms. */
  readonly value: number;
  readonly count: number;
  readonly points: readonly (readonly [key: number, value: number])[];
}

export interface Family {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  readonly metrics: readonly Metric[];
}

interface OpenMetric {
  labels: Labels;
  value: number;
  count: number;
  points: [number, number][];
}

interface OpenFamily {
  readonly name: string;
  type: FamilyType;
  help: string;
  readonly metrics: OpenMetric[];
  /** Metrics of summaries and histograms by their labels, to which further lines belong. */
  readonly byLabels: Map<string, OpenMetric>;
}

const TYPES: ReadonlyMap<string, FamilyType> = new Map([
  ['counter', 'COUNTER'],
  ['gauge', 'GAUGE'],
  ['histogram', 'HISTOGRAM'],
  ['summary', 'SUMMARY'],
]);

export type PushFormat = 'text' | 'protobuf';

/**
 * A pushed body (text format 0.0.4, or delimited protobuf) as metric families whose metrics carry the labels of the
 * group; of a native histogram its classic buckets. Throws PushError in the Pushgateway's words; `hasTimestamps` tells
 * that a sample had one, which the caller refuses.
 */
export function parseFamilies(
  body: Uint8Array,
  grouping: Labels,
  format: PushFormat,
): { readonly families: readonly Family[]; readonly hasTimestamps: boolean } {
  const collector = new FamilyCollector(grouping);
  try {
    if (format === 'protobuf')
      new ProtobufScanner({ native: false, classicToo: false }).scan(body, body.length, collector);
    else scanPushedText(body, collector);
  } catch (error) {
    if (!(error instanceof ExpositionError)) throw error;
    throw format === 'protobuf' ? new PushError(error.reason) : parsingError(error.line, error.reason);
  }
  return { families: collector.families(), hasTimestamps: collector.hasTimestamps };
}

function scanPushedText(body: Uint8Array, collector: FamilyCollector): void {
  if (body.length > 0 && body[body.length - 1] !== 0x0a)
    throw new ExpositionError('unexpected end of input stream', lineCount(body));
  scanText(body, body.length, collector);
}

function parsingError(line: number, reason: string): PushError {
  return new PushError(`text format parsing error in line ${line}: ${reason}`);
}

function lineCount(body: Uint8Array): number {
  return body.reduce((lines, byte) => lines + (byte === 0x0a ? 1 : 0), 1);
}

class FamilyCollector implements ProtobufSink {
  hasTimestamps = false;
  readonly #grouping: Labels;
  readonly #families = new Map<string, OpenFamily>();

  constructor(grouping: Labels) {
    this.#grouping = grouping;
  }

  expect(): number {
    return -1;
  }

  expectMetadata(): number {
    return -1;
  }

  repeat(): void {}

  metadata(_body: Uint8Array, line: MetadataLine): void {
    const family = this.#family(line.metric);
    if (line.kind === 'type') family.type = TYPES.get(line.text) ?? 'UNTYPED';
    if (line.kind === 'help') family.help = line.text;
  }

  family(_head: Uint8Array, { metric, type, help }: ExposedMetadata): void {
    const family = this.#family(metric);
    family.type = TYPES.get(type) ?? 'UNTYPED';
    family.help = help;
  }

  repeatHistogram(): void {}

  histogram(): void {}

  sample(body: Uint8Array, start: number, end: number, value: number, timeMs: number): void {
    if (!Number.isNaN(timeMs)) this.hasTimestamps = true;
    const scanned = isMetricKey(body, start)
      ? parseMetricKey(body, start, end)
      : parseSeries(body, start, end, 'unknown');
    const pushed = labelsOf(pairs(scanned));
    const name = getLabel(pushed, METRIC_NAME);
    const { family, part } = this.#familyOfSample(name);
    const labels = groupedLabels(pushed, this.#grouping);
    if (family.type === 'SUMMARY' || family.type === 'HISTOGRAM') addPart(family, labels, part, value);
    else family.metrics.push({ labels, value, count: 0, points: [] });
  }

  families(): readonly Family[] {
    return [...this.#families.values()].filter((family) => family.metrics.length > 0);
  }

  #family(name: string): OpenFamily {
    const known = this.#families.get(name);
    if (known !== undefined) return known;
    const made: OpenFamily = { name, type: 'UNTYPED', help: '', metrics: [], byLabels: new Map() };
    this.#families.set(name, made);
    return made;
  }

  /** `h_bucket` belongs to the histogram `h` when there is one. */
  #familyOfSample(name: string): { readonly family: OpenFamily; readonly part: string } {
    const suffix = /_(?:bucket|sum|count)$/.exec(name)?.[0] ?? '';
    const base = this.#families.get(name.slice(0, name.length - suffix.length));
    const fits =
      base !== undefined &&
      suffix !== '' &&
      (base.type === 'HISTOGRAM' || (base.type === 'SUMMARY' && suffix !== '_bucket'));
    return fits ? { family: base, part: suffix } : { family: this.#family(name), part: '' };
  }
}

/** One line of a summary or histogram: a quantile or bucket, the sum, or the count. */
function addPart(family: OpenFamily, labels: Labels, part: string, value: number): void {
  const pointLabel = family.type === 'SUMMARY' ? 'quantile' : 'le';
  const own = withLabels(labels, [[pointLabel, '']]);
  const key = labelsKey(own);
  const metric = family.byLabels.get(key) ?? { labels: own, value: 0, count: 0, points: [] };
  if (!family.byLabels.has(key)) {
    family.byLabels.set(key, metric);
    family.metrics.push(metric);
  }
  switch (part) {
    case '_sum':
      metric.value = value;
      return;
    case '_count':
      metric.count = value;
      return;
    default: {
      const text = getLabel(labels, pointLabel);
      metric.points.push([text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text), value]);
    }
  }
}

/** The group's labels win over the pushed ones, also those with an empty value. */
function groupedLabels(pushed: Labels, grouping: Labels): Labels {
  const own = withLabels(pushed, [[METRIC_NAME, ''], ...labelEntries(grouping)]);
  const empty = [...labelEntries(grouping)].filter(([, value]) => value === '');
  return [...labelEntries(own), ...empty].sort(([a], [b]) => compareStrings(a, b)).flat();
}

function* pairs(flat: readonly string[]): Generator<[string, string]> {
  for (let i = 0; i < flat.length; i += 2) yield [flat[i] ?? '', flat[i + 1] ?? ''];
}

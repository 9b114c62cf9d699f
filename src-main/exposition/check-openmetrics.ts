/**
 * OpenMetrics 1.0 as its specification has it, which demands more than Prometheus does on reading: families in one
 * piece, names that do not clash, histograms that add up.
 */
import type { MetricType } from '../model/metadata.ts';
import { ExpositionError, lineAt } from './errors.ts';
import { metricTypeOf } from './metadata-line.ts';
import { type CheckedSample, groupKey, histogramFault, sampleFault, suffixesOf } from './openmetrics-rules.ts';
import { scanOpenMetrics } from './openmetrics-scanner.ts';
import { parseSeries } from './series-text.ts';
import type { ExpositionSink, MetadataKind, MetadataLine } from './sink.ts';

/** Why a body is not OpenMetrics, with its line; null when it is. */
export function checkOpenMetrics(body: Uint8Array): string | null {
  const checker = new Checker();
  try {
    scanOpenMetrics(body, body.length, checker);
    checker.endFamily();
    return null;
  } catch (error) {
    if (error instanceof ExpositionError) return error.message;
    throw error;
  }
}

interface Family {
  readonly name: string;
  type: MetricType;
  unit: string;
  readonly told: Set<MetadataKind>;
  readonly groups: Set<string>;
  hasSamples: boolean;
}

const MAX_EXEMPLAR_LENGTH = 128;

class Checker implements ExpositionSink {
  readonly #families = new Set<string>();
  readonly #sampleNames = new Set<string>();
  #family: Family | null = null;
  #group: string | null = null;
  /** Samples of the group under way that share their timestamp. */
  #groupSamples: CheckedSample[] = [];
  #hasExemplar = false;
  /** Where the line being checked starts; its number is counted only for an error. */
  #body: Uint8Array = new Uint8Array();
  #start = 0;

  expect(): number {
    return -1;
  }

  repeat(): void {}

  expectMetadata(): number {
    return -1;
  }

  metadata(body: Uint8Array, { kind, metric, text, start }: MetadataLine): void {
    this.#at(body, start);
    if (this.#family?.name !== metric) this.#begin(metric);
    const family = this.#family!;
    if (family.hasSamples) throw this.#fault(`metadata of ${metric} after its samples`);
    if (family.told.has(kind)) throw this.#fault(`${kind} of ${metric} is given twice`);
    family.told.add(kind);
    if (kind === 'type') family.type = metricTypeOf(text) ?? 'unknown';
    if (kind === 'unit') family.unit = text;
  }

  exemplar(body: Uint8Array, start: number, end: number): void {
    this.#at(body, start);
    this.#hasExemplar = true;
    let length = 0;
    for (const text of parseSeries(body, start, end, 'unknown')) length += [...text].length;
    if (length > MAX_EXEMPLAR_LENGTH)
      throw this.#fault(`exemplar labels are longer than ${MAX_EXEMPLAR_LENGTH} characters`);
  }

  sample(body: Uint8Array, start: number, end: number, value: number, timeMs: number): void {
    this.#at(body, start);
    const labels = new Map<string, string>();
    const pairs = parseSeries(body, start, end, 'unknown');
    for (let i = 0; i < pairs.length; i += 2) labels.set(pairs[i]!, pairs[i + 1]!);
    const name = labels.get('__name__') ?? '';
    labels.delete('__name__');
    const family = this.#familyOf(name);
    const suffix = name.slice(family.name.length);
    const sample: CheckedSample = { suffix, labels, value, timeMs, hasExemplar: this.#hasExemplar };
    this.#hasExemplar = false;
    this.#fits(sampleFault(family.type, family.name, sample));
    if (!family.hasSamples) this.#claimNames(family);
    family.hasSamples = true;
    this.#enterGroup(family, sample);
  }

  /** To be called after the last line. */
  endFamily(): void {
    const family = this.#family;
    if (family === null) return;
    if (!family.hasSamples) this.#claimNames(family);
    this.#endGroup();
    this.#group = null;
    this.#family = null;
    if (family.unit !== '' && (family.type === 'info' || family.type === 'stateset'))
      throw this.#fault(`${family.name} is of type ${family.type} and cannot have a unit`);
  }

  /** The family under way when the name is one of its samples', else a new one without metadata. */
  #familyOf(name: string): Family {
    const family = this.#family;
    if (family !== null && suffixesOf(family.type).some((suffix) => family.name + suffix === name)) return family;
    return this.#begin(name);
  }

  #begin(name: string): Family {
    this.endFamily();
    if (this.#families.has(name)) throw this.#fault(`${name} is not in one piece`);
    this.#families.add(name);
    const family: Family = { name, type: 'unknown', unit: '', told: new Set(), groups: new Set(), hasSamples: false };
    this.#family = family;
    return family;
  }

  /** Two families may not make samples of one name, nor may a family be named like another's samples. */
  #claimNames(family: Family): void {
    for (const name of new Set([family.name, ...suffixesOf(family.type).map((suffix) => family.name + suffix)])) {
      if (this.#sampleNames.has(name)) throw this.#fault(`the names of ${family.name} clash with another family's`);
      this.#sampleNames.add(name);
    }
  }

  #enterGroup(family: Family, sample: CheckedSample): void {
    const key = groupKey(family.type, family.name, sample);
    const last = this.#groupSamples.at(-1);
    if (key !== this.#group) {
      if (family.groups.has(key)) throw this.#fault(`samples of one ${family.name} are not together`);
      this.#endGroup();
      this.#group = key;
      family.groups.add(key);
    } else if (last !== undefined) {
      if (Number.isNaN(last.timeMs) !== Number.isNaN(sample.timeMs))
        throw this.#fault(`some samples of one ${family.name} have a timestamp and some have none`);
      if (last.timeMs > sample.timeMs && family.type !== 'info')
        throw this.#fault(`time goes backwards in ${family.name}`);
      if (last.timeMs < sample.timeMs) this.#endGroup();
    }
    this.#groupSamples.push(sample);
  }

  #endGroup(): void {
    const family = this.#family;
    if (
      family !== null &&
      this.#groupSamples.length > 0 &&
      (family.type === 'histogram' || family.type === 'gaugehistogram')
    )
      this.#fits(histogramFault(family.name, this.#groupSamples));
    this.#groupSamples = [];
  }

  #at(body: Uint8Array, start: number): void {
    this.#body = body;
    this.#start = start;
  }

  #fits(fault: string | null): void {
    if (fault !== null) throw this.#fault(fault);
  }

  #fault(reason: string): ExpositionError {
    return new ExpositionError(reason, lineAt(this.#body, this.#start));
  }
}

/**
 * Name, type, help and unit of a metric family, together, though the unit is sent behind the metrics:
 *
 *   u32 LE  length of all of this
 *   u8      type
 *   u32 LE  length of the name
 *   u32 LE  length of the help
 *   name, help, unit
 */
import { isUtf8 } from 'node:buffer';
import type { MetricType } from '../../model/metadata.ts';
import { ExpositionError } from '../errors.ts';
import type { ExposedMetadata } from '../sink.ts';

/** io.prometheus.client.MetricType */
export const TYPE = { counter: 0, gauge: 1, summary: 2, untyped: 3, histogram: 4, gaugeHistogram: 5 } as const;

const TYPE_NAMES: readonly MetricType[] = ['counter', 'gauge', 'summary', 'unknown', 'histogram', 'gaugehistogram'];

const TEXTS_AT = 13;
const FIRST_CAPACITY = 1024;

/** Where a text lies in the body. */
export interface Place {
  start: number;
  end: number;
}

export interface FamilyPlaces {
  readonly name: Place;
  readonly help: Place;
  readonly unit: Place;
  readonly type: number;
}

export class FamilyHead {
  bytes = new Uint8Array(FIRST_CAPACITY);
  length = 0;
  #view = new DataView(this.bytes.buffer);

  set(body: Uint8Array, { name, help, unit, type }: FamilyPlaces): void {
    const nameLength = name.end - name.start;
    const helpLength = help.end - help.start;
    this.length = TEXTS_AT + nameLength + helpLength + unit.end - unit.start;
    if (this.length > this.bytes.length) {
      this.bytes = new Uint8Array(2 * this.length);
      this.#view = new DataView(this.bytes.buffer);
    }
    this.#view.setUint32(0, this.length, true);
    this.bytes[4] = type;
    this.#view.setUint32(5, nameLength, true);
    this.#view.setUint32(9, helpLength, true);
    this.bytes.set(body.subarray(name.start, name.end), TEXTS_AT);
    this.bytes.set(body.subarray(help.start, help.end), TEXTS_AT + nameLength);
    this.bytes.set(body.subarray(unit.start, unit.end), TEXTS_AT + nameLength + helpLength);
  }

  /** Throws ExpositionError for what Prometheus refuses. */
  parse(): ExposedMetadata {
    const nameEnd = TEXTS_AT + this.#view.getUint32(5, true);
    const helpEnd = nameEnd + this.#view.getUint32(9, true);
    const name = this.bytes.subarray(TEXTS_AT, nameEnd);
    const metric = textOf(name);
    if (metric === '' || !isUtf8(name)) throw new ExpositionError(`invalid metric name: ${metric}`, 0);
    const help = this.bytes.subarray(nameEnd, helpEnd);
    if (!isUtf8(help)) throw new ExpositionError(`invalid help for metric ${JSON.stringify(metric)}`, 0);
    const code = this.bytes[4] ?? 0;
    const type = TYPE_NAMES[code];
    if (type === undefined)
      throw new ExpositionError(`unknown metric type for metric ${JSON.stringify(metric)}: ${code}`, 0);
    const unit = textOf(this.bytes.subarray(helpEnd, this.length));
    if (unit !== '') checkUnit(metric, unit, type);
    return { metric, type, help: textOf(help), unit, start: 0, end: this.length };
  }
}

function checkUnit(metric: string, unit: string, type: MetricType): void {
  const isTotal = type === 'counter' && metric.endsWith('_total');
  const stem = isTotal ? metric.slice(0, -'_total'.length) : metric;
  if (!stem.endsWith(`_${unit}`))
    throw new ExpositionError(
      `unit ${JSON.stringify(unit)} not a suffix of ${isTotal ? 'counter' : 'metric'} ${JSON.stringify(metric)}`,
      0,
    );
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

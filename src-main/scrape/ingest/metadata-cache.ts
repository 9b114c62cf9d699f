import { metricTypeOf } from '../../exposition/metadata-line.ts';
import type { ExposedMetadata, MetadataLine } from '../../exposition/sink.ts';
import type { MetricMetadata, MetricType } from '../../model/metadata.ts';

interface Known {
  readonly metric: string;
  type: MetricType;
  help: string;
  unit: string;
  /** The last scrape that had it, and that brought something new of it. */
  seen: number;
  changed: number;
}

interface Line {
  readonly bytes: Uint8Array;
  readonly known: Known;
  readonly isType: boolean;
}

/** A metric not exposed in this many scrapes is forgotten, as Prometheus does. */
const KEPT_SCRAPES = 10;
/** Metrics of one target whose metadata is kept; HELP texts are cut at a length that nobody reads to the end. */
const MAX_METRICS = 20_000;
const MAX_HELP_LENGTH = 4096;

/** TYPE, HELP and UNIT of one target's metrics; the n-th metadata line of a scrape is expected to be the n-th of the last. */
export class MetadataCache {
  #metrics = new Map<string, Known>();
  #lines: Line[] = [];
  #index = 0;
  #scrape = 0;
  #typed: Known | null = null;
  #current: Known | null = null;

  /** The type in force at the line being scanned: that of the last TYPE line. */
  get currentType(): MetricType {
    return this.#typed?.type ?? 'unknown';
  }

  /** The metric of the last TYPE line; '' before the first. */
  get currentMetric(): string {
    return this.#typed?.metric ?? '';
  }

  /** What is known of the metric that the last line of metadata was about. */
  get current(): (MetricMetadata & { readonly metric: string }) | null {
    return this.#current;
  }

  /** Whether that metric has other metadata than in the scrape before. */
  get currentChanged(): boolean {
    return this.#current?.changed === this.#scrape;
  }

  /** To be called before the first line of a body, with the number of the scrape. */
  rewind(scrape: number): void {
    this.#index = 0;
    this.#scrape = scrape;
    this.#typed = this.#current = null;
  }

  /** The position after the line at `pos` when it is the expected one, else -1. */
  matchExpected(body: Uint8Array, pos: number): number {
    const line = this.#lines[this.#index];
    if (line === undefined) return -1;
    const { bytes, known } = line;
    for (let i = 0; i < bytes.length; i++) if (bytes[i] !== body[pos + i]) return -1;
    this.#index++;
    known.seen = this.#scrape;
    this.#current = known;
    if (line.isType) this.#typed = known;
    return pos + bytes.length;
  }

  add(body: Uint8Array, line: MetadataLine): void {
    const { text } = line;
    const isType = line.kind === 'type';
    const known = this.#knownOf(line.metric);
    if (isType) this.#set(known, { type: metricTypeOf(text) ?? 'unknown' });
    else this.#set(known, line.kind === 'unit' ? { unit: text } : { help: text.slice(0, MAX_HELP_LENGTH) });
    if (isType) this.#typed = known;
    this.#remember(body.slice(line.start, line.end), known, isType);
  }

  /** All of a family at once. */
  addFamily(head: Uint8Array, family: ExposedMetadata): void {
    const { type, help, unit } = family;
    const known = this.#knownOf(family.metric);
    this.#set(known, { type, help: help.slice(0, MAX_HELP_LENGTH), unit });
    this.#typed = known;
    this.#remember(head.slice(family.start, family.end), known, true);
  }

  #knownOf(metric: string): Known {
    const known = this.#metrics.get(metric) ?? { metric, type: 'unknown', help: '', unit: '', seen: 0, changed: 0 };
    known.seen = this.#scrape;
    this.#current = known;
    return known;
  }

  #set(known: Known, told: Partial<Pick<Known, 'type' | 'help' | 'unit'>>): void {
    const { type = known.type, help = known.help, unit = known.unit } = told;
    if (known.type !== type || known.help !== help || known.unit !== unit) known.changed = this.#scrape;
    Object.assign(known, { type, help, unit });
  }

  #remember(bytes: Uint8Array, known: Known, isType: boolean): void {
    if (!this.#metrics.has(known.metric) && this.#metrics.size >= MAX_METRICS) return;
    this.#metrics.set(known.metric, known);
    if (this.#lines.length > 3 * MAX_METRICS) return;
    this.#lines[this.#index++] = { bytes, known, isType };
  }

  /** To be called after a body that was scanned to its end. */
  finish(): void {
    this.#lines.length = this.#index;
    for (const [metric, known] of this.#metrics)
      if (known.seen + KEPT_SCRAPES < this.#scrape) this.#metrics.delete(metric);
  }

  *entries(): Generator<[metric: string, metadata: MetricMetadata]> {
    for (const [metric, { type, help, unit }] of this.#metrics) yield [metric, { type, help, unit }];
  }
}

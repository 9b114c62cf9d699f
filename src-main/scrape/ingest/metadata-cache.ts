import { metricTypeOf } from '../../exposition/metadata-line.ts';
import type { MetadataLine } from '../../exposition/sink.ts';
import type { MetricMetadata, MetricType } from '../../model/metadata.ts';

interface Known {
  type: MetricType;
  help: string;
  unit: string;
  seen: number;
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
  #type: MetricType = 'unknown';

  /** The type in force at the line being scanned: that of the last TYPE line. */
  get currentType(): MetricType {
    return this.#type;
  }

  /** To be called before the first line of a body, with the number of the scrape. */
  rewind(scrape: number): void {
    this.#index = 0;
    this.#scrape = scrape;
    this.#type = 'unknown';
  }

  /** The position after the line at `pos` when it is the expected one, else -1. */
  matchExpected(body: Uint8Array, pos: number): number {
    const line = this.#lines[this.#index];
    if (line === undefined) return -1;
    const { bytes, known } = line;
    for (let i = 0; i < bytes.length; i++) if (bytes[i] !== body[pos + i]) return -1;
    this.#index++;
    known.seen = this.#scrape;
    if (line.isType) this.#type = known.type;
    return pos + bytes.length;
  }

  add(body: Uint8Array, line: MetadataLine): void {
    const known = this.#metrics.get(line.metric) ?? { type: 'unknown', help: '', unit: '', seen: 0 };
    if (line.kind === 'type') this.#type = known.type = metricTypeOf(line.text) ?? 'unknown';
    else if (line.kind === 'unit') known.unit = line.text;
    else known.help = line.text.slice(0, MAX_HELP_LENGTH);
    known.seen = this.#scrape;
    if (!this.#metrics.has(line.metric) && this.#metrics.size >= MAX_METRICS) return;
    this.#metrics.set(line.metric, known);
    if (this.#lines.length > 3 * MAX_METRICS) return;
    const bytes = body.slice(line.start, line.end);
    this.#lines[this.#index++] = { bytes, known, isType: line.kind === 'type' };
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

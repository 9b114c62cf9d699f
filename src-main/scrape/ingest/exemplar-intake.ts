import { readLabels } from '../../exposition/protobuf/metric-key.ts';
import { parseSeries } from '../../exposition/series-text.ts';
import { compareLabels, labelEntries, labelsOf } from '../../model/labels.ts';
import type { Appender, Exemplar, SeriesRef } from '../../model/storage.ts';
import type { ScrapeCounters } from '../counters.ts';

/** An exemplar as it stands in a body. */
export interface ScannedExemplar {
  readonly body: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly value: number;
  /** NaN: it has none. */
  readonly timeMs: number;
}

interface Last {
  readonly bytes: Uint8Array;
  readonly value: number;
  readonly timeMs: number;
}

/** Targets expose the same exemplar until there is a newer one: what was stored last for so many series is remembered. */
const MAX_REMEMBERED = 100_000;

const BRACE_OPEN = 0x7b;

/** Exemplars on their way from a body to the storage. */
export class ExemplarIntake {
  /** Of the sample that comes next. */
  pending: ScannedExemplar[] = [];
  readonly #counters: ScrapeCounters;
  readonly #last = new Map<SeriesRef, Last>();
  #disabled = false;

  constructor(counters: ScrapeCounters) {
    this.#counters = counters;
  }

  /** To be called before the first line of a body: the storage may have been told to keep exemplars. */
  begin(): void {
    this.pending.length = 0;
    this.#disabled = false;
  }

  /** What was stored may not have been. */
  forget(): void {
    this.#last.clear();
  }

  add(exemplar: ScannedExemplar): void {
    if (!this.#disabled) this.pending.push(exemplar);
  }

  /** What is pending belongs to this series, whose sample has just been appended at `timeMs`. */
  append(appender: Appender, ref: SeriesRef, timeMs: number): void {
    const [first] = this.pending;
    if (first !== undefined && this.pending.length === 1) this.#appendOne(appender, ref, first, timeMs);
    else this.#appendAll(appender, ref, timeMs);
    this.pending.length = 0;
  }

  #appendOne(appender: Appender, ref: SeriesRef, scanned: ScannedExemplar, timeMs: number): void {
    const { body, start, end, value } = scanned;
    const last = this.#last.get(ref);
    const isRepeated =
      last !== undefined &&
      Object.is(last.value, value) &&
      Object.is(last.timeMs, scanned.timeMs) &&
      equalBytes(last.bytes, body, start, end);
    if (isRepeated) return;
    const outcome = appender.appendExemplar(ref, exemplarOf(scanned, timeMs));
    if (outcome === 'disabled') this.#disabled = true;
    else if (outcome === 'out-of-order') this.#counters.outOfOrderExemplars++;
    else if (outcome === 'ok' || outcome === 'duplicate') {
      if (this.#last.size >= MAX_REMEMBERED) this.#last.clear();
      this.#last.set(ref, { bytes: body.slice(start, end), value, timeMs: scanned.timeMs });
    }
  }

  /** Several of one series, those of a native histogram; older ones among them are no fault while one is new. */
  #appendAll(appender: Appender, ref: SeriesRef, timeMs: number): void {
    const exemplars = this.pending.map((scanned) => exemplarOf(scanned, timeMs)).sort(compareExemplars);
    let late = 0;
    for (const exemplar of exemplars) {
      const outcome = appender.appendExemplar(ref, exemplar);
      if (outcome === 'out-of-order') late++;
      else if (outcome === 'disabled') {
        this.#disabled = true;
        return;
      }
    }
    if (late === exemplars.length) this.#counters.outOfOrderExemplars += late;
  }
}

function exemplarOf({ body, start, end, value, timeMs }: ScannedExemplar, sampleMs: number): Exemplar {
  const isText = body[start] === BRACE_OPEN;
  const labels = isText ? parseSeries(body, start, end, 'unknown') : readLabels(body, start, end);
  return { labels: labelsOf(labelEntries(labels)), value, timeMs: Number.isNaN(timeMs) ? sampleMs : timeMs };
}

function compareExemplars(a: Exemplar, b: Exemplar): number {
  return a.timeMs - b.timeMs || a.value - b.value || compareLabels(a.labels, b.labels);
}

function equalBytes(known: Uint8Array, body: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== body[start + i]) return false;
  return true;
}

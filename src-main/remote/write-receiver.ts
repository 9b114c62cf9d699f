import type { Clock } from '../model/clock.ts';
import { formatLabels, getLabel, type Labels, labelEntries, labelsOf, METRIC_NAME } from '../model/labels.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import { isStaleAt } from '../model/staleness.ts';
import {
  type Appendable,
  type Appender,
  type AppendOutcome,
  InvalidHistogramError,
  type SeriesRef,
} from '../model/storage.ts';
import { WriteError } from './errors.ts';
import type { TimedHistogram } from './histogram-message.ts';
import { decodeWriteRequest, type WrittenSeries } from './write-request.ts';
import {
  decodeWriteRequestV2,
  type ReferringSeries,
  referredExemplar,
  referredLabels,
  referredMetadata,
} from './write-request-v2.ts';

/** Samples further ahead of the clock are refused, as in storage/remote/write_handler.go. */
const MAX_AHEAD_MS = 10 * 60_000;

const REASONS: Readonly<Record<Exclude<AppendOutcome, 'ok'>, string>> = {
  'out-of-order': 'out of order sample',
  duplicate: 'duplicate sample for timestamp',
  'out-of-bounds': 'out of bounds',
  'too-old': 'too old sample',
  'unknown-series': 'unknown series',
};

/** What of a request was stored, and why the rest was not. */
export interface WriteTally {
  samples: number;
  histograms: number;
  exemplars: number;
  readonly refusals: string[];
}

/** Takes remote write requests. */
export class WriteReceiver {
  readonly #appendable: Appendable;
  readonly #clock: Clock;
  invalidSeries = 0;

  constructor(appendable: Appendable, clock: Clock) {
    this.#appendable = appendable;
    this.#clock = clock;
  }

  /**
   * `message` is an unpacked prometheus.WriteRequest. It is stored whole or not at all; only series with invalid labels
   * are left out and counted. After it returns the samples are in the write-ahead log. Throws WriteError.
   */
  write(message: Uint8Array): void {
    const samples = new SampleColumns();
    const series = decoded('WriteRequest', () => decodeWriteRequest(message, samples));
    this.#inBatch((appender) => {
      const latest = new Map<SeriesRef, number>();
      for (const one of series) this.#append(appender, one, samples, latest);
    });
  }

  /**
   * `message` is an unpacked io.prometheus.write.v2.Request: what can be stored is, the rest is told. Throws WriteError
   * for what is no such message.
   */
  writeV2(message: Uint8Array): WriteTally {
    const samples = new SampleColumns();
    const { symbols, series } = decoded('write.v2.Request', () => decodeWriteRequestV2(message, samples));
    if (symbols.length > 0 && symbols[0] !== '') throw new WriteError('the first symbol is not empty');
    const tally: WriteTally = { samples: 0, histograms: 0, exemplars: 0, refusals: [] };
    this.#inBatch((appender) => {
      for (const one of series) this.#appendV2(appender, one, { symbols, samples, tally });
    });
    return tally;
  }

  #inBatch(fill: (appender: Appender) => void): void {
    const appender = this.#appendable.appender();
    try {
      fill(appender);
    } catch (error) {
      appender.rollback();
      throw error;
    }
    appender.commit();
  }

  /** `latest`: the times up to which the request itself has samples of a series. */
  #append(appender: Appender, series: WrittenSeries, samples: SampleColumns, latest: Map<SeriesRef, number>): void {
    const labels = validLabels(series.labels);
    if (typeof labels === 'string') {
      this.invalidSeries++;
      return;
    }
    const ref = appender.series(labels);
    let latestMs = latest.get(ref) ?? Number.NEGATIVE_INFINITY;
    const settle = (timeMs: number, reason: string) => {
      if (reason === '') latestMs = Math.max(latestMs, timeMs);
      // Prometheus notices too late that samples of one request contradict each other, and drops the later one.
      else if (timeMs > latestMs) throw new WriteError(reason);
    };
    for (let i = series.from; i < series.to; i++)
      settle(samples.times[i] ?? 0, this.#appendSample(appender, ref, samples, i));
    // Exemplars that cannot be stored fail no request.
    for (const exemplar of series.exemplars) appender.appendExemplar(ref, exemplar);
    for (const sent of series.histograms) settle(sent.timeMs, this.#appendHistogram(appender, ref, sent));
    latest.set(ref, latestMs);
  }

  #appendV2(
    appender: Appender,
    series: ReferringSeries,
    request: { readonly symbols: readonly string[]; readonly samples: SampleColumns; readonly tally: WriteTally },
  ): void {
    const { symbols, samples, tally } = request;
    const { refusals } = tally;
    const pairs = referredLabels(series.labels, symbols);
    const labels = typeof pairs === 'string' ? `parsing labels for series: ${pairs}` : validLabels(pairs);
    if (typeof labels === 'string') {
      this.invalidSeries++;
      refusals.push(labels);
      return;
    }
    const name = formatLabels(labels);
    if (series.from === series.to && series.histograms.length === 0) {
      refusals.push(`TimeSeries must contain at least one sample or histogram for series ${name}`);
      return;
    }
    const ref = appender.series(labels);
    const refuse = (reason: string) => {
      if (reason !== '') refusals.push(`${reason} for series ${name}`);
      return reason === '';
    };
    for (let i = series.from; i < series.to; i++)
      if (refuse(this.#appendSample(appender, ref, samples, i))) tally.samples++;
    for (const sent of series.histograms) if (refuse(this.#appendHistogram(appender, ref, sent))) tally.histograms++;
    for (const sent of series.exemplars) {
      const exemplar = referredExemplar(sent, symbols);
      if (typeof exemplar === 'string') {
        refuse(`parsing exemplar: ${exemplar}`);
        continue;
      }
      const outcome = appender.appendExemplar(ref, exemplar);
      if (outcome === 'out-of-order') refuse('out of order exemplar');
      else if (outcome === 'ok' || outcome === 'duplicate') tally.exemplars++;
    }
    const { type, help, unit } = series.metadata;
    if (type !== 0 || help !== 0 || unit !== 0) appender.setMetadata(ref, referredMetadata(series.metadata, symbols));
  }

  /** Returns why the storage has not taken it; '' when it has. */
  #appendSample(appender: Appender, ref: SeriesRef, samples: SampleColumns, at: number): string {
    const timeMs = samples.times[at] ?? 0;
    if (this.#isAhead(timeMs)) return REASONS['out-of-bounds'];
    const outcome = isStaleAt(samples.halves, at)
      ? appender.appendStale(ref, timeMs)
      : appender.append(ref, timeMs, samples.values[at] ?? 0);
    return outcome === 'ok' ? '' : REASONS[outcome];
  }

  #appendHistogram(appender: Appender, ref: SeriesRef, { timeMs, histogram }: TimedHistogram): string {
    if (this.#isAhead(timeMs)) return REASONS['out-of-bounds'];
    try {
      const outcome = appender.appendHistogram(ref, timeMs, histogram);
      return outcome === 'ok' ? '' : REASONS[outcome];
    } catch (error) {
      if (error instanceof InvalidHistogramError) return error.message;
      throw error;
    }
  }

  #isAhead(timeMs: number): boolean {
    return timeMs > this.#clock.nowMs() + MAX_AHEAD_MS;
  }
}

function decoded<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw new WriteError(`not a ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A string is the reason why they are none. */
function validLabels(pairs: readonly string[]): Labels | string {
  const entries = [...labelEntries(pairs)];
  const labels = labelsOf(entries);
  const names = new Set(entries.map(([name]) => name));
  if (names.has('') || getLabel(labels, METRIC_NAME) === '')
    return `invalid metric name or labels, got ${formatLabels(labels)}`;
  if (names.size !== entries.length)
    return `invalid labels for series, labels ${formatLabels(labels)}, duplicated label`;
  return labels;
}

import type { Clock } from '../model/clock.ts';
import { getLabel, labelEntries, labelsOf, METRIC_NAME } from '../model/labels.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import { isStaleAt } from '../model/staleness.ts';
import type { Appendable, Appender, AppendOutcome } from '../model/storage.ts';
import { WriteError } from './errors.ts';
import { decodeWriteRequest, type WrittenSeries } from './write-request.ts';

/** Samples further ahead of the clock are refused, as in storage/remote/write_handler.go. */
const MAX_AHEAD_MS = 10 * 60_000;

const REASONS: Readonly<Record<Exclude<AppendOutcome, 'ok'>, string>> = {
  'out-of-order': 'out of order sample',
  duplicate: 'duplicate sample for timestamp',
  'out-of-bounds': 'out of bounds',
  'too-old': 'too old sample',
  'unknown-series': 'unknown series',
};

/** Takes remote write requests: a request is stored whole or not at all; series with invalid labels are left out and counted. */
export class WriteReceiver {
  readonly #appendable: Appendable;
  readonly #clock: Clock;
  invalidSeries = 0;

  constructor(appendable: Appendable, clock: Clock) {
    this.#appendable = appendable;
    this.#clock = clock;
  }

  /** `message` is an unpacked prometheus.WriteRequest. After it returns the samples are in the write-ahead log. Throws WriteError. */
  write(message: Uint8Array): void {
    const samples = new SampleColumns();
    const series = decode(message, samples);
    const appender = this.#appendable.appender();
    try {
      for (const one of series) this.#append(appender, one, samples);
    } catch (error) {
      appender.rollback();
      throw error;
    }
    appender.commit();
  }

  #append(appender: Appender, series: WrittenSeries, samples: SampleColumns): void {
    if (series.hasHistograms) throw new WriteError('native histograms cannot be received yet');
    const entries = [...labelEntries(series.labels)];
    const labels = labelsOf(entries);
    const names = new Set(entries.map(([name]) => name));
    if (names.size !== entries.length || names.has('') || getLabel(labels, METRIC_NAME) === '') {
      this.invalidSeries++;
      return;
    }
    const ref = appender.series(labels);
    const latestMs = this.#clock.nowMs() + MAX_AHEAD_MS;
    for (let i = series.from; i < series.to; i++) {
      const timeMs = samples.times[i] ?? 0;
      const outcome =
        timeMs > latestMs
          ? 'out-of-bounds'
          : isStaleAt(samples.halves, i)
            ? appender.appendStale(ref, timeMs)
            : appender.append(ref, timeMs, samples.values[i] ?? 0);
      if (outcome !== 'ok') throw new WriteError(REASONS[outcome]);
    }
  }
}

function decode(message: Uint8Array, samples: SampleColumns): WrittenSeries[] {
  try {
    return decodeWriteRequest(message, samples);
  } catch (error) {
    throw new WriteError(`not a WriteRequest: ${error instanceof Error ? error.message : String(error)}`);
  }
}

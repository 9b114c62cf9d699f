/** Alerts on their way to one Alertmanager: bounded, in batches, one at a time (notifier/alertmanagerset.go). */

import type { Alert } from '../model/alert.ts';
import { formatRfc3339 } from '../model/go-template/go-time.ts';
import { labelsToRecord } from '../model/labels.ts';

export interface SendQueueOptions {
  /** Beyond this many the oldest go. */
  readonly capacity: number;
  readonly batchSize: number;
  /** Posts a body; resolves when it was taken, rejects with the reason when not. */
  readonly post: (body: string, signal: AbortSignal) => Promise<void>;
  readonly failed: (reason: unknown, alerts: number) => void;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonicMs: () => number;
}

export interface SendCounters {
  sent: number;
  /** Alerts of batches that failed; they are not sent again: the rules send what still fires. */
  errors: number;
  dropped: number;
  requests: number;
  requestSeconds: number;
}

export class SendQueue {
  readonly #options: SendQueueOptions;
  readonly counters: SendCounters = { sent: 0, errors: 0, dropped: 0, requests: 0, requestSeconds: 0 };
  #waiting: Alert[] = [];
  #sending: Promise<void> | null = null;
  readonly #abort = new AbortController();

  constructor(options: SendQueueOptions) {
    this.#options = options;
  }

  get length(): number {
    return this.#waiting.length;
  }

  put(alerts: readonly Alert[]): void {
    if (this.#abort.signal.aborted) return;
    const { capacity } = this.#options;
    this.#waiting.push(...alerts.slice(-capacity));
    const over = Math.max(0, this.#waiting.length - capacity);
    this.#waiting.splice(0, over);
    this.counters.dropped += over + Math.max(0, alerts.length - capacity);
    this.#sending ??= this.#send();
  }

  /** Resolves when all that waited was tried. */
  async drain(): Promise<void> {
    await this.#sending;
  }

  /** Nothing more is sent; what waits is dropped. Idempotent. */
  async stop(): Promise<void> {
    this.counters.dropped += this.#waiting.length;
    this.#waiting = [];
    this.#abort.abort();
    await this.#sending;
  }

  async #send(): Promise<void> {
    const { batchSize, post, failed, monotonicMs } = this.#options;
    await Promise.resolve(); // what is put in the same turn goes together
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, batchSize);
      const startMs = monotonicMs();
      try {
        await post(JSON.stringify(batch.map(alertJson)), this.#abort.signal);
        this.counters.sent += batch.length;
      } catch (error) {
        this.counters.errors += batch.length;
        failed(error, batch.length);
      }
      this.counters.requests++;
      this.counters.requestSeconds += (monotonicMs() - startMs) / 1000;
    }
    this.#sending = null;
  }
}

function alertJson(alert: Alert) {
  return {
    annotations: labelsToRecord(alert.annotations),
    endsAt: timeText(alert.endsAtMs),
    startsAt: timeText(alert.startsAtMs),
    generatorURL: alert.generatorUrl,
    labels: labelsToRecord(alert.labels),
  };
}

function timeText(ms: number): string {
  return ms === 0 ? '0001-01-01T00:00:00Z' : formatRfc3339(ms);
}

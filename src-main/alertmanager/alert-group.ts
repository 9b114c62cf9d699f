/** Alerts of one route with the same group labels, and their timer (dispatch/dispatch.go aggrGroup). */
import type { Clock } from '../model/clock.ts';
import { fingerprint } from '../model/fingerprint.ts';
import type { Labels } from '../model/labels.ts';
import { printLabelSet } from './matchers.ts';
import type { Route } from './route.ts';
import { compareAlerts, isResolved, type StoredAlert } from './stored-alert.ts';

/** Sends what is due; resolves to whether it is done. */
export type FlushFn = (group: AlertGroup, flush: GroupFlush) => Promise<boolean>;

export interface GroupFlush {
  readonly alerts: readonly StoredAlert[];
  readonly atMs: number;
  readonly signal: AbortSignal;
}

export interface GroupOptions {
  readonly route: Route;
  readonly labels: Labels;
  readonly clock: Clock;
  readonly flush: FlushFn;
  /** Until when nothing may be flushed; 0 when it may. */
  readonly heldUntilMs: () => number;
  /** No alert is left in it. */
  readonly emptied: (group: AlertGroup) => void;
}

/** The pipeline has at least so long. */
const LEAST_DEADLINE_MS = 10_000;

export class AlertGroup {
  readonly route: Route;
  readonly labels: Labels;
  readonly key: string;
  readonly fingerprint: string;
  /** Names of the time intervals that muted its last flush. */
  mutedBy: readonly string[] = [];
  readonly #options: GroupOptions;
  readonly #alerts = new Map<string, StoredAlert>();
  readonly #abort = new AbortController();
  #cancelTimer: (() => void) | null = null;
  #hasFlushed = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: GroupOptions) {
    this.#options = options;
    this.route = options.route;
    this.labels = options.labels;
    this.key = `${this.route.key}:${printLabelSet(this.labels)}`;
    this.fingerprint = fingerprint(this.labels);
  }

  get alerts(): Iterable<StoredAlert> {
    return this.#alerts.values();
  }

  get size(): number {
    return this.#alerts.size;
  }

  /** An alert that began longer ago than group_wait lets a new group go out at once. */
  put(alert: StoredAlert): void {
    this.#alerts.set(alert.fingerprint, alert);
    if (this.#hasFlushed) return;
    const { groupWaitMs } = this.route.config;
    if (alert.startsAtMs + groupWaitMs < this.#options.clock.nowMs()) this.#setTimer(0);
    else if (this.#cancelTimer === null) this.#setTimer(groupWaitMs);
  }

  /** Changes what is known of an alert that it has, without a flush of its own. */
  replace(alert: StoredAlert): void {
    if (this.#alerts.has(alert.fingerprint)) this.#alerts.set(alert.fingerprint, alert);
  }

  /** Cancels what is being sent. Idempotent. */
  async stop(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = () => {};
    this.#abort.abort();
    await this.#running;
  }

  #setTimer(delayMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.clock.after(delayMs, () => this.#due());
  }

  #due(): void {
    const { clock } = this.#options;
    const nowMs = clock.nowMs();
    const heldUntilMs = this.#options.heldUntilMs();
    if (heldUntilMs > nowMs) {
      this.#setTimer(heldUntilMs - nowMs);
      return;
    }
    this.#hasFlushed = true;
    this.#setTimer(this.route.config.groupIntervalMs); // before the pipeline runs: it may take long
    const before = this.#running;
    this.#running = before.then(() => this.#flush(nowMs));
  }

  async #flush(nowMs: number): Promise<void> {
    if (this.#abort.signal.aborted) return;
    const taken = new Map(this.#alerts);
    const alerts = [...taken.values()]
      .map((alert) => (isResolved(alert, nowMs) ? alert : { ...alert, endsAtMs: 0 }))
      .sort(compareAlerts);
    const deadlineMs = Math.max(LEAST_DEADLINE_MS, this.route.config.groupIntervalMs);
    const timeout = new AbortController();
    const cancel = this.#options.clock.after(deadlineMs, () => timeout.abort());
    const stop = () => timeout.abort();
    this.#abort.signal.addEventListener('abort', stop);
    const done = await this.#options.flush(this, { alerts, atMs: nowMs, signal: timeout.signal });
    cancel();
    this.#abort.signal.removeEventListener('abort', stop);
    if (done && !this.#abort.signal.aborted) this.#drop(taken, nowMs);
  }

  /** Resolved alerts have been told of; one that changed meanwhile stays. */
  #drop(taken: ReadonlyMap<string, StoredAlert>, nowMs: number): void {
    for (const [key, alert] of taken) {
      if (isResolved(alert, nowMs) && this.#alerts.get(key) === alert) this.#alerts.delete(key);
    }
    if (this.#alerts.size > 0) return;
    this.#cancelTimer?.();
    this.#options.emptied(this);
  }
}

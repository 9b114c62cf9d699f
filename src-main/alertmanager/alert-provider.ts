import type { Clock } from '../model/clock.ts';
import { isResolved, mergeAlert, type StoredAlert } from './stored-alert.ts';

/** Alerts beyond this many are refused, resolved ones make room first. */
const MAX_ALERTS = 200_000;

/** The alerts that are known, in memory only: whoever sends them sends them again after a restart. */
export class AlertProvider {
  readonly #clock: Clock;
  readonly #alerts = new Map<string, StoredAlert>();
  /** Alerts refused because there were too many. */
  refused = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get all(): Iterable<StoredAlert> {
    return this.#alerts.values();
  }

  get(fingerprint: string): StoredAlert | undefined {
    return this.#alerts.get(fingerprint);
  }

  /** Stores one, merged with what is known of it, and returns that; null when there is no room. */
  put(alert: StoredAlert): StoredAlert | null {
    const old = this.#alerts.get(alert.fingerprint);
    if (old === undefined && this.#alerts.size >= MAX_ALERTS) {
      this.collect();
      if (this.#alerts.size >= MAX_ALERTS) {
        this.refused++;
        return null;
      }
    }
    const merged = old === undefined ? alert : mergeAlert(old, alert, this.#clock.nowMs());
    this.#alerts.set(alert.fingerprint, merged);
    return merged;
  }

  /** Forgets resolved alerts. */
  collect(): void {
    const nowMs = this.#clock.nowMs();
    for (const [key, alert] of this.#alerts) if (isResolved(alert, nowMs)) this.#alerts.delete(key);
  }

  /** Alerts whose end lay after `fromMs` end `byMs` later: time in which nobody could send them again. */
  shiftEnds(fromMs: number, byMs: number): StoredAlert[] {
    const shifted: StoredAlert[] = [];
    for (const [key, alert] of this.#alerts) {
      if (alert.endsAtMs <= fromMs) continue;
      const moved = { ...alert, endsAtMs: alert.endsAtMs + byMs };
      this.#alerts.set(key, moved);
      shifted.push(moved);
    }
    return shifted;
  }
}

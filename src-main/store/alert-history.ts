import type { Database, Statement } from 'better-sqlite3';
import { type LabelRecord, labelRecord } from '../../shared/labels.ts';

/** One change of state of one alert. */
export interface AlertTransition {
  readonly atMs: number;
  readonly fingerprint: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly labels: LabelRecord;
  readonly value: number;
}

interface Columns {
  at_ms: number;
  fingerprint: string;
  name: string;
  from_state: string;
  to_state: string;
  labels: string;
  value: number | null;
}

export interface HistoryRange {
  readonly startMs: number;
  readonly endMs: number;
  /** null: of every alert. */
  readonly fingerprint: string | null;
  readonly limit: number;
}

const DAY_MS = 86_400_000;
export const ALERT_HISTORY_MS = 90 * DAY_MS;

/** Every change of state of every alert, for 90 days. */
export class AlertHistory {
  readonly #database: Database;
  readonly #insert: Statement<[number, string, string, string, string, string, number | null]>;
  readonly #range: Statement<[number, number, string | null, string | null, number], Columns>;
  readonly #prune: Statement<[number]>;
  #prunedMs = 0;

  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.prepare(
      'INSERT INTO alert_history (at_ms, fingerprint, name, from_state, to_state, labels, value) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#range = database.prepare(
      `SELECT at_ms, fingerprint, name, from_state, to_state, labels, value FROM alert_history
       WHERE at_ms BETWEEN ? AND ? AND (? IS NULL OR fingerprint = ?) ORDER BY at_ms DESC, id DESC LIMIT ?`,
    );
    this.#prune = database.prepare('DELETE FROM alert_history WHERE at_ms < ?');
  }

  /** Adds all of them in one transaction; once a day what is too old goes. */
  add(transitions: readonly AlertTransition[]): void {
    const [first] = transitions;
    if (first === undefined) return;
    if (first.atMs - this.#prunedMs >= DAY_MS) {
      this.#prunedMs = first.atMs;
      this.prune(first.atMs);
    }
    this.#database.transaction(() => {
      for (const t of transitions) {
        const value = Number.isNaN(t.value) ? null : t.value; // SQLite has no NaN
        this.#insert.run(Math.round(t.atMs), t.fingerprint, t.name, t.from, t.to, JSON.stringify(t.labels), value);
      }
    })();
  }

  /** startMs <= t <= endMs, newest first. */
  range({ startMs, endMs, fingerprint, limit }: HistoryRange): AlertTransition[] {
    return this.#range.all(startMs, endMs, fingerprint, fingerprint, limit).map((row) => ({
      atMs: row.at_ms,
      fingerprint: row.fingerprint,
      name: row.name,
      from: row.from_state,
      to: row.to_state,
      labels: labelRecord.parse(JSON.parse(row.labels)),
      value: row.value ?? Number.NaN,
    }));
  }

  prune(nowMs: number): void {
    this.#prune.run(nowMs - ALERT_HISTORY_MS);
  }
}

import type { Database, Statement } from 'better-sqlite3';
import { z } from 'zod';

/** What was last told to one integration of one alert group. */
export interface NotificationLogRow {
  /** `<groupKey>:<receiver>/<integration>/<index>` */
  readonly key: string;
  readonly notifiedAtMs: number;
  /** Fingerprints. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  readonly expiresAtMs: number;
}

interface Columns {
  key: string;
  notified_at_ms: number;
  firing: string;
  resolved: string;
  expires_at_ms: number;
}

const fingerprints = z.array(z.string());

export class NotificationLogTable {
  readonly #get: Statement<[string], Columns>;
  readonly #put: Statement<[string, number, string, string, number]>;
  readonly #prune: Statement<[number]>;

  constructor(database: Database) {
    this.#get = database.prepare(
      'SELECT key, notified_at_ms, firing, resolved, expires_at_ms FROM notification_log WHERE key = ?',
    );
    this.#put = database.prepare('INSERT OR REPLACE INTO notification_log VALUES (?, ?, ?, ?, ?)');
    this.#prune = database.prepare('DELETE FROM notification_log WHERE expires_at_ms <= ?');
  }

  get(key: string): NotificationLogRow | null {
    const row = this.#get.get(key);
    if (row === undefined) return null;
    return {
      key: row.key,
      notifiedAtMs: row.notified_at_ms,
      firing: fingerprints.parse(JSON.parse(row.firing)),
      resolved: fingerprints.parse(JSON.parse(row.resolved)),
      expiresAtMs: row.expires_at_ms,
    };
  }

  put(row: NotificationLogRow): void {
    const { key, notifiedAtMs, firing, resolved, expiresAtMs } = row;
    this.#put.run(key, notifiedAtMs, JSON.stringify(firing), JSON.stringify(resolved), Math.round(expiresAtMs));
  }

  /** Forgets what expired at or before `nowMs`. */
  prune(nowMs: number): void {
    this.#prune.run(nowMs);
  }
}

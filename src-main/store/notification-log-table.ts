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
  /** What the integration wants to know when it tells again. */
  readonly receiverData: Readonly<Record<string, string>>;
}

interface Columns {
  key: string;
  notified_at_ms: number;
  firing: string;
  resolved: string;
  expires_at_ms: number;
  receiver_data: string;
}

const fingerprints = z.array(z.string());
const texts = z.record(z.string(), z.string());

export class NotificationLogTable {
  readonly #get: Statement<[string], Columns>;
  readonly #put: Statement<[string, number, string, string, number, string]>;
  readonly #prune: Statement<[number]>;

  constructor(database: Database) {
    this.#get = database.prepare(
      'SELECT key, notified_at_ms, firing, resolved, expires_at_ms, receiver_data FROM notification_log WHERE key = ?',
    );
    this.#put = database.prepare('INSERT OR REPLACE INTO notification_log VALUES (?, ?, ?, ?, ?, ?)');
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
      receiverData: texts.parse(JSON.parse(row.receiver_data)),
    };
  }

  put(row: NotificationLogRow): void {
    const { key, notifiedAtMs, firing, resolved, expiresAtMs, receiverData } = row;
    const [fires, ended] = [JSON.stringify(firing), JSON.stringify(resolved)];
    this.#put.run(key, notifiedAtMs, fires, ended, Math.round(expiresAtMs), JSON.stringify(receiverData));
  }

  /** Forgets what expired at or before `nowMs`. */
  prune(nowMs: number): void {
    this.#prune.run(nowMs);
  }
}

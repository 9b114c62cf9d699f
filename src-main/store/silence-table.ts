import type { Database, Statement } from 'better-sqlite3';
import { z } from 'zod';
import { type SilenceMatcher, silenceMatcher } from '../../shared/alerts.ts';

export interface SilenceRow {
  readonly id: string;
  readonly matchers: readonly SilenceMatcher[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
}

interface Columns {
  id: string;
  matchers: string;
  starts_at_ms: number;
  ends_at_ms: number;
  updated_at_ms: number;
  created_by: string;
  comment: string;
}

const storedMatchers = z.array(silenceMatcher);

export class SilenceTable {
  readonly #all: Statement<[], Columns>;
  readonly #put: Statement<[string, string, number, number, number, string, string, number]>;
  readonly #prune: Statement<[number]>;

  constructor(database: Database) {
    this.#all = database.prepare(
      'SELECT id, matchers, starts_at_ms, ends_at_ms, updated_at_ms, created_by, comment FROM silences',
    );
    this.#put = database.prepare('INSERT OR REPLACE INTO silences VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#prune = database.prepare('DELETE FROM silences WHERE expires_at_ms <= ?');
  }

  all(): SilenceRow[] {
    return this.#all.all().map((row) => ({
      id: row.id,
      matchers: storedMatchers.parse(JSON.parse(row.matchers)),
      startsAtMs: row.starts_at_ms,
      endsAtMs: row.ends_at_ms,
      updatedAtMs: row.updated_at_ms,
      createdBy: row.created_by,
      comment: row.comment,
    }));
  }

  /** Writes or replaces one; after `expiresAtMs` it may be pruned. */
  put(row: SilenceRow, expiresAtMs: number): void {
    const { id, startsAtMs, endsAtMs, updatedAtMs, createdBy, comment } = row;
    this.#put.run(
      id,
      JSON.stringify(row.matchers),
      startsAtMs,
      endsAtMs,
      updatedAtMs,
      createdBy,
      comment,
      Math.round(expiresAtMs),
    );
  }

  /** Forgets what expired at or before `nowMs`. */
  prune(nowMs: number): void {
    this.#prune.run(nowMs);
  }
}

import type { Database, Statement } from 'better-sqlite3';

export interface HistoryEntry {
  readonly query: string;
  readonly lastRunMs: number;
  readonly runs: number;
}

interface Columns {
  query: string;
  last_run_ms: number;
  runs: number;
}

const MAX_ENTRIES = 5000;

/** Queries that were run, each text once, the newest 5,000. */
export class QueryHistory {
  readonly #add: Statement<[string, number]>;
  readonly #prune: Statement<[number]>;
  readonly #search: Statement<[string, number], Columns>;

  constructor(database: Database) {
    this.#add = database.prepare(
      `INSERT INTO query_history VALUES (?, ?, 1)
       ON CONFLICT (query) DO UPDATE SET last_run_ms = max(last_run_ms, excluded.last_run_ms), runs = runs + 1`,
    );
    this.#prune = database.prepare(
      `DELETE FROM query_history WHERE query IN
       (SELECT query FROM query_history ORDER BY last_run_ms DESC, query LIMIT -1 OFFSET ?)`,
    );
    this.#search = database.prepare(
      `SELECT query, last_run_ms, runs FROM query_history
       WHERE instr(lower(query), lower(?)) > 0 ORDER BY last_run_ms DESC, query LIMIT ?`,
    );
  }

  add(query: string, nowMs: number): void {
    this.#add.run(query, Math.round(nowMs));
    this.#prune.run(MAX_ENTRIES);
  }

  /** Entries that contain `text` ('' for all; case of ASCII letters does not matter), newest first. */
  search(text: string, limit: number): HistoryEntry[] {
    const found = this.#search.all(text, limit);
    return found.map((row) => ({ query: row.query, lastRunMs: row.last_run_ms, runs: row.runs }));
  }
}

import type { Database, Statement } from 'better-sqlite3';

/** What the window remembers between runs: one text a key. */
export class Settings {
  readonly #get: Statement<[string], { value: string }>;
  readonly #set: Statement<[string, string]>;

  constructor(database: Database) {
    this.#get = database.prepare('SELECT value FROM settings WHERE key = ?');
    this.#set = database.prepare('INSERT OR REPLACE INTO settings VALUES (?, ?)');
  }

  get(key: string): string | null {
    return this.#get.get(key)?.value ?? null;
  }

  set(key: string, value: string): void {
    this.#set.run(key, value);
  }
}

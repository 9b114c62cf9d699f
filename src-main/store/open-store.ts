import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { AlertHistory } from './alert-history.ts';
import { StoreError } from './errors.ts';
import { migrations } from './migrations.ts';
import { NotificationLogTable } from './notification-log-table.ts';
import { QueryHistory } from './query-history.ts';
import { Settings } from './settings.ts';
import { SilenceTable } from './silence-table.ts';

/** Everything that is not a sample, in one file. Each table has its own small class. */
export interface Store {
  readonly silences: SilenceTable;
  readonly notificationLog: NotificationLogTable;
  readonly alertHistory: AlertHistory;
  readonly queryHistory: QueryHistory;
  readonly settings: Settings;
  /** What was lost or set aside at opening, in words; empty when all is well. */
  readonly problems: readonly string[];
  /** Idempotent. */
  close(): void;
}

const FILE_NAME = 'hearth.db';

/**
 * Opens (or makes) `hearth.db` in `dir`. A file that is no database, or a damaged one, is renamed to
 * `hearth.db.damaged-<ms>` and a new one made; `problems` says so. Throws StoreError when not even that is possible.
 */
export function openStore(dir: string, nowMs: number): Store {
  const path = join(dir, FILE_NAME);
  try {
    mkdirSync(dir, { recursive: true });
    return storeOver(openDatabase(path), []);
  } catch (error) {
    if (!isDamage(error)) throw new StoreError(`cannot open ${path}: ${reasonOf(error)}`, { cause: error });
    const aside = `${path}.damaged-${nowMs}`;
    setAside(path, aside);
    const problem = `${path} was damaged (${reasonOf(error)}): it was set aside as ${aside} and a new one made`;
    return storeOver(openDatabase(path), [problem]);
  }
}

/** A store that lives in memory only: for tests. */
export function openMemoryStore(): Store {
  return storeOver(openDatabase(':memory:'), []);
}

function openDatabase(path: string): Database.Database {
  const database = new Database(path);
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL'); // in WAL mode: never corrupt, the last commits may be lost with the power
    database.pragma('busy_timeout = 5000');
    checkIntegrity(database);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

class DamagedDatabaseError extends Error {
  override readonly name = 'DamagedDatabaseError';
}

function checkIntegrity(database: Database.Database): void {
  const row = database.prepare<[], { quick_check: string }>('PRAGMA quick_check(1)').get();
  if (row?.quick_check !== 'ok') throw new DamagedDatabaseError(row?.quick_check ?? 'no answer to quick_check');
}

function migrate(database: Database.Database): void {
  const version = database.prepare<[], { user_version: number }>('PRAGMA user_version').get()?.user_version ?? 0;
  if (version > migrations.length) {
    throw new StoreError(`it was written by a newer Hearth (version ${version}, this one knows ${migrations.length})`);
  }
  for (const [i, script] of migrations.entries()) {
    if (i < version) continue;
    database.exec(`BEGIN; ${script}; PRAGMA user_version = ${i + 1}; COMMIT;`);
  }
}

function storeOver(database: Database.Database, problems: readonly string[]): Store {
  return {
    silences: new SilenceTable(database),
    notificationLog: new NotificationLogTable(database),
    alertHistory: new AlertHistory(database),
    queryHistory: new QueryHistory(database),
    settings: new Settings(database),
    problems,
    close: () => {
      if (database.open) database.close();
    },
  };
}

function isDamage(error: unknown): boolean {
  if (error instanceof DamagedDatabaseError) return true;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT');
}

function setAside(path: string, aside: string): void {
  try {
    renameSync(path, aside);
    for (const suffix of ['-wal', '-shm']) renameIfThere(path + suffix, aside + suffix);
  } catch (error) {
    throw new StoreError(`${path} is damaged and cannot be set aside: ${reasonOf(error)}`, { cause: error });
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

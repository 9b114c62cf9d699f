import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FakeClock } from '../model/fake-clock.ts';
import { silentLogger } from '../model/log.ts';
import { Tsdb, type TsdbOptions } from './tsdb.ts';

/** A database in a directory of its own, for tests; `await using` removes it. */
export class TestTsdb implements AsyncDisposable {
  readonly dir: string;
  readonly clock = new FakeClock(1_700_000_000_000);
  readonly #options: Partial<TsdbOptions>;
  tsdb!: Tsdb;

  constructor(dir: string, options: Partial<TsdbOptions>) {
    this.dir = dir;
    this.#options = options;
  }

  async open(): Promise<this> {
    this.tsdb = await Tsdb.open({ dir: this.dir, clock: this.clock, log: silentLogger, ...this.#options });
    return this;
  }

  async reopen(): Promise<void> {
    await this.tsdb.close();
    await this.open();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tsdb.close();
    fs.rmSync(this.dir, { recursive: true, force: true });
  }
}

export async function openTestTsdb(options: Partial<TsdbOptions> = {}, from?: string): Promise<TestTsdb> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-tsdb-'));
  if (from !== undefined) fs.cpSync(from, dir, { recursive: true });
  return new TestTsdb(dir, options).open();
}

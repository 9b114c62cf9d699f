/** A small data directory with every kind of file in it, of samples that can be told to be right. */
import fs from 'node:fs';
import path from 'node:path';
import { labelsFromRecord } from '../../model/labels.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import type { Queryable } from '../../model/storage.ts';
import { runCompactionJob } from '../compaction-jobs.ts';
import { openTestTsdb, type TestTsdb } from '../test-tsdb.ts';

export const START_MS = 1_699_999_200_000; // a multiple of two hours
export const STEP_MS = 15_000;
export const STEPS = 1300;
export const SERIES = 9;
export const options = { runCompaction: runCompactionJob };

/** Closed, on the disk: two blocks with tombstones, a log, nothing wrong. */
export async function writeSampleData(): Promise<TestTsdb> {
  const db = await openTestTsdb(options);
  for (let k = 0; k < STEPS; k++) {
    if (k === 1250) await db.tsdb.maintain();
    appendStep(db, k);
  }
  await db.tsdb.close();
  return db;
}

export function appendStep(db: TestTsdb, k: number): void {
  const appender = db.tsdb.appender();
  for (let s = 0; s < SERIES; s++) {
    const labels = labelsFromRecord({
      __name__: 'm',
      s: `${s}`,
      odd: s % 2 === 1 ? 'yes' : '',
      text: 'x'.repeat(5 * s),
    });
    appender.append(appender.series(labels), START_MS + k * STEP_MS, k * 100 + s);
  }
  appender.commit();
}

/** Steps of which every series has its sample. Throws on a sample that was never written. */
export function readSteps(storage: Queryable): Set<number> {
  const counts = new Map<number, number>();
  const querier = storage.querier(0, 4e12);
  try {
    const set = querier.select([]);
    const columns = new SampleColumns();
    for (let i = 0; i < set.length; i++) {
      columns.clear();
      set.read(i, 0, 4e12, columns);
      const labels = set.labels(i);
      const s = Number(labels[labels.indexOf('s') + 1]);
      for (let n = 0; n < columns.length; n++) {
        const k = (columns.times[n]! - START_MS) / STEP_MS;
        if (columns.values[n] !== k * 100 + s)
          throw new Error(`${labels.join()} has ${columns.values[n]} at step ${k}`);
        counts.set(k, (counts.get(k) ?? 0) + 1);
      }
    }
  } finally {
    querier.close();
  }
  return new Set([...counts].filter(([, count]) => count === SERIES).map(([k]) => k));
}

export function blockDirs(dir: string): string[] {
  return fs
    .readdirSync(dir)
    .filter((name) => name.length === 26)
    .map((name) => path.join(dir, name));
}

/** Deletions among everything else that happens to a database, against a plain set of samples. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelsFromRecord } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import { runCompactionJob } from './compaction-jobs.ts';
import { openTestTsdb, type TestTsdb } from './test-tsdb.ts';

const MINUTE_MS = 60_000;
const START_MS = 1_700_001_000_000;
const STEP_MS = 20_000;
const SERIES = 4;
const short = {
  minBlockDurationMs: 5 * MINUTE_MS,
  maxBlockDurationMs: 45 * MINUTE_MS,
  runCompaction: runCompactionJob,
};

type Step =
  | { readonly kind: 'append'; readonly count: number; readonly skip: number }
  | { readonly kind: 'delete'; readonly series: string; readonly back: number; readonly length: number }
  | { readonly kind: 'maintain' | 'clean' | 'reopen' | 'die' | 'snapshot' };

const kinds = fc.constantFrom('maintain', 'clean', 'reopen', 'die', 'snapshot');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('append'), count: fc.nat(60), skip: fc.nat(SERIES) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('delete'),
      series: fc.constantFrom('0', '1', '[12]', '.*', 'none'),
      back: fc.nat(200),
      length: fc.nat(80),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: kinds }) },
);

/** What should be there: `series@k`. */
class Model {
  readonly samples = new Set<string>();
  k = 0;

  delete(series: RegExp, from: number, to: number): void {
    for (const sample of this.samples) {
      const [s = '', k] = sample.split('@');
      if (series.test(s) && Number(k) >= from && Number(k) <= to) this.samples.delete(sample);
    }
  }
}

function append(db: TestTsdb, model: Model, count: number, skip: number): void {
  for (const end = model.k + count; model.k < end; model.k++) {
    const appender = db.tsdb.appender();
    for (let s = 0; s < SERIES; s++) {
      if (s === skip) continue;
      const ref = appender.series(labelsFromRecord({ s: `${s}` }));
      expect(appender.append(ref, START_MS + model.k * STEP_MS, model.k)).toBe('ok');
      model.samples.add(`${s}@${model.k}`);
    }
    appender.commit();
  }
}

function contents(db: TestTsdb): Set<string> {
  const querier = db.tsdb.querier(0, 2e12);
  const set = querier.select([]);
  const out = new Set<string>();
  for (let i = 0; i < set.length; i++) {
    const columns = new SampleColumns();
    set.read(i, 0, 2e12, columns);
    for (const value of columns.values.subarray(0, columns.length)) out.add(`${set.labels(i)[1]}@${value}`);
  }
  querier.close();
  return out;
}

/** What a death of the process right now would leave. */
async function afterDeath(db: TestTsdb): Promise<Set<string>> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-dead-'));
  try {
    fs.cpSync(db.dir, dir, { recursive: true });
    fs.rmSync(path.join(dir, 'lock'));
    await using survivor = await openTestTsdb(short, dir);
    return contents(survivor);
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}

async function take(db: TestTsdb, model: Model, what: Step): Promise<void> {
  switch (what.kind) {
    case 'append':
      return append(db, model, what.count, what.skip);
    case 'delete': {
      const from = model.k - what.back;
      const to = from + what.length;
      model.delete(new RegExp(`^(?:${what.series})$`), from, to);
      const span = [START_MS + from * STEP_MS, START_MS + to * STEP_MS] as const;
      return db.tsdb.delete(...span, [[new Matcher('s', '=~', what.series)]]);
    }
    case 'maintain':
      return db.tsdb.maintain();
    case 'clean':
      return db.tsdb.cleanTombstones();
    case 'reopen':
      return db.reopen();
    case 'die':
      expect(await afterDeath(db)).toEqual(model.samples);
      return;
    case 'snapshot': {
      const name = await db.tsdb.snapshot(false);
      await using copy = await openTestTsdb(short, path.join(db.dir, 'snapshots', name));
      expect(contents(copy)).toEqual(model.samples);
    }
  }
}

test('whatever happens in whatever order, what was deleted is gone and the rest is there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      await using db = await openTestTsdb(short);
      const model = new Model();
      for (const what of steps) {
        await take(db, model, what);
        expect(contents(db)).toEqual(model.samples);
      }
      expect(db.tsdb.problems()).toEqual([]);
    }),
    // its failures are found late, so they are told as they are
    { numRuns: Number(process.env.HEARTH_RUNS ?? 15), endOnFailure: true },
  );
}, 120_000);

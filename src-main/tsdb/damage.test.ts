/** Directories as a power cut, a bad disk or a stranger leaves them: they open, and lose what is damaged and no more. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labelsFromRecord } from '../model/labels.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import { runCompactionJob } from './compaction-jobs.ts';
import { DirectoryLockedError } from './errors.ts';
import { openTestTsdb, type TestTsdb } from './test-tsdb.ts';

const START_MS = 1_700_000_000_000;
const STEP_MS = 15_000;
const STEPS = 2000;
const SERIES = 12;
const options = { runCompaction: runCompactionJob };
const promtool = spawnSync('promtool', ['--version']).status === 0;

function append(db: TestTsdb, from: number, to: number): void {
  for (let k = from; k < to; k++) {
    const appender = db.tsdb.appender();
    for (let s = 0; s < SERIES; s++) {
      appender.append(
        appender.series(labelsFromRecord({ __name__: 'm', s: `${s}` })),
        START_MS + k * STEP_MS,
        k * 100 + s,
      );
    }
    appender.commit();
  }
}

/** Steps of which every series has the right sample. Throws on a wrong one. */
function intactSteps(db: TestTsdb): Set<number> {
  const counts = new Map<number, number>();
  const querier = db.tsdb.querier(0, 2e12);
  const set = querier.select([]);
  const columns = new SampleColumns();
  for (let i = 0; i < set.length; i++) {
    columns.clear();
    set.read(i, 0, 2e12, columns);
    const s = Number(set.labels(i)[3]);
    for (let n = 0; n < columns.length; n++) {
      const k = ((columns.times[n] ?? 0) - START_MS) / STEP_MS;
      if (columns.values[n] !== k * 100 + s) throw new Error(`series ${s} has ${columns.values[n]} at step ${k}`);
      counts.set(k, (counts.get(k) ?? 0) + 1);
    }
  }
  querier.close();
  return new Set([...counts].filter(([, count]) => count === SERIES).map(([k]) => k));
}

const steps = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const inOrder = (set: Set<number>) => [...set].sort((a, b) => a - b);

function segments(dir: string): string[] {
  const wal = path.join(dir, 'wal');
  return fs
    .readdirSync(wal)
    .filter((name) => /^\d+$/.test(name))
    .sort()
    .map((name) => path.join(wal, name));
}

/** The one that was written to last. */
function lastSegment(dir: string): string {
  return segments(dir).at(-1) ?? '';
}

function overwrite(file: string, offset: number, length: number, byte: (i: number) => number): void {
  const fd = fs.openSync(file, 'r+');
  fs.writeSync(fd, Buffer.from(Array.from({ length }, (_, i) => byte(i) & 255)), 0, length, offset);
  fs.closeSync(fd);
}

let base: TestTsdb;
let firstHeadStep = 0;

beforeAll(async () => {
  base = await openTestTsdb(options);
  append(base, 0, 1600);
  await base.tsdb.maintain();
  append(base, 1600, STEPS);
  await base.tsdb.close();
  firstHeadStep = Math.ceil((blockEnd(base.dir) - START_MS) / STEP_MS);
});
afterAll(() => fs.rmSync(base.dir, { recursive: true, force: true }));

function blockDirs(dir: string): string[] {
  return fs
    .readdirSync(dir)
    .filter((name) => name.length === 26)
    .map((name) => path.join(dir, name));
}

function blockEnd(dir: string): number {
  return Math.max(
    ...blockDirs(dir).map((block) => JSON.parse(fs.readFileSync(path.join(block, 'meta.json'), 'utf8')).maxTime),
  );
}

async function openDamaged(damage: (dir: string) => void): Promise<TestTsdb> {
  const copy = `${base.dir}-damaged`;
  fs.rmSync(copy, { recursive: true, force: true });
  fs.cpSync(base.dir, copy, { recursive: true });
  damage(copy);
  const db = await openTestTsdb(options, copy);
  fs.rmSync(copy, { recursive: true });
  return db;
}

/** A second start finds nothing wrong with the log, appends survive it, and promtool agrees. */
async function expectHealed(db: TestTsdb): Promise<void> {
  const before = intactSteps(db);
  append(db, STEPS, STEPS + 1);
  await db.reopen();
  expect(db.tsdb.problems().filter((problem) => problem.includes('corrupt'))).toEqual([]);
  expect(intactSteps(db)).toEqual(new Set([...before, STEPS]));
  if (promtool) {
    const run = spawnSync('promtool', ['tsdb', 'dump', db.dir], { maxBuffer: 1 << 28 });
    expect([run.status, run.stderr.toString()]).toEqual([0, '']);
  }
}

describe('the log', () => {
  test('whole: nothing is lost', async () => {
    await using db = await openDamaged(() => {});
    expect(db.tsdb.problems()).toEqual([]);
    expect(inOrder(intactSteps(db))).toEqual(steps(0, STEPS));
    await expectHealed(db);
  });

  test('cut off in mid record: what precedes is kept', async () => {
    await using db = await openDamaged((dir) => {
      const file = segments(dir).at(-1) ?? '';
      const used = fs.readFileSync(file).findLastIndex((byte) => byte !== 0);
      fs.truncateSync(file, used - 20);
    });
    expect(inOrder(intactSteps(db))).toEqual(steps(0, STEPS - 1));
    expect(db.tsdb.problems()[0]).toMatch(/^WAL is corrupt at byte \d+ of .*ends within a record/);
    await expectHealed(db);
  });

  test('garbled in the middle: what precedes and what follows is kept', async () => {
    await using db = await openDamaged((dir) => overwrite(lastSegment(dir), 20_000, 64, (i) => i * 37 + 11));
    const kept = intactSteps(db);
    const headSteps = steps(firstHeadStep, STEPS);
    expect(inOrder(kept).filter((k) => k < firstHeadStep)).toEqual(steps(0, firstHeadStep));
    expect(headSteps.filter((k) => !kept.has(k)).length).toBeLessThan(headSteps.length / 2);
    expect(kept.has(STEPS - 1)).toBe(true);
    expect(db.tsdb.problems().length).toBeGreaterThan(0);
    await expectHealed(db);
  });

  test('zeros where the last page was', async () => {
    await using db = await openDamaged((dir) => {
      const file = segments(dir).at(-1) ?? '';
      overwrite(file, fs.statSync(file).size - 4000, 4000, () => 0);
    });
    expect(inOrder(intactSteps(db)).slice(0, firstHeadStep)).toEqual(steps(0, firstHeadStep));
    await expectHealed(db);
  });

  test('all garbage at the beginning of the last segment', async () => {
    await using db = await openDamaged((dir) => overwrite(lastSegment(dir), 0, 512, (i) => i * 31 + 7));
    expect(inOrder(intactSteps(db)).slice(0, firstHeadStep)).toEqual(steps(0, firstHeadStep));
    expect(db.tsdb.problems().length).toBeGreaterThan(0);
    await expectHealed(db);
  });

  test('an empty extra segment', async () => {
    await using db = await openDamaged((dir) => {
      const last = Number(path.basename(segments(dir).at(-1) ?? '0'));
      fs.writeFileSync(path.join(dir, 'wal', String(last + 1).padStart(8, '0')), '');
    });
    expect(db.tsdb.problems()).toEqual([]);
    expect(inOrder(intactSteps(db))).toEqual(steps(0, STEPS));
    await expectHealed(db);
  });

  test('any 200 places: it opens, and never shows a wrong sample', async () => {
    for (let seed = 1; seed <= 25; seed++) {
      let random = seed * 7919;
      const next = (limit: number) => {
        random = (Math.imul(random, 1103515245) + 12345) >>> 0;
        return (random >>> 8) % limit;
      };
      await using db = await openDamaged((dir) => {
        for (const file of segments(dir)) {
          const { size } = fs.statSync(file);
          for (let i = 0; i < 8 && size > 10; i++) overwrite(file, next(size - 1), 1, () => next(256));
        }
      });
      const kept = intactSteps(db);
      expect(inOrder(kept).filter((k) => k < firstHeadStep)).toEqual(steps(0, firstHeadStep));
      await db.reopen();
      expect(intactSteps(db)).toEqual(kept);
    }
  });
});

describe('blocks', () => {
  const cases: [string, (block: string) => void][] = [
    ['meta.json missing', (block) => fs.rmSync(path.join(block, 'meta.json'))],
    ['meta.json garbled', (block) => fs.writeFileSync(path.join(block, 'meta.json'), '{"ulid": "x')],
    [
      'index garbled at its end',
      (block) => overwrite(path.join(block, 'index'), fs.statSync(path.join(block, 'index')).size - 40, 40, (i) => i),
    ],
    ['symbols garbled', (block) => overwrite(path.join(block, 'index'), 20, 8, (i) => i + 200)],
    ['index empty', (block) => fs.writeFileSync(path.join(block, 'index'), '')],
    ['chunks missing', (block) => fs.rmSync(path.join(block, 'chunks'), { recursive: true })],
    ['chunk file empty', (block) => fs.writeFileSync(path.join(block, 'chunks', '000001'), '')],
    ['tombstones garbled', (block) => fs.writeFileSync(path.join(block, 'tombstones'), 'garbage!!')],
  ];

  test.each(cases)('%s: that block is set aside and named, all else served', async (_, damage) => {
    let damaged = '';
    let from = 0;
    let to = 0;
    await using db = await openDamaged((dir) => {
      const blocks = blockDirs(dir).map((block) => ({
        block,
        meta: JSON.parse(fs.readFileSync(path.join(block, 'meta.json'), 'utf8')),
      }));
      const { block, meta } = blocks.sort((a, b) => a.meta.minTime - b.meta.minTime)[0] ?? { block: '', meta: {} };
      damaged = path.basename(block);
      from = Math.ceil((meta.minTime - START_MS) / STEP_MS);
      to = Math.ceil((meta.maxTime - START_MS) / STEP_MS);
      damage(block);
    });
    expect(inOrder(intactSteps(db))).toEqual(steps(0, STEPS).filter((k) => k < from || k >= to));
    expect(db.tsdb.problems().join()).toContain(damaged);
    append(db, STEPS, STEPS + 1);
    expect(fs.existsSync(path.join(db.dir, damaged))).toBe(true);
  });

  test('a garbled chunk costs its own samples, and is named', async () => {
    await using db = await openDamaged((dir) =>
      overwrite(path.join(blockDirs(dir)[0] ?? '', 'chunks', '000001'), 100, 4, (i) => i),
    );
    const kept = intactSteps(db);
    expect(kept.size).toBeGreaterThan(STEPS - 300);
    expect(kept.size).toBeLessThan(STEPS);
    expect(db.tsdb.problems().join()).toMatch(/block \w+: chunk 1:\d+: checksum mismatch/);
  });

  test('strangers and leftovers', async () => {
    await using db = await openDamaged((dir) => {
      fs.writeFileSync(path.join(dir, 'notes.txt'), 'x');
      fs.mkdirSync(path.join(dir, 'lost+found'));
      fs.mkdirSync(path.join(dir, '01ARZ3NDEKTSV4RRFFQ69G5FAV.tmp-for-creation', 'chunks'), { recursive: true });
      fs.mkdirSync(path.join(dir, 'wal', 'checkpoint.00000009.tmp'));
    });
    expect(db.tsdb.problems()).toEqual([]);
    expect(inOrder(intactSteps(db))).toEqual(steps(0, STEPS));
    expect(fs.existsSync(path.join(db.dir, '01ARZ3NDEKTSV4RRFFQ69G5FAV.tmp-for-creation'))).toBe(false);
    expect(fs.existsSync(path.join(db.dir, 'notes.txt'))).toBe(true);
  });
});

describe('the lock', () => {
  test('a second instance is refused, a lock of a dead process is not', async () => {
    await using db = await openTestTsdb(options);
    const second = openTestTsdb(options, db.dir).then((opened) => opened[Symbol.asyncDispose]());
    await expect(second).rejects.toThrow(DirectoryLockedError);
    await db.tsdb.close();
    fs.writeFileSync(path.join(db.dir, 'lock'), '999999 12345\n');
    await db.open();
    await db.tsdb.close();
    fs.writeFileSync(path.join(db.dir, 'lock'), '');
    await db.open();
  });

  test('a lock that another thread of this process left behind is not held', async () => {
    await using db = await openTestTsdb(options);
    const file = path.join(db.dir, 'lock');
    const [pid, start] = fs.readFileSync(file, 'utf8').trim().split(' ');
    await db.tsdb.close();
    fs.writeFileSync(file, `${pid} ${start} 999999\n`);
    await db.open();
  });
});

/** Whole data directories with any one file garbled: Hearth starts, says what is lost, and loses no more than that. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMeta } from '../block/meta.ts';
import { openTestTsdb, type TestTsdb } from '../test-tsdb.ts';
import { mutated, type Random } from './mutate.ts';
import { FUZZ_TIMEOUT_MS, fuzz } from './run-fuzz.ts';
import { appendStep, blockDirs, options, readSteps, START_MS, STEP_MS, STEPS, writeSampleData } from './sample-data.ts';

let base: TestTsdb;
/** Files that are read at a start, by their paths in the directory. */
let files: string[] = [];
/** Steps that lie in no block. */
let headFrom = 0;

beforeAll(async () => {
  base = await writeSampleData();
  files = fs
    .readdirSync(base.dir, { recursive: true, encoding: 'utf8' })
    .filter(
      (file) => fs.statSync(path.join(base.dir, file)).size > 0 && fs.statSync(path.join(base.dir, file)).isFile(),
    );
  headFrom = Math.max(...blockDirs(base.dir).map((dir) => (readMeta(dir).maxTime - START_MS) / STEP_MS));
});
afterAll(() => fs.rmSync(base.dir, { recursive: true }));

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Steps that must be there whatever happened to the file. */
function untouchedBy(file: string): number[] {
  if (file.startsWith('wal')) return range(0, headFrom);
  const { minTime, maxTime } = readMeta(path.join(base.dir, file.split(path.sep)[0] ?? ''));
  return range(0, STEPS).filter((k) => START_MS + k * STEP_MS < minTime || START_MS + k * STEP_MS >= maxTime);
}

async function once(random: Random): Promise<void> {
  const file = random.pick(files);
  const intact = fs.readFileSync(path.join(base.dir, file));
  const { bytes } = mutated(intact, random);
  const copy = `${base.dir}-copy`;
  fs.cpSync(base.dir, copy, { recursive: true });
  fs.writeFileSync(path.join(copy, file), bytes);
  await using db = await openTestTsdb(options, copy);
  fs.rmSync(copy, { recursive: true });
  // A block can be found bad when it is first read: the one question that finds it may fail, the next is answered.
  const found = answered(db);
  const missing = untouchedBy(file).filter((k) => !found.has(k));
  if (missing.length > 0) throw new Error(`${file}: ${missing.length} steps are gone that it does not hold`);
  const lost = STEPS - range(0, STEPS).filter((k) => found.has(k)).length;
  const said = db.tsdb.problems();
  // Of a log that ends early nobody can know what came after.
  const isShortLog = file.startsWith('wal') && bytes.length < intact.length;
  if (lost > 0 && said.length === 0 && !isShortLog) {
    throw new Error(`${file}: ${lost} steps are lost, and nothing is said`);
  }
  appendStep(db, STEPS + 1);
  await db.reopen();
  const again = answered(db);
  for (const k of [...found, STEPS + 1])
    if (!again.has(k)) throw new Error(`${file}: step ${k} is gone after a restart`);
  if (file.startsWith('wal')) expect(db.tsdb.problems().filter((problem) => problem.includes('corrupt'))).toEqual([]);
}

function answered(db: TestTsdb): Set<number> {
  try {
    return readSteps(db.tsdb);
  } catch (error) {
    if (db.tsdb.problems().length === 0) throw error;
    return readSteps(db.tsdb);
  }
}

test('any file of a data directory garbled', () => fuzz(once), FUZZ_TIMEOUT_MS);

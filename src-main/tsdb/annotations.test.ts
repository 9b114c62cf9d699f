/** Exemplars and metadata on their way through the log, and through checkpoints. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { labelsFromRecord } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';
import type { MetricMetadata } from '../model/metadata.ts';
import { runCompactionJob } from './compaction-jobs.ts';
import { openTestTsdb, type TestTsdb } from './test-tsdb.ts';
import { decodeExemplars, decodeMetadata } from './wal/exemplar-records.ts';
import { listCheckpoints, listSegments } from './wal/layout.ts';
import { scanSegment } from './wal/segment-scan.ts';

const HOUR = 3_600_000;
const START = 1_700_000_000_000 - (1_700_000_000_000 % (2 * HOUR));
const OPTIONS = { runCompaction: runCompactionJob, maxExemplars: 1000, keepsMetadata: true };
const EVERY_SERIES = [[new Matcher('__name__', '=~', '.+')]];

function counter(help: string): MetricMetadata {
  return { type: 'counter', unit: 'seconds', help };
}

/** One sample and one exemplar of each of `count` series; the exemplars of the third are hours ahead. */
function write(db: TestTsdb, timeMs: number, count: number): void {
  const appender = db.tsdb.appender();
  for (let s = 0; s < count; s++) {
    const ref = appender.series(labelsFromRecord({ __name__: 'm', s: `${s}` }));
    appender.append(ref, timeMs, s);
    const labels = ['trace_id', `${timeMs}/${s}`, 'ü', '😀'];
    const exemplar = { labels, value: s / 7, timeMs: timeMs - 5 + (s === 2 ? 12 * HOUR : 0) };
    expect(appender.appendExemplar(ref, exemplar)).toBe('ok');
  }
  appender.commit();
}

function exemplars(db: TestTsdb) {
  return db.tsdb.exemplars(0, 2e12, EVERY_SERIES);
}

/** Everything of one kind in the checkpoints or segments. */
function logged<T>(dir: string, type: number, decode: (record: Buffer) => T[]): T[] {
  const found: T[] = [];
  for (const segment of listSegments(dir)) {
    scanSegment(segment.file, (record) => {
      if (record[0] === type) found.push(...decode(record));
    });
  }
  return found;
}

test('exemplars survive a restart, and are seen only once committed', async () => {
  await using db = await openTestTsdb(OPTIONS);
  write(db, START, 3);
  write(db, START + 1000, 2);
  const before = exemplars(db);
  expect(before.map(({ exemplars: list }) => list.length)).toEqual([2, 2, 1]);
  expect(before[0]?.exemplars[0]).toEqual({
    labels: ['trace_id', `${START}/0`, 'ü', '😀'],
    value: 0,
    timeMs: START - 5,
  });
  const appender = db.tsdb.appender();
  const ref = appender.series(labelsFromRecord({ __name__: 'm', s: '0' }));
  expect(appender.appendExemplar(ref, { labels: [], value: 1, timeMs: START + 2000 })).toBe('ok');
  expect(appender.appendExemplar(ref + 1000, { labels: [], value: 1, timeMs: START })).toBe('unknown-series');
  expect(exemplars(db)).toEqual(before);
  appender.rollback();
  await db.reopen();
  expect(exemplars(db)).toEqual(before);
});

test('where none are kept, none are taken nor logged', async () => {
  await using db = await openTestTsdb();
  const appender = db.tsdb.appender();
  const ref = appender.series(labelsFromRecord({ __name__: 'm' }));
  expect(appender.appendExemplar(ref, { labels: [], value: 1, timeMs: 1 })).toBe('disabled');
  appender.setMetadata(ref, counter('Help.'));
  appender.append(ref, START, 1);
  appender.commit();
  expect(db.tsdb.metadataOf(ref)).toBeUndefined();
  expect(logged(path.join(db.dir, 'wal'), 4, decodeExemplars)).toEqual([]);
  expect(logged(path.join(db.dir, 'wal'), 6, decodeMetadata)).toEqual([]);
});

test('metadata is logged when it changes, and the newest is known after a restart', async () => {
  await using db = await openTestTsdb(OPTIONS);
  let ref = 0;
  for (const [i, help] of ['One.', 'One.', 'Two.', 'Two.'].entries()) {
    const appender = db.tsdb.appender();
    ref = appender.series(labelsFromRecord({ __name__: 'm' }));
    appender.append(ref, START + i, 1);
    appender.setMetadata(ref, counter(help));
    appender.commit();
  }
  expect(db.tsdb.metadataOf(ref)).toEqual(counter('Two.'));
  expect(logged(path.join(db.dir, 'wal'), 6, decodeMetadata).map((entry) => entry.metadata.help)).toEqual([
    'One.',
    'Two.',
  ]);
  await db.reopen();
  expect(db.tsdb.metadataOf(ref)).toEqual(counter('Two.'));
});

test('a checkpoint keeps exemplars that are new enough, and of each series its newest metadata', async () => {
  await using db = await openTestTsdb(OPTIONS);
  for (let k = 0; k < 120; k++) {
    write(db, START + k * 600_000, 3);
    const appender = db.tsdb.appender();
    for (let s = 0; s < 3; s++) {
      appender.setMetadata(appender.series(labelsFromRecord({ __name__: 'm', s: `${s}` })), counter(`Help ${k} ${s}.`));
    }
    appender.commit();
    await db.tsdb.maintain();
  }
  const before = exemplars(db);
  const checkpoint = listCheckpoints(path.join(db.dir, 'wal')).at(-1)?.dir ?? '';
  expect(fs.existsSync(checkpoint)).toBe(true);
  const kept = logged(checkpoint, 4, decodeExemplars);
  expect(kept.length).toBeGreaterThan(0);
  const { maxTime = 0 } = db.tsdb.blocks().at(-1) ?? {};
  expect(kept.every(({ exemplar }) => exemplar.timeMs >= maxTime - 2 * HOUR)).toBe(true);
  const refs = logged(checkpoint, 6, decodeMetadata).map((entry) => entry.ref);
  expect(refs.length).toBe(3);
  await db.reopen();
  const after = exemplars(db);
  for (const [i, { labels, exemplars: list }] of after.entries()) {
    expect(labels).toEqual(before[i]?.labels);
    expect(before[i]?.exemplars.slice(-list.length)).toEqual(list);
    expect(list.length).toBeGreaterThanOrEqual(i === 2 ? 72 : 6);
  }
  const appender = db.tsdb.appender();
  for (let s = 0; s < 3; s++) {
    const ref = appender.series(labelsFromRecord({ __name__: 'm', s: `${s}` }));
    expect(db.tsdb.metadataOf(ref)).toEqual(counter(`Help 119 ${s}.`));
  }
  appender.rollback();
});

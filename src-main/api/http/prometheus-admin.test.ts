import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { labelsFromRecord } from '../../model/labels.ts';
import { silentLogger } from '../../model/log.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { runCompactionJob } from '../../tsdb/compaction-jobs.ts';
import { openTestTsdb, type TestTsdb } from '../../tsdb/test-tsdb.ts';
import { addAdminRoutes } from './prometheus-admin.ts';
import { createServer } from './server.ts';

const ADMIN = '/api/v1/admin/tsdb';

async function withSeries(): Promise<TestTsdb> {
  const db = await openTestTsdb({ runCompaction: runCompactionJob });
  const appender = db.tsdb.appender();
  for (const name of ['a', 'b']) {
    const ref = appender.series(labelsFromRecord({ __name__: name }));
    for (let s = 1; s <= 5; s++) appender.append(ref, 1_700_000_000_000 + s * 1000, s);
  }
  appender.commit();
  return db;
}

function serving(db: TestTsdb, isEnabled = true): ReturnType<typeof createServer> {
  const app = createServer(silentLogger);
  addAdminRoutes(app, db.tsdb, isEnabled);
  return app;
}

/** Name of a series -> its values. */
function values(db: TestTsdb): Record<string, number[]> {
  const querier = db.tsdb.querier(0, 2e12);
  const set = querier.select([]);
  const out: Record<string, number[]> = {};
  for (let i = 0; i < set.length; i++) {
    const columns = new SampleColumns();
    set.read(i, 0, 2e12, columns);
    out[set.labels(i)[1] ?? ''] = Array.from(columns.values.subarray(0, columns.length));
  }
  querier.close();
  return out;
}

describe('the admin API', () => {
  test('deletes series, in the query or in a form', async () => {
    await using db = await withSeries();
    const app = serving(db);
    const url = `${ADMIN}/delete_series?match[]=a&start=1700000002&end=2023-11-14T22:13:23Z`;
    const first = await app.inject({ method: 'POST', url });
    expect([first.statusCode, first.body]).toEqual([204, '']);
    expect(values(db)).toEqual({ a: [1, 4, 5], b: [1, 2, 3, 4, 5] });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const payload = 'match[]=a%7Bx%3D%22%22%7D&match[]=c';
    const second = await app.inject({ method: 'PUT', url: `${ADMIN}/delete_series`, headers, payload });
    expect(second.statusCode).toBe(204);
    expect(values(db)).toEqual({ b: [1, 2, 3, 4, 5] });
    expect((await app.inject({ method: 'POST', url: `${ADMIN}/clean_tombstones` })).statusCode).toBe(204);
  });

  test('makes snapshots', async () => {
    await using db = await withSeries();
    const app = serving(db);
    for (const [query, blocks] of [
      ['', 1],
      ['?skip_head=false', 1],
      ['?skip_head=T', 0],
    ] as const) {
      const response = await app.inject({ method: 'POST', url: `${ADMIN}/snapshot${query}` });
      const { status, data } = response.json();
      expect([response.statusCode, status]).toEqual([200, 'success']);
      expect(fs.readdirSync(path.join(db.dir, 'snapshots', data.name)).length).toBe(blocks);
    }
  });

  test.each([
    ['delete_series', 400, 'bad_data', 'no match[] parameter provided'],
    ['delete_series?match[]=a&start=x', 400, 'bad_data', 'cannot parse "x" to a valid timestamp'],
    ['delete_series?match[]=a&match[]=a(', 400, 'bad_data', 'invalid parameter "match[]": 1:2: parse error'],
    ['snapshot?skip_head=maybe', 400, 'bad_data', 'strconv.ParseBool: parsing "maybe": invalid syntax'],
  ])('%s is refused, and nothing is done', async (url, status, errorType, message) => {
    await using db = await withSeries();
    const response = await serving(db).inject({ method: 'POST', url: `${ADMIN}/${url}` });
    const body = response.json();
    expect([response.statusCode, body.status, body.errorType]).toEqual([status, 'error', errorType]);
    expect(body.error).toContain(message);
    expect(values(db)).toEqual({ a: [1, 2, 3, 4, 5], b: [1, 2, 3, 4, 5] });
  });

  test('is refused unless it was enabled, and by other methods', async () => {
    await using db = await withSeries();
    const disabled = serving(db, false);
    for (const name of ['delete_series?match[]=a', 'clean_tombstones', 'snapshot']) {
      const response = await disabled.inject({ method: 'POST', url: `${ADMIN}/${name}` });
      expect([response.statusCode, response.json()]).toEqual([
        500,
        { status: 'error', errorType: 'unavailable', error: 'admin APIs disabled' },
      ]);
      const get = await serving(db).inject({ method: 'GET', url: `${ADMIN}/${name}` });
      expect([get.statusCode, get.headers.allow]).toEqual([405, 'POST, PUT']);
    }
    expect(values(db)).toEqual({ a: [1, 2, 3, 4, 5], b: [1, 2, 3, 4, 5] });
    expect(fs.existsSync(path.join(db.dir, 'snapshots'))).toBe(false);
  });
});

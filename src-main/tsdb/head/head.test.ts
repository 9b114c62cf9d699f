import { describe, expect, test } from 'vitest';
import { labelsFromRecord } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { isStaleAt } from '../../model/staleness.ts';
import type { Querier } from '../../model/storage.ts';
import { openTestTsdb } from '../test-tsdb.ts';

function series(name: string, labels: Record<string, string> = {}) {
  return labelsFromRecord({ __name__: name, ...labels });
}

function readAll(querier: Querier, matchers: Matcher[]): Record<string, [number, number][]> {
  const set = querier.select(matchers);
  const out: Record<string, [number, number][]> = {};
  for (let i = 0; i < set.length; i++) {
    const columns = new SampleColumns();
    set.read(i, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, columns);
    out[set.labels(i).join(',')] = Array.from({ length: columns.length }, (_, k) => [
      columns.times[k] ?? 0,
      columns.values[k] ?? 0,
    ]);
  }
  return out;
}

describe('appending', () => {
  test('outcomes are those of Prometheus', async () => {
    await using db = await openTestTsdb();
    const appender = db.tsdb.appender();
    const ref = appender.series(series('a'));
    const cases = [
      [1_000_000, 1, 'ok'],
      [1_000_000, 1, 'ok'],
      [1_000_000, 2, 'duplicate'],
      [999_999, 1, 'out-of-order'],
      [1_000_001, -0, 'ok'],
      [1_000_001, 0, 'duplicate'],
      [1_000_000 - 3_600_001, 0, 'out-of-bounds'],
    ] as const;
    for (const [t, v, outcome] of cases) expect([t, v, appender.append(ref, t, v)]).toEqual([t, v, outcome]);
    appender.commit();
    const second = db.tsdb.appender();
    expect(second.append(ref, 1_000_001, -0)).toBe('ok');
    expect(second.append(ref, 1_000_001, 5)).toBe('duplicate');
    expect(second.append(ref, 1_000_000, 5)).toBe('out-of-order');
    expect(second.append(99_999, 1_000_000, 5)).toBe('unknown-series');
    expect(() => appender.commit()).toThrow('already');
  });

  test('nothing shows before commit, nothing after rollback', async () => {
    await using db = await openTestTsdb();
    const appender = db.tsdb.appender();
    appender.append(appender.series(series('a')), 1000, 1);
    expect(readAll(db.tsdb.querier(0, 2000), [new Matcher('__name__', '=', 'a')])).toEqual({});
    appender.rollback();
    expect(readAll(db.tsdb.querier(0, 2000), [new Matcher('__name__', '=', 'a')])).toEqual({});
    const again = db.tsdb.appender();
    again.append(again.series(series('a')), 1000, 7);
    again.commit();
    expect(readAll(db.tsdb.querier(0, 2000), [])).toEqual({ '__name__,a': [[1000, 7]] });
  });

  test('what was selected does not change', async () => {
    await using db = await openTestTsdb();
    const write = (from: number, to: number) => {
      for (let k = from; k < to; k++) {
        const appender = db.tsdb.appender();
        for (let s = 0; s < 10; s++)
          appender.append(appender.series(series('a', { s: `${s}` })), k * 1000, k * s * 1.1);
        appender.commit();
      }
    };
    write(1, 50);
    const querier = db.tsdb.querier(0, 1e9);
    const set = querier.select([new Matcher('s', '=~', '[0-9]')]);
    write(50, 2000);
    for (let i = 0; i < set.length; i++) {
      const columns = new SampleColumns();
      expect(set.read(i, 0, 1e9, columns)).toBe(49);
      const s = Number(set.labels(i)[3]);
      for (let k = 0; k < 49; k++) expect(columns.values[k]).toBe((k + 1) * s * 1.1);
    }
    querier.close();
    expect(Object.values(readAll(db.tsdb.querier(0, 1e9), []))[3]?.length).toBe(1999);
  });

  test('staleness markers keep their bits, over a restart too', async () => {
    await using db = await openTestTsdb();
    const appender = db.tsdb.appender();
    const ref = appender.series(series('a'));
    appender.append(ref, 1000, Number.NaN);
    appender.appendStale(ref, 2000);
    appender.append(ref, 3000, 1);
    appender.commit();
    await db.reopen();
    const columns = new SampleColumns();
    db.tsdb.querier(0, 5000).select([]).read(0, 0, 5000, columns);
    expect([0, 1, 2].map((i) => isStaleAt(columns.halves, i))).toEqual([false, true, false]);
    expect(columns.halves.slice(0, 2)).toEqual(Uint32Array.of(1, 0x7ff80000));
  });
});

describe('matching', () => {
  test.each([
    ['a="1"', ['x1', 'y1']],
    ['a!="1"', ['x2', 'none']],
    ['a=""', ['none']],
    ['a!=""', ['x1', 'x2', 'y1']],
    ['a=~"1|2"', ['x1', 'x2', 'y1']],
    ['a=~".*"', ['x1', 'x2', 'y1', 'none']],
    ['a=~".+"', ['x1', 'x2', 'y1']],
    ['a!~"1"', ['x2', 'none']],
    ['a=~"|2"', ['x2', 'none']],
    ['a="nowhere"', []],
    ['nolabel=""', ['x1', 'x2', 'y1', 'none']],
  ])('%s', async (text, expected) => {
    await using db = await openTestTsdb();
    const appender = db.tsdb.appender();
    for (const [id, a] of [
      ['x1', '1'],
      ['x2', '2'],
      ['y1', '1'],
      ['none', ''],
    ] as const) {
      appender.append(appender.series(labelsFromRecord({ id, ...(a === '' ? {} : { a }) })), 1000, 1);
    }
    appender.commit();
    const [, name = '', type = '', value = ''] = /^(\w+)(=~|!~|!=|=)"(.*)"$/.exec(text) ?? [];
    const set = db.tsdb
      .querier(0, 2000)
      .select([new Matcher(name, type === '=~' || type === '!~' || type === '!=' ? type : '=', value)]);
    const ids = Array.from({ length: set.length }, (_, i) => set.labels(i)[set.labels(i).indexOf('id') + 1]);
    expect(ids.sort()).toEqual([...expected].sort());
  });
});

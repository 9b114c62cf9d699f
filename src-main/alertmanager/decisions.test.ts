import { describe, expect, it } from 'vitest';
import type { RouteConfig, RouteMatcher } from '../config/alertmanager-config.ts';
import { labelsFromRecord } from '../model/labels.ts';
import { Inhibitor } from './inhibitor.ts';
import { printLabelSet } from './matchers.ts';
import { reasonToNotify } from './notification-log.ts';
import { Route } from './route.ts';
import { compareAlerts, mergeAlert, type StoredAlert } from './stored-alert.ts';
import { contains } from './time-interval.ts';

const L = labelsFromRecord;
const list = (text: string) => [...text];
const MINUTE = 60_000;

describe('whether to notify', () => {
  const ago = (minutes: number) => 100 * MINUTE - minutes * MINUTE;
  const entry = (firing: string, resolved: string, minutes = 0) => ({
    firing: list(firing),
    resolved: list(resolved),
    notifiedAtMs: ago(minutes),
  });
  const cases: readonly (readonly [string, ReturnType<typeof entry> | null, string, string, boolean, string | null])[] =
    [
      ['first', null, '1', '', true, 'first notification'],
      ['only resolved, never told', null, '', '1', true, null],
      ['a new one', entry('123', ''), '234', '', true, 'new alerts added'],
      ['firing after all was resolved', entry('', '1'), '1', '', true, 'first notification'],
      ['the same, 9 minutes later', entry('123', '', 9), '123', '', true, null],
      ['the same, 11 minutes later', entry('123', '', 11), '123', '', true, 'repeat interval elapsed'],
      ['fewer firing', entry('123', ''), '12', '', true, null],
      ['resolved again', entry('', '123'), '', '345', true, null],
      ['one more resolved, not wanted', entry('12', '3'), '1', '23', false, null],
      ['one more resolved', entry('12', '3'), '1', '23', true, 'some alerts resolved'],
      ['all resolved, not wanted', entry('12', '3'), '', '123', false, 'all alerts resolved'],
      ['all resolved', entry('12', '3'), '', '123', true, 'all alerts resolved'],
    ];
  for (const [name, before, firing, resolved, sendResolved, expected] of cases) {
    it(name, () => {
      const now = {
        firing: list(firing),
        resolved: list(resolved),
        sendResolved,
        repeatIntervalMs: 10 * MINUTE,
        atMs: ago(0),
      };
      expect(reasonToNotify(before, now)).toBe(expected);
    });
  }
});

describe('merging', () => {
  const alert = (
    [startsAtMs, endsAtMs, isTimeout]: readonly [number, number, boolean],
    updatedAtMs = 0,
  ): StoredAlert => ({
    fingerprint: 'f',
    labels: L({ a: 'b' }),
    annotations: L({ at: String(updatedAtMs) }),
    startsAtMs,
    endsAtMs,
    generatorUrl: '',
    updatedAtMs,
    isTimeout,
  });
  /** start end timeout of the older and the newer one; now is 100. */
  it.each([
    ['two timeouts', [50, 200, true], [60, 210, true], [50, 210]],
    ['timeout, then told', [50, 300, true], [60, 200, false], [50, 200]],
    ['told, then timeout', [50, 300, false], [60, 200, true], [50, 300]],
    ['told twice, the later wins', [50, 300, false], [60, 200, false], [50, 300]],
    ['resolved, then firing', [50, 90, false], [60, 200, true], [50, 200]],
    ['firing, then resolved', [50, 300, false], [60, 90, false], [50, 90]],
    ['resolved twice', [50, 90, false], [40, 80, false], [40, 90]],
    ['apart', [10, 20, false], [60, 200, true], [60, 200]],
  ] as const)('%s', (_, older, newer, expected) => {
    const merged = mergeAlert(alert(older, 1), alert(newer, 2), 100);
    expect([merged.startsAtMs, merged.endsAtMs]).toEqual(expected);
    expect(merged.annotations).toEqual(L({ at: '2' }));
  });

  it('sorts by job, instance, then label set', () => {
    const sets = [
      { a: 'z', b: 'y' },
      { z: '1' },
      { job: 'b' },
      { job: 'a', instance: '2' },
      { job: 'a', instance: '1' },
      { job: 'a' },
      { a: 'a' },
    ];
    const sorted = sets.map((set) => ({ ...alert([0, 0, false]), labels: L(set) })).sort(compareAlerts);
    expect(sorted.map((a) => printLabelSet(a.labels))).toEqual([
      '{instance="1", job="a"}',
      '{instance="2", job="a"}',
      '{job="a"}',
      '{job="b"}',
      '{z="1"}', // the one that lacks the first name goes first
      '{a="a"}',
      '{a="z", b="y"}',
    ]);
  });
});

const matcher = (text: string): RouteMatcher => {
  const [, name = '', type = '=', value = ''] = /^(\w+)(=~|=)(.*)$/.exec(text) ?? [];
  return { name, type: type === '=~' ? '=~' : '=', value };
};

describe('routes', () => {
  const node = (receiver: string, matchers: string, rest: Partial<RouteConfig> = {}): RouteConfig => ({
    receiver,
    matchers: matchers === '' ? [] : matchers.split(',').map(matcher),
    groupBy: [],
    groupByAll: false,
    continue: false,
    groupWaitMs: 0,
    groupIntervalMs: 1,
    repeatIntervalMs: 1,
    muteTimeIntervals: [],
    activeTimeIntervals: [],
    labels: {},
    routes: [],
    ...rest,
  });
  const root = new Route(
    node('def', '', {
      routes: [
        node('A', 'owner=team-A', {
          routes: [
            node('testing', 'env=testing', { groupByAll: true }),
            node('productionA', 'env=production', { continue: true }),
            node('productionB', 'env=~^(?:produ.*)$,job=~^(?:.*)$', { groupBy: ['job'] }),
          ],
        }),
        node('BC', 'owner=~^(?:team-(B|C))$', { groupBy: ['foo', 'bar'] }),
      ],
    }),
  );
  it.each([
    [{ owner: 'team-A' }, ['A']],
    [{ owner: 'team-A', env: 'unset' }, ['A']],
    [{ owner: 'team-C' }, ['BC']],
    [{ owner: 'team-A', env: 'testing' }, ['testing']],
    [{ owner: 'team-A', env: 'production' }, ['productionA', 'productionB']],
    [{ x: 'y' }, ['def']],
  ])('%j', (labels, receivers) => {
    expect(root.match(L(labels)).map((route) => route.config.receiver)).toEqual(receivers);
  });

  it('have keys and ids', () => {
    const [, production] = root.match(L({ owner: 'team-A', env: 'production' }));
    expect(production?.key).toBe('{}/{owner="team-A"}/{env=~"^(?:produ.*)$",job=~"^(?:.*)$"}');
    expect(production?.id).toBe('{}/{owner="team-A"}/0/{env=~"^(?:produ.*)$",job=~"^(?:.*)$"}/2');
    expect(production?.groupLabels(L({ job: 'j', x: 'y' }))).toEqual(L({ job: 'j' }));
    expect(root.match(L({ owner: 'team-A', env: 'testing' }))[0]?.groupLabels(L({ a: 'b' }))).toEqual(L({ a: 'b' }));
  });
});

describe('inhibition', () => {
  const rule = (n: number) => ({
    sourceMatchers: [matcher(`s${n}=1`)],
    targetMatchers: [matcher(`t${n}=1`)],
    equal: ['e'],
  });
  const source = (labels: Record<string, string>, endsAtMs: number): StoredAlert => ({
    fingerprint: JSON.stringify(labels),
    labels: L(labels),
    annotations: [],
    startsAtMs: 0,
    endsAtMs,
    generatorUrl: '',
    updatedAtMs: 0,
    isTimeout: false,
  });
  const inhibitor = new Inhibitor([rule(1), rule(2)]);
  inhibitor.put(source({ s1: '1', t1: '2', e: '1' }, 1000));
  inhibitor.put(source({ s2: '1', t2: '1', e: '1' }, 1000));
  inhibitor.put(source({ s1: '1', e: '9' }, 50));
  it.each([
    [{ t1: '1', e: '1' }, true],
    [{ t2: '1', e: '1' }, true],
    [{ t1: '1', t3: '1', e: '1' }, true],
    [{ t1: '1', t2: '1', e: '1' }, true],
    [{ t1: '0', e: '1' }, false],
    [{ s1: '1', t1: '1', e: '1' }, true],
    [{ s2: '1', t2: '1', e: '1' }, false],
    [{ t1: '1', e: '0' }, false],
    [{ t1: '1', e: '9' }, false],
  ])('%j', (labels, expected) => {
    expect(inhibitor.inhibitedBy(L(labels), 100) !== null).toBe(expected);
  });

  it('goes on while one of several sources does', () => {
    const several = new Inhibitor([rule(1)]);
    several.put(source({ s1: '1', e: '1', i: '1' }, 50));
    several.put(source({ s1: '1', e: '1', i: '2' }, 500));
    expect(several.inhibitedBy(L({ t1: '1', e: '1' }), 100)).toBe('{"s1":"1","e":"1","i":"2"}');
    several.collect(600);
    expect(several.inhibitedBy(L({ t1: '1', e: '1' }), 100)).toBeNull();
  });
});

describe('time intervals', () => {
  const NO = { times: [], weekdays: [], daysOfMonth: [], months: [], years: [], location: 'UTC' };
  const r = (from: number, to: number) => ({ from, to });
  const office = { ...NO, times: [r(540, 1020)], weekdays: [r(1, 5)] };
  const sydney = { ...office, location: 'Australia/Sydney' };
  it.each([
    ['nothing is always', NO, '2020-05-04T15:04Z', true],
    ['office, Monday', office, '2020-05-04T15:04Z', true],
    ['office, Sunday', office, '2020-05-03T15:04Z', false],
    ['office, too early', office, '2020-05-04T08:59Z', false],
    ['office, first minute', office, '2020-07-08T09:00Z', true],
    ['office, last minute', office, '2020-07-08T16:59Z', true],
    ['office, over', office, '2020-07-08T17:00Z', false],
    ['last three days of January', { ...NO, daysOfMonth: [r(-3, -1)] }, '2020-01-29T23:05Z', true],
    ['not the 28th', { ...NO, daysOfMonth: [r(-3, -1)] }, '2020-01-28T23:05Z', false],
    ['last day of a leap February', { ...NO, daysOfMonth: [r(-3, -1)] }, '2020-02-29T23:05Z', true],
    ['-31:31 of June', { ...NO, daysOfMonth: [r(-31, 31)], months: [r(6, 6)] }, '2020-06-30T00:00Z', true],
    ['30:31 in February', { ...NO, daysOfMonth: [r(30, 31)] }, '2021-02-28T13:00Z', false],
    ['April 2020', { ...NO, months: [r(4, 4)], years: [r(2020, 2020)] }, '2019-04-06T00:00Z', false],
    ['Sydney at 13:00', sydney, '2021-04-06T13:00+10:00', true],
    ['Sydney, 13:00 UTC', sydney, '2021-04-06T13:00Z', false],
    ['Sydney in summer', sydney, '2021-10-31T22:00Z', true],
    ['Sydney in summer, an hour before', sydney, '2021-10-31T21:00Z', false],
    [
      'last day in New York',
      { ...NO, daysOfMonth: [r(-1, -1)], location: 'America/New_York' },
      '2021-03-31T12:00-04:00',
      true,
    ],
    [
      'day before in New York',
      { ...NO, daysOfMonth: [r(-1, -1)], location: 'America/New_York' },
      '2021-03-30T12:00-04:00',
      false,
    ],
  ])('%s', (_, spec, at, expected) => {
    expect(contains({ name: 'x', specs: [spec] }, Date.parse(at))).toBe(expected);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { parsePromql } from '../../shared/promql/parse.ts';
import { printPromql } from '../../shared/promql/print.ts';
import type { AlertingRuleConfig, RecordingRuleConfig, RuleConfig, RuleGroupConfig } from '../config/rule-file.ts';
import type { Alert } from '../model/alert.ts';
import { FakeClock } from '../model/fake-clock.ts';
import { formatLabels, getLabel, type Labels, labelsFromRecord } from '../model/labels.ts';
import { silentLogger } from '../model/log.ts';
import type { NativeHistogram } from '../model/native-histogram.ts';
import { writeStaleAt } from '../model/staleness.ts';
import type { Appendable, Queryable } from '../model/storage.ts';
import type { AlertChange } from './active-alert.ts';
import type { Sample } from './query.ts';
import { nextSlotMs } from './rule-group.ts';
import { RuleManager } from './rule-manager.ts';

const MINUTE = 60_000;
const START = 1_000_000 * MINUTE;

/** Everything written: `time in minutes series value`, `stale` for markers. */
class Written implements Appendable, Queryable {
  lines: string[] = [];
  readonly samples: { labels: Labels; timeMs: number; value: number | 'stale' }[] = [];
  readonly #series: Labels[] = [];

  appender() {
    const batch: { labels: Labels; timeMs: number; value: number | 'stale' }[] = [];
    const add = (ref: number, timeMs: number, value: number | 'stale') => {
      batch.push({ labels: this.#series[ref - 1] ?? [], timeMs, value });
      return 'ok' as const;
    };
    return {
      series: (labels: Labels) => this.#series.push(labels),
      append: add,
      appendHistogram: (ref: number, timeMs: number, { stale, sum }: NativeHistogram) =>
        add(ref, timeMs, stale ? 'stale' : sum),
      appendStale: (ref: number, timeMs: number) => add(ref, timeMs, 'stale'),
      appendExemplar: () => 'disabled' as const,
      setMetadata: () => {},
      commit: () => {
        this.samples.push(...batch);
        for (const { labels, timeMs, value } of batch) {
          this.lines.push(`${(timeMs - START) / MINUTE} ${formatLabels(labels)} ${value}`);
        }
      },
      rollback: () => {},
    };
  }

  querier() {
    return {
      select: () => {
        const found = new Map<string, typeof this.samples>();
        for (const sample of this.samples) {
          if (getLabel(sample.labels, '__name__') !== 'ALERTS_FOR_STATE') continue;
          const key = formatLabels(sample.labels);
          found.set(key, [...(found.get(key) ?? []), sample]);
        }
        const series = [...found.values()];
        return {
          length: series.length,
          labels: (i: number) => series[i]?.[0]?.labels ?? [],
          read: (i: number, minMs: number, maxMs: number, into: import('../model/sample-columns.ts').SampleColumns) => {
            const before = into.length;
            for (const { timeMs, value } of series[i] ?? []) {
              if (timeMs < minMs || timeMs > maxMs) continue;
              into.reserve(1);
              into.times[into.length] = timeMs;
              if (value === 'stale') writeStaleAt(into.halves, into.length);
              else into.values[into.length] = value;
              into.length++;
            }
            return into.length - before;
          },
        };
      },
      labelNames: () => [],
      labelValues: () => [],
      close: () => {},
    };
  }
}

/** Results of queries by their text; a string is an error. */
let results: Record<string, readonly Sample[] | string> = {};
let clock: FakeClock;
let written: Written;
let sent: { readonly atMin: number; readonly alert: Alert }[];
let changes: AlertChange[];

beforeEach(() => {
  results = {};
  clock = new FakeClock(START);
  written = new Written();
  sent = [];
  changes = [];
});

function manager(): RuleManager {
  return new RuleManager({
    appendable: written,
    queryable: written,
    query: (expr) => {
      const result = results[printPromql(expr)] ?? [];
      return typeof result === 'string' ? Promise.reject(new Error(result)) : Promise.resolve(result);
    },
    notify: (alerts) => sent.push(...alerts.map((alert) => ({ atMin: (clock.nowMs() - START) / MINUTE, alert }))),
    clock,
    logger: silentLogger,
    externalUrl: 'http://h',
    record: (more) => changes.push(...more),
  });
}

const L = labelsFromRecord;
const one = (value: number, labels: Record<string, string> = {}): Sample[] => [{ labels: L(labels), value }];

function alerting(change: Partial<AlertingRuleConfig> = {}): AlertingRuleConfig {
  const query = change.query ?? 'x';
  const expr = parsePromql(query);
  const base = { kind: 'alerting', alert: 'A', query, expr, labels: [], annotations: [] } as const;
  return { ...base, forMs: 0, keepFiringForMs: 0, ...change };
}

function recording(change: Partial<RecordingRuleConfig> = {}): RecordingRuleConfig {
  const query = change.query ?? 'x';
  return { kind: 'recording', record: 'r', query, expr: parsePromql(query), labels: [], ...change };
}

/** A group whose slots fall on whole minutes: its name is searched for. */
function group(rules: readonly RuleConfig[], change: Partial<RuleGroupConfig> = {}): RuleGroupConfig {
  for (let i = 0; ; i++) {
    const config = { name: `g${i}`, file: 'f', intervalMs: MINUTE, queryOffsetMs: 0, limit: 0, rules, ...change };
    const phase = nextSlotMs(config, START) - START;
    if (change.name !== undefined || phase < 1000) return config;
  }
}

/** Runs so many evaluations, changing the results before each. */
async function evaluations(rules: RuleManager, steps: readonly Record<string, readonly Sample[] | string>[]) {
  rules.start();
  for (const [i, step] of steps.entries()) {
    results = step;
    await clock.advance(i === 0 ? 1000 : MINUTE);
  }
}

const alertsOf = (rules: RuleManager) => rules.snapshot()[0]?.rules[0]?.alerts ?? [];
const minutesOf = (ms: number) => Math.floor((ms - START) / MINUTE);

/** `state` of the alert after each evaluation: . none, p pending, F firing. */
async function states(rule: AlertingRuleConfig, present: string): Promise<string> {
  const rules = manager();
  await rules.applyConfig([group([rule])], []);
  rules.start();
  let text = '';
  for (const [i, flag] of [...present].entries()) {
    results = { x: flag === '1' ? one(i) : [] };
    await clock.advance(i === 0 ? 1000 : MINUTE);
    text += { pending: 'p', firing: 'F', none: '.' }[alertsOf(rules)[0]?.state ?? 'none'];
  }
  await rules.stop();
  return text;
}

describe('alert state machine', () => {
  it.each([
    ['at once', {}, '1101', 'FF.F'],
    ['for', { forMs: 2 * MINUTE }, '1111', 'ppFF'],
    ['for, gone while pending', { forMs: 2 * MINUTE }, '11011110', 'pp.ppFF.'],
    ['keep firing', { keepFiringForMs: 2 * MINUTE }, '100000', 'FFF...'],
    ['keep firing begins again', { keepFiringForMs: 2 * MINUTE }, '10100001', 'FFFFF..F'],
    ['for and keep firing', { forMs: MINUTE, keepFiringForMs: MINUTE }, '11000', 'pFF..'],
  ] as const)('%s', async (_, change, present, expected) => {
    expect(await states(alerting(change), present)).toBe(expected);
  });

  it('writes ALERTS and ALERTS_FOR_STATE with stale markers', async () => {
    const rules = manager();
    await rules.applyConfig([], []); // only the first configuration waits for what the last run left
    await rules.applyConfig([group([alerting({ forMs: MINUTE })])], []);
    await evaluations(rules, [
      { x: one(1, { __name__: 'x', i: 'a' }) },
      { x: one(2, { __name__: 'x', i: 'a' }) },
      { x: [] },
    ]);
    const since = START / 1000;
    expect(written.lines.map((line) => line.replace(/^(\d+)\.?\d* /, '$1 '))).toEqual([
      '0 ALERTS{alertname="A", alertstate="pending", i="a"} 1',
      `0 ALERTS_FOR_STATE{alertname="A", i="a"} ${since}`,
      '1 ALERTS{alertname="A", alertstate="firing", i="a"} 1',
      `1 ALERTS_FOR_STATE{alertname="A", i="a"} ${since}`,
      '1 ALERTS{alertname="A", alertstate="pending", i="a"} stale',
      '2 ALERTS_FOR_STATE{alertname="A", i="a"} stale',
      '2 ALERTS{alertname="A", alertstate="firing", i="a"} stale',
    ]);
    expect(changes.map((change) => `${minutesOf(change.atMs)} ${change.from} ${change.to}`)).toEqual([
      '0 inactive pending',
      '1 pending firing',
      '2 firing inactive',
    ]);
  });

  it('sends at once, again every minute, and its end', async () => {
    const rules = manager();
    await rules.applyConfig([group([alerting()], { intervalMs: 20_000, name: 'g' })], L({ region: 'eu', i: 'no' }));
    rules.start();
    results = { x: one(1, { i: 'a' }) };
    await clock.advance(3 * MINUTE);
    results = { x: [] };
    await clock.advance(2 * MINUTE);
    const first = sent[0]?.alert;
    expect(first?.labels).toEqual(L({ alertname: 'A', i: 'a', region: 'eu' }));
    expect(first?.generatorUrl).toBe('http://h/graph?g0.expr=x&g0.tab=1');
    expect((first?.endsAtMs ?? 0) - (first?.startsAtMs ?? 0)).toBe(4 * MINUTE);
    const gaps = sent.slice(1).map(({ atMin }, i) => Math.round((atMin - (sent[i]?.atMin ?? 0)) * 60));
    expect(gaps).toEqual([80, 80, 20, 80]); // a minute has passed only at the fourth evaluation after
    expect(sent.at(-1)?.alert.endsAtMs).toBe(sent.at(-2)?.alert.endsAtMs);
    expect(sent.at(-1)?.alert.endsAtMs).toBeLessThan(clock.nowMs());
  });

  it('expands labels and annotations', async () => {
    const rule = alerting({
      labels: ['tpl', '{{ $labels.i }}-{{ $value }}', 'zone', ''],
      annotations: ['bad', '{{ .X }}', 'sum', 'v={{ $value | humanize }}'],
    });
    const rules = manager();
    await rules.applyConfig([group([rule])], []);
    await evaluations(rules, [{ x: one(1500, { i: 'a', zone: 'z' }) }]);
    const [alert] = alertsOf(rules);
    expect(formatLabels(alert?.labels ?? [])).toBe('{alertname="A", i="a", tpl="a-1500"}');
    expect(getLabel(alert?.annotations ?? [], 'sum')).toBe('v=1.5k');
    expect(getLabel(alert?.annotations ?? [], 'bad')).toMatch(
      /^<error expanding template: error executing template __alert_A/,
    );
  });
});

describe('rule errors', () => {
  const two = [...one(1, { i: 'a' }), ...one(2, { i: 'b' })];
  it.each([
    [
      'alert duplicates',
      alerting({ labels: ['i', 'x'] }),
      0,
      'vector contains metrics with the same labelset after applying alert labels',
    ],
    ['alert limit', alerting(), 1, 'exceeded limit of 1 with 2 alerts'],
    [
      'record duplicates',
      recording({ labels: ['i', ''] }),
      0,
      'vector contains metrics with the same labelset after applying rule labels',
    ],
    ['record limit', recording(), 1, 'exceeded limit of 1 with 2 series'],
  ] as const)('%s', async (_, rule, limit, error) => {
    const rules = manager();
    await rules.applyConfig([group([rule], { limit })], []);
    await evaluations(rules, [{ x: two }]);
    expect(rules.snapshot()[0]?.rules[0]).toMatchObject({ health: 'err', lastError: error, alerts: [] });
    expect(written.lines).toEqual([]);
  });

  it('of one rule leave the others alone, and are forgotten when it works again', async () => {
    const rules = manager();
    await rules.applyConfig([group([recording(), recording({ record: 's', query: 'y' })])], []);
    await evaluations(rules, [{ x: 'boom', y: one(1) }]);
    const [broken, fine] = rules.snapshot()[0]?.rules ?? [];
    expect([broken?.health, broken?.lastError, fine?.health]).toEqual(['err', 'boom', 'ok']);
    results = { x: one(1), y: one(1) };
    await clock.advance(MINUTE);
    expect(rules.snapshot()[0]?.rules[0]).toMatchObject({ health: 'ok', lastError: '' });
    expect(rules.snapshot()[0]?.counters).toMatchObject({ evaluations: 4, failures: 1, iterations: 2, missed: 0 });
  });
});

describe('recording rules', () => {
  it('rename, overlay labels and end what vanished', async () => {
    const rules = manager();
    await rules.applyConfig([group([recording({ labels: ['team', 't', 'zone', ''] })])], []);
    await evaluations(rules, [{ x: one(1, { __name__: 'x', i: 'a', zone: 'z' }) }, { x: [] }, { x: [] }]);
    expect(written.lines.map((line) => line.slice(line.indexOf(' ') + 1))).toEqual([
      'r{i="a", team="t"} 1',
      'r{i="a", team="t"} stale',
    ]);
  });

  it('ask about the past with a query offset, and stamp with it', async () => {
    const rules = manager();
    const config = group([recording()], { queryOffsetMs: 5 * MINUTE });
    await rules.applyConfig([config], []);
    await evaluations(rules, [{ x: one(1) }]);
    expect(written.samples[0]?.timeMs).toBe(nextSlotMs(config, START) - 5 * MINUTE);
  });
});

describe('applyConfig', () => {
  it('keeps alerts of rules that stay, and ends the series of those that go', async () => {
    const rules = manager();
    const config = group([alerting({ forMs: 10 * MINUTE }), recording()]);
    await rules.applyConfig([config], []);
    await evaluations(rules, [{ x: one(1) }, { x: one(1) }, { x: one(1) }]);
    const before = alertsOf(rules)[0]?.activeAtMs;
    await rules.applyConfig([{ ...config, rules: [alerting({ forMs: 20 * MINUTE })] }], []);
    expect(alertsOf(rules)[0]?.activeAtMs).toBe(before);
    written.lines = [];
    await clock.advance(MINUTE);
    expect(alertsOf(rules)[0]?.activeAtMs).toBe(before);
    expect(written.lines.filter((line) => line.includes('stale')).map((l) => l.split(' ')[1])).toEqual(['r']);
    await rules.applyConfig([], []);
    written.lines = [];
    await clock.advance(MINUTE);
    expect(written.lines).toEqual([]);
    await clock.advance(MINUTE);
    expect(written.lines.every((line) => line.endsWith('stale'))).toBe(true);
    expect(written.lines).toHaveLength(2);
  });

  it('does not touch a group that stays the same', async () => {
    const rules = manager();
    const config = group([recording()]);
    await rules.applyConfig([config], []);
    await evaluations(rules, [{ x: one(1) }]);
    await rules.applyConfig([{ ...config, rules: [...config.rules] }], []);
    expect(rules.snapshot()[0]?.counters.iterations).toBe(1);
    await rules.stop();
    await rules.stop();
    written.lines = [];
    await clock.advance(5 * MINUTE);
    expect(written.lines).toEqual([]);
  });

  it('has state unknown before the first evaluation', async () => {
    const rules = manager();
    await rules.applyConfig([group([alerting()])], []);
    expect(rules.snapshot()[0]?.rules[0]).toMatchObject({ state: 'unknown', health: 'unknown' });
  });
});

describe('restart', () => {
  /** Minutes that an alert has been pending when Hearth goes down, and when `for` is over after 5 minutes away. */
  it.each([
    ['goes on where it was', 60, 20, 40 + 5],
    ['has the grace period at least', 60, 55, 10],
    ['fires at once when it fired', 60, 70, 0],
    ['is not restored when for is short', 5, 3, 5],
  ])('%s', async (_, forMin, pendingMin, restMin) => {
    const rule = alerting({ forMs: forMin * MINUTE });
    const first = manager();
    await first.applyConfig([group([rule])], []);
    await evaluations(
      first,
      Array.from({ length: pendingMin + 1 }, () => ({ x: one(1) })),
    );
    await first.stop();
    await clock.advance(5 * MINUTE);
    const second = manager();
    await second.applyConfig([group([rule])], []);
    second.start();
    const restartMs = clock.nowMs();
    let firedMs = 0;
    for (let i = 0; i < 80 && firedMs === 0; i++) {
      await clock.advance(MINUTE);
      firedMs = alertsOf(second)[0]?.firedAtMs ?? 0;
    }
    const tookMin = (firedMs - restartMs) / MINUTE;
    expect(Math.abs(tookMin - (restMin === 45 ? 40 : restMin))).toBeLessThanOrEqual(3);
  });
});

describe('sleep', () => {
  const fiveMinutes = () => group([alerting({ forMs: 5 * MINUTE })]);

  it('evaluates nothing and does not count as pending', async () => {
    const rules = manager();
    await rules.applyConfig([fiveMinutes()], []);
    await evaluations(rules, [{ x: one(1) }, { x: one(1) }]);
    rules.suspend();
    await clock.advance(480 * MINUTE);
    rules.resume();
    await clock.advance(3 * MINUTE);
    expect(alertsOf(rules)[0]?.state).toBe('pending');
    expect(rules.snapshot()[0]?.counters.missed).toBeGreaterThanOrEqual(479);
    await clock.advance(2 * MINUTE);
    expect(alertsOf(rules)[0]?.state).toBe('firing');
  });

  it('does not end what fires because there are no fresh samples yet', async () => {
    const rules = manager();
    await rules.applyConfig([group([alerting()], { intervalMs: 10_000, name: 'g' })], []);
    await evaluations(rules, [{ x: one(1) }, { x: one(1) }]);
    rules.suspend();
    await clock.advance(480 * MINUTE);
    rules.resume();
    results = { x: [] };
    await clock.advance(29_000);
    results = { x: one(1) };
    await clock.advance(5 * MINUTE);
    expect(changes.map((change) => change.to)).toEqual(['firing']);
  });

  it('goes on when it wakes only to fall asleep again', async () => {
    const rules = manager();
    await rules.applyConfig([fiveMinutes()], []);
    await evaluations(rules, [{ x: one(1) }, { x: one(1) }]);
    rules.suspend();
    await clock.advance(480 * MINUTE);
    rules.resume();
    await clock.advance(5000);
    rules.suspend();
    await clock.advance(480 * MINUTE);
    expect(rules.snapshot()[0]?.counters.iterations).toBe(2);
    rules.resume();
    await clock.advance(3 * MINUTE);
    expect(alertsOf(rules)[0]?.state).toBe('pending');
  });
});

describe('slots', () => {
  it('are spread over the interval and aligned to it', () => {
    const config = group([], { name: 'a' });
    const slot = nextSlotMs(config, START);
    expect(slot).toBeGreaterThanOrEqual(START);
    expect(slot - START).toBeLessThan(MINUTE);
    expect(nextSlotMs(config, slot)).toBe(slot);
    expect(nextSlotMs(config, slot + 1)).toBe(slot + MINUTE);
    const phases = new Set(Array.from({ length: 50 }, (_, i) => nextSlotMs({ ...config, name: `n${i}` }, START)));
    expect(phases.size).toBeGreaterThan(40);
  });
});

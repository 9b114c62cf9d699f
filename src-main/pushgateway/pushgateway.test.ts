import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TYPE } from '../exposition/protobuf/family-head.ts';
import { encodeFamilies } from '../exposition/protobuf/test-families.ts';
import { FakeClock } from '../model/fake-clock.ts';
import { silentLogger } from '../model/log.ts';
import { PushError } from './errors.ts';
import { parseGroupingKey } from './grouping-key.ts';
import { Pushgateway } from './pushgateway.ts';

let dir: string;
let clock: FakeClock;
let gateway: Pushgateway;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'hearth-push-'));
  clock = new FakeClock(1_700_000_000_000);
  gateway = open();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function open(): Pushgateway {
  const made = new Pushgateway({ file: path.join(dir, 'pushgateway.json'), clock, logger: silentLogger });
  made.start();
  return made;
}

const push = (key: string, lines: readonly string[], replace = false) =>
  gateway.push(parseGroupingKey(key), Buffer.from(lines.map((line) => `${line}\n`).join('')), replace);

/** What is exposed, without the times of pushing. */
const shown = (from = gateway) =>
  from
    .exposition()
    .split('\n')
    .filter((line) => line !== '' && !/push_(?:failure_)?time_seconds/.test(line));

const HISTOGRAM = [
  '# HELP h A \\\\ histogram\\nof two lines.',
  '# TYPE h histogram',
  'h_bucket{le="0.5"} 1',
  'h_bucket{le="1"} 2',
  'h_sum 3.5',
  'h_count 4',
];

describe('what is exposed', () => {
  it.each([
    ['an untyped metric', ['a 1'], ['# TYPE a untyped', 'a{instance="",job="j"} 1']],
    [
      'labels of the group over those pushed',
      ['a{job="other",x="1"} 1'],
      ['# TYPE a untyped', 'a{instance="",job="j",x="1"} 1'],
    ],
    [
      'a histogram with its last bucket',
      HISTOGRAM,
      [
        '# HELP h A \\\\ histogram\\nof two lines.',
        '# TYPE h histogram',
        'h_bucket{instance="",job="j",le="0.5"} 1',
        'h_bucket{instance="",job="j",le="1"} 2',
        'h_bucket{instance="",job="j",le="+Inf"} 4',
        'h_sum{instance="",job="j"} 3.5',
        'h_count{instance="",job="j"} 4',
      ],
    ],
    [
      'a summary',
      ['# TYPE s summary', 's{quantile="0.5"} 1', 's_sum 2', 's_count 3'],
      [
        '# TYPE s summary',
        's{instance="",job="j",quantile="0.5"} 1',
        's_sum{instance="",job="j"} 2',
        's_count{instance="",job="j"} 3',
      ],
    ],
    ['a type without samples: nothing', ['# TYPE c counter'], []],
    [
      'values of every kind',
      ['a{v="1"} NaN', 'a{v="2"} +Inf', 'a{v="3"} -Inf', 'a{v="4"} -0', 'a{v="5"} 1e-9', 'a{v="6"} 1234567'],
      [
        '# TYPE a untyped',
        'a{instance="",job="j",v="1"} NaN',
        'a{instance="",job="j",v="2"} +Inf',
        'a{instance="",job="j",v="3"} -Inf',
        'a{instance="",job="j",v="4"} -0',
        'a{instance="",job="j",v="5"} 1e-09',
        'a{instance="",job="j",v="6"} 1.234567e+06',
      ],
    ],
    [
      'quotes and newlines',
      ['a{v="a\\"b\\\\c\\nd"} 1'],
      ['# TYPE a untyped', 'a{instance="",job="j",v="a\\"b\\\\c\\nd"} 1'],
    ],
  ])('%s, also after a restart', (_, pushed, expected) => {
    push('job/j', pushed);
    expect(shown()).toEqual(expected);
    gateway.stop();
    expect(shown(open())).toEqual(expected);
  });

  it('says when', () => {
    push('job/j', ['a 1']);
    expect(gateway.exposition()).toMatch('push_time_seconds{instance="",job="j"} 1.7e+09\n');
    expect(gateway.exposition()).toMatch('push_failure_time_seconds{instance="",job="j"} 0\n');
  });
});

describe('groups', () => {
  beforeEach(() => push('job/j', ['a 1', 'b 1']));

  it.each([
    ['POST changes the families it has', false, ['a 2'], ['a 2', 'b 1']],
    ['PUT changes the group', true, ['a 2'], ['a 2']],
    ['an empty POST changes nothing', false, [], ['a 1', 'b 1']],
    ['an empty PUT empties the group', true, [], []],
  ])('%s', (_, replace, pushed, expected) => {
    push('job/j', pushed, replace);
    expect(shown().filter((line) => !line.startsWith('#'))).toEqual(
      expected.map((line) => line.replace(' ', '{instance="",job="j"} ')),
    );
  });

  it('are told apart by all their labels, empty ones too', () => {
    push('job/j/x@base64/=', ['a 3']);
    expect(gateway.groups().size).toBe(2);
    gateway.delete(parseGroupingKey('job/j'));
    expect(shown()).toEqual(['# TYPE a untyped', 'a{instance="",job="j",x=""} 3']);
    gateway.wipe();
    expect(gateway.exposition()).toBe('');
  });
});

describe('refusals', () => {
  it.each([
    ['a timestamp', ['a 1 1000'], /must not have timestamps/],
    ['the same twice', ['a 2', 'a 3'], /was collected before with the same name and label values/],
    ['another type', ['# TYPE t counter', 't 1'], /is not a GAUGE/],
    [
      'a name that a histogram has',
      ['# TYPE h histogram', 'h_sum 1', 'h_count 1', '# TYPE i gauge', 'i 1', 'a b'],
      /line 6/,
    ],
    ['no exposition', ['{'], /text format parsing error in line 1/],
  ])('%s', (_, pushed, message) => {
    push('job/k', ['# TYPE t gauge', 't{x="k"} 1']);
    push('job/j', ['a 1']);
    const before = shown();
    expect(() => push('job/j', pushed)).toThrow(message);
    expect(() => push('job/j', pushed)).toThrow(PushError);
    expect(shown()).toEqual(before);
  });

  it('wants the newline at the end', () => {
    expect(() => gateway.push(parseGroupingKey('job/j'), Buffer.from('a 1'), false)).toThrow('unexpected end of input');
  });

  it('leave a group with the time of the failure', async () => {
    push('job/j', ['a 1']);
    await clock.advance(10_000);
    expect(() => push('job/j', ['a 1 1'])).toThrow(PushError);
    expect(gateway.exposition()).toMatch('push_failure_time_seconds{instance="",job="j"} 1.70000001e+09\n');
    expect(gateway.exposition()).toMatch('push_time_seconds{instance="",job="j"} 1.7e+09\n');
  });
});

describe('the file', () => {
  it('is written a second after a push', async () => {
    push('job/j', ['a 1']);
    await clock.advance(1000);
    expect(shown(open())).toEqual(['# TYPE a untyped', 'a{instance="",job="j"} 1']);
  });

  it.each(['{', '[]', '{"version":2,"groups":[]}', '{"version":1,"groups":[{"labels":"x"}]}'])(
    'that is damaged (%s) is set aside',
    (text) => {
      writeFileSync(path.join(dir, 'pushgateway.json'), text);
      gateway = open();
      expect(gateway.groups().size).toBe(0);
      push('job/j', ['a 1']);
      gateway.stop();
      expect(readdirSync(dir).sort()).toEqual(['pushgateway.json', 'pushgateway.json.damaged-1700000000000']);
      expect(shown(open())).toHaveLength(2);
    },
  );
});

it('protobuf is taken as the same text would be', () => {
  const body = encodeFamilies([
    { name: 'c_total', help: 'Counts.', type: TYPE.counter, metrics: [{ labels: { a: 'b' }, counter: { value: 2 } }] },
    {
      name: 'h',
      type: TYPE.histogram,
      metrics: [{ histogram: { count: 3, sum: 1.5, buckets: [{ le: 1, count: 2 }], schema: 1, zeroThreshold: 0.1 } }],
    },
    { name: 's', type: TYPE.summary, metrics: [{ summary: { count: 1, sum: 2, quantiles: [[0.5, 2]] } }] },
  ]);
  gateway.push(parseGroupingKey('job/p'), body, false, 'protobuf');
  const protobuf = gateway.exposition().replaceAll('job="p"', 'job="t"');
  gateway.wipe();
  push('job/t', [
    '# HELP c_total Counts.',
    '# TYPE c_total counter',
    'c_total{a="b"} 2',
    '# TYPE h histogram',
    'h_bucket{le="1"} 2',
    'h_bucket{le="+Inf"} 3',
    'h_sum 1.5',
    'h_count 3',
    '# TYPE s summary',
    's{quantile="0.5"} 2',
    's_sum 2',
    's_count 1',
  ]);
  expect(protobuf).toBe(gateway.exposition());
  expect(protobuf).toContain('h_bucket{instance="",job="t",le="1"} 2');
  expect(() => gateway.push(parseGroupingKey('job/p'), body.subarray(0, 20), false, 'protobuf')).toThrow(PushError);
});

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { ExpositionError } from '../errors.ts';
import { parseSeries } from '../series-text.ts';
import type { ExposedMetadata, ProtobufSink } from '../sink.ts';
import { scanText } from '../text-scanner.ts';
import { TYPE } from './family-head.ts';
import { isMetricKey, parseMetricKey, readLabels } from './metric-key.ts';
import { ProtobufScanner } from './protobuf-scanner.ts';
import { encodeFamilies, type SentFamily } from './test-families.ts';

/** Prints what it is told, a line each. */
class Printer implements ProtobufSink {
  readonly lines: string[] = [];
  pauses = false;

  expect(): number {
    return -1;
  }

  repeat(): void {}

  sample(key: Uint8Array, start: number, end: number, value: number, timeMs: number): void {
    this.lines.push(`${labelsText(key, start, end)} ${value}${timeText(timeMs)}`);
  }

  repeatHistogram(): void {}

  histogram(key: Uint8Array, start: number, end: number, h: NativeHistogram, timeMs: number): void {
    const sides = [h.negative, h.positive].map((b) => `${[...b.spans].join(',')}:${[...b.counts].join(',')}`).join(' ');
    const kind = `${h.integer ? 'int' : 'float'} ${h.counterReset}`;
    const zero = `zero ${h.zeroThreshold}=${h.zeroCount}`;
    this.lines.push(
      `${labelsText(key, start, end)} ${kind} schema ${h.schema} ${zero} count ${h.count} sum ${h.sum} ${sides}${timeText(timeMs)}`,
    );
  }

  exemplar(body: Uint8Array, start: number, end: number, value: number, timeMs: number): void {
    this.lines.push(`# ${readLabels(body, start, end).join('=')} ${value}${timeText(timeMs)}`);
  }

  created(timeMs: number): void {
    if (timeMs !== 0) this.lines.push(`created ${timeMs}`);
  }

  expectMetadata(): number {
    return -1;
  }

  metadata(): void {}

  family(_head: Uint8Array, { metric, type, help, unit }: ExposedMetadata): void {
    this.lines.push(`${type} ${metric} ${help} ${unit}`.trimEnd());
  }

  pausesHere(): boolean {
    return this.pauses;
  }
}

function labelsText(key: Uint8Array, start: number, end: number): string {
  const parsed = isMetricKey(key, start) ? parseMetricKey(key, start, end) : parseSeries(key, start, end, 'unknown');
  const [, name, ...labels] = parsed;
  const pairs = labels.flatMap((label, i) => (i % 2 === 0 ? [`${label}=${labels[i + 1]}`] : []));
  return `${name}{${pairs.join(',')}}`;
}

function timeText(timeMs: number): string {
  return Number.isNaN(timeMs) ? '' : ` @${timeMs}`;
}

function scanned(families: readonly SentFamily[], options = { native: true, classicToo: false }): string[] {
  const body = encodeFamilies(families);
  const printer = new Printer();
  expect(new ProtobufScanner(options).scan(body, body.length, printer)).toBe(body.length);
  return printer.lines;
}

const corpus = path.join(
  process.env.HEARTH_CORPUS ?? path.resolve(import.meta.dirname, '../../../../shared/corpus'),
  'compliance/common-expfmt',
);

/** The same exposition in both formats, as client_golang wrote it. */
describe.skipIf(!existsSync(corpus))('the samples of expfmt', () => {
  it('are the same in protobuf and in text', () => {
    const protobuf = new Printer();
    const text = new Printer();
    const body = readFileSync(path.join(corpus, 'protobuf'));
    new ProtobufScanner({ native: false, classicToo: false }).scan(body, body.length, protobuf);
    const lines = readFileSync(path.join(corpus, 'text'));
    scanText(lines, lines.length, text);
    const sorted = (printer: Printer) => printer.lines.filter((line) => line.includes('{')).sort();
    expect(sorted(protobuf).length).toBeGreaterThan(100);
    expect(sorted(protobuf)).toEqual(sorted(text));
  });
});

const NATIVE: SentFamily = {
  name: 'h',
  type: TYPE.histogram,
  metrics: [
    {
      labels: { a: 'b' },
      histogram: {
        count: 9,
        sum: 1.5,
        buckets: [
          { le: 1, count: 4, exemplar: { labels: { t: '1' }, value: 0.5, timeMs: 5 } },
          { le: 2, count: 9, exemplar: { labels: { t: '2' }, value: 1.5 } },
        ],
        schema: 3,
        zeroThreshold: 0.001,
        zeroCount: 2,
        negative: { spans: [[-2, 1]], deltas: [1] },
        positive: {
          spans: [
            [1, 3],
            [2, 1],
          ],
          deltas: [3, -3, 1, 1],
        },
        createdMs: 7,
      },
    },
  ],
};

describe('the protobuf scanner', () => {
  it.each<[string, SentFamily, string[]]>([
    [
      'counters with exemplars',
      {
        name: 'c_total',
        help: 'Counts.',
        type: TYPE.counter,
        metrics: [
          {
            labels: { x: 'ü', y: '' },
            counter: { value: 3.5, exemplar: { labels: { id: '7' }, value: 2, timeMs: 1500 }, createdMs: 1000 },
            timeMs: -12,
          },
          { counter: { value: 1e300 } },
        ],
      },
      ['counter c_total Counts.', '# id=7 2 @1500', 'created 1000', 'c_total{x=ü,y=} 3.5 @-12', 'c_total{} 1e+300'],
    ],
    [
      'gauges and values without a type',
      { name: 'g', type: TYPE.gauge, metrics: [{ gauge: Number.NaN }, {}] },
      ['gauge g', 'g{} NaN', 'g{} 0'],
    ],
    ['untyped', { name: 'u', type: TYPE.untyped, metrics: [{ untyped: -1 }] }, ['unknown u', 'u{} -1']],
    [
      'summaries',
      {
        name: 's_seconds',
        unit: 'seconds',
        type: TYPE.summary,
        metrics: [
          {
            summary: {
              count: 5,
              sum: 2,
              quantiles: [
                [0.5, 1],
                [1, 2],
              ],
            },
          },
          { summary: { count: 1, sum: 3, quantiles: [] } },
        ],
      },
      [
        'summary s_seconds  seconds',
        's_seconds_count{} 5',
        's_seconds_sum{} 2',
        's_seconds{quantile=0.5} 1',
        's_seconds{quantile=1.0} 2',
        's_seconds_count{} 1',
        's_seconds_sum{} 3',
      ],
    ],
    [
      'classic histograms, the last bucket implied',
      {
        name: 'h',
        type: TYPE.histogram,
        metrics: [
          {
            histogram: {
              count: 9,
              sum: 1.5,
              buckets: [
                { le: 1, count: 4, exemplar: { labels: { t: '1' }, value: 0.5 } },
                { le: 1e6, count: 9 },
              ],
            },
          },
        ],
      },
      [
        'histogram h',
        'h_count{} 9',
        'h_sum{} 1.5',
        '# t=1 0.5',
        'h_bucket{le=1.0} 4',
        'h_bucket{le=1e+06} 9',
        'h_bucket{le=+Inf} 9',
      ],
    ],
    [
      'native histograms without empty buckets, with the exemplars that have a time',
      NATIVE,
      [
        'histogram h',
        'created 7',
        '# t=1 0.5 @5',
        'h{a=b} int unknown schema 3 zero 0.001=2 count 9 sum 1.5 -2,1:1 1,1,1,1,2,1:3,1,2',
      ],
    ],
    [
      'gauge histograms of floats, with exemplars of their own',
      {
        name: 'gh',
        type: TYPE.gaugeHistogram,
        metrics: [
          {
            histogram: {
              countFloat: 3.5,
              sum: -1,
              schema: -1,
              positive: { spans: [[0, 2]], deltas: [] },
              positiveCounts: [1.25, 2.25],
              exemplars: [
                { labels: { t: '1' }, value: 1, timeMs: 2 },
                { labels: { t: '2' }, value: 2, timeMs: 3 },
              ],
            },
          },
        ],
      },
      [
        'gaugehistogram gh',
        '# t=1 1 @2',
        '# t=2 2 @3',
        'gh{} float gauge schema -1 zero 0=0 count 3.5 sum -1 : 0,2:1.25,2.25',
      ],
    ],
  ])('reads %s', (_, family, lines) => expect(scanned([family])).toEqual(lines));

  it('tells the classic buckets of a native histogram when asked to', () => {
    const classic = ['h_count{a=b} 9', 'h_sum{a=b} 1.5', '# t=1 0.5 @5', 'h_bucket{a=b,le=1.0} 4', '# t=2 1.5'];
    expect(scanned([NATIVE], { native: true, classicToo: true }).slice(4, 9)).toEqual(classic);
    expect(scanned([NATIVE], { native: false, classicToo: false }).slice(2, 7)).toEqual(classic);
  });

  it('passes over a family without metrics', () => {
    expect(scanned([{ name: 'none', type: TYPE.gauge, metrics: [] }])).toEqual([]);
  });

  it('goes on where the sink let it pause', () => {
    const metrics = ['1', '2', '3'].map((x) => ({ labels: { x }, gauge: Number(x) }));
    const families = [
      { name: 'a', type: TYPE.gauge, metrics },
      { name: 'b', type: TYPE.gauge, metrics, unit: '' },
    ];
    const body = encodeFamilies(families);
    const printer = new Printer();
    printer.pauses = true;
    const scanner = new ProtobufScanner({ native: true, classicToo: false });
    let turns = 0;
    for (let pos = 0; pos < body.length; turns++) pos = scanner.scan(body, body.length, printer, pos);
    expect(turns).toBeGreaterThanOrEqual(5);
    expect(printer.lines).toEqual(scanned(families));
  });

  it.each<[string, SentFamily, RegExp]>([
    ['a unit that is no suffix', { name: 'a', type: TYPE.gauge, unit: 'b', metrics: [{}] }, /unit "b" not a suffix/],
    ['an unknown type', { name: 'a', type: 9, metrics: [{}] }, /unknown metric type for metric "a": 9/],
    ['no name', { name: '', type: TYPE.gauge, metrics: [{}] }, /invalid metric name/],
    [
      'spans without buckets',
      {
        name: 'a',
        type: TYPE.histogram,
        metrics: [{ histogram: { positive: { spans: [[0, 4_000_000_000]], deltas: [1] } } }],
      },
      /spans need 4000000000 buckets, have 1/,
    ],
  ])('refuses %s', (_, family, reason) => expect(() => scanned([family])).toThrow(reason));

  it('survives any bytes, and bodies cut short', () => {
    const whole = encodeFamilies([NATIVE]);
    const scanner = new ProtobufScanner({ native: true, classicToo: true });
    const scan = (body: Uint8Array) => {
      try {
        scanner.scan(body, body.length, new Printer());
      } catch (error) {
        expect(error).toBeInstanceOf(ExpositionError);
      }
    };
    for (let length = 1; length < whole.length; length++) {
      expect(() => scanner.scan(whole.subarray(0, length), length, new Printer())).toThrow(ExpositionError);
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), scan));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const damaged = whole.slice();
        damaged[at] = byte;
        scan(damaged);
      }),
    );
  });
});

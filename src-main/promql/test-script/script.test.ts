import { describe, expect, test } from 'vitest';
import { formatLabels } from '../../model/labels.ts';
import { parseScript } from './parse-script.ts';
import { ScriptError, type SequenceItem } from './script.ts';
import { parseSeriesLine } from './series-line.ts';
import { SeriesLineError } from './series-number.ts';

function show(item: SequenceItem): string {
  if (item.kind === 'float') return String(item.value);
  return item.kind === 'omitted' ? '_' : item.kind;
}

describe('series notation', () => {
  test.each([
    ['foo 1 2 3', 'foo', '1 2 3'],
    ['foo', 'foo', ''],
    ['foo{}  1', 'foo', '1'],
    ['{} 1', '{}', '1'],
    ['foo{b="x", a=\'y\',} 1', 'foo{a="y", b="x"}', '1'],
    ['{"a.b", "c d"="e"} 1', 'a.b{c d="e"}', '1'],
    ['a:b{c="}"} 1', 'a:b{c="}"}', '1'],
    ['foo 1x3', 'foo', '1 1 1 1'],
    ['foo 1+2x3', 'foo', '1 3 5 7'],
    ['foo 1-2x2', 'foo', '1 -1 -3'],
    ['foo -1e3+0.5x1', 'foo', '-1000 -999.5'],
    ['foo _ 1 _x3 2', 'foo', '_ 1 _ _ _ 2'],
    ['foo stale 1', 'foo', 'stale 1'],
    ['foo NaN Inf -inf +Inf', 'foo', 'NaN Infinity -Infinity Infinity'],
    ['foo .5 5. 1e-3', 'foo', '0.5 5 0.001'],
    ['foo {{}} {{schema:0 count:1 buckets:[1 2]}}x1', 'foo', 'histogram histogram histogram'],
    ['foo {{count:1}}+{{count:2}}x2', 'foo', 'histogram histogram histogram'],
    ['foo 0.1+0.1x2', 'foo', '0.1 0.2 0.30000000000000004'],
  ])('%s', (line, labels, items) => {
    const parsed = parseSeriesLine(line);
    expect(formatLabels(parsed.labels)).toBe(labels);
    expect(parsed.items.map(show).join(' ')).toBe(items);
  });

  test('a histogram', () => {
    const [item] = parseSeriesLine(
      'foo {{schema:-53 sum:1.5 count:3 custom_values:[1 2] buckets:[1 2] offset:-1 n_buckets:[4] z_bucket:1 z_bucket_w:0.5 counter_reset_hint:gauge}}',
    ).items;
    expect(item).toEqual({
      kind: 'histogram',
      hintWritten: true,
      histogram: {
        schema: -53,
        integer: false,
        counterReset: 'gauge',
        sum: 1.5,
        count: 3,
        stale: false,
        zeroCount: 1,
        zeroThreshold: 0.5,
        positive: { spans: Int32Array.of(-1, 2), counts: Float64Array.of(1, 2) },
        negative: { spans: Int32Array.of(0, 1), counts: Float64Array.of(4) },
        customValues: Float64Array.of(1, 2),
      },
    });
  });

  test.each([
    ['{{sum:1 count:1 buckets:[1]}}+{{sum:2 count:1 buckets:[1]}}x2', '1:1 3:2 5:3'],
    ['{{sum:1 count:3}}-{{sum:2 count:1}}x2', '1:3 -1:2 -3:1'],
    ['{{sum:1 count:3}}+{{sum:2 count:1}}x0', '1:3'],
    ['{{sum:1 count:3}}x1 {{sum:2 count:4}}', '1:3 1:3 2:4'],
  ])('%s', (line, sumsAndCounts) => {
    const { items } = parseSeriesLine(`foo ${line}`);
    const shown = items.map((item) =>
      item.kind === 'histogram' ? `${item.histogram.sum}:${item.histogram.count}` : item.kind,
    );
    expect(shown.join(' ')).toBe(sumsAndCounts);
  });

  test.each([
    ['foo 1x', 'bad value "1x"'],
    ['foo 0x10', ''],
    ['foo bar', 'bad value "bar"'],
    ['foo 1x9999999', 'more than 1000000 repetitions'],
    ['foo{a} 1', 'no value for label a'],
    ['foo{a="b" 1', 'expected "," or "}" in label set'],
    ['foo{a=b} 1', 'expected a string'],
    ['1 2', 'no metric in "1 2"'],
    ['foo {{sum:1 sum:2}}', 'duplicate key "sum" in histogram'],
    ['foo {{wrong:1}}', 'bad histogram descriptor found: "wrong"'],
    ['foo {{sum:x}}', 'bad number "x"'],
    ['foo {{schema:9}}', 'bad schema 9'],
    ['foo {{counter_reset_hint:perhaps}}', 'bad counter_reset_hint "perhaps"'],
    ['foo {{schema:1}}+{{schema:0}}x1', 'error combining histograms: cannot merge from schema 0 to 1'],
    ['foo {{schema:0}}+{{schema:-53}}x1', 'error combining histograms: cannot merge from schema -53 to 0'],
  ])('%s is refused', (line, message) => {
    if (message === '') expect(parseSeriesLine(line).items).toHaveLength(11);
    else {
      expect(() => parseSeriesLine(line)).toThrow(SeriesLineError);
      expect(() => parseSeriesLine(line)).toThrow(message);
    }
  });
});

describe('scripts', () => {
  test('commands', () => {
    const script = `
      # a comment
      load 5m
        foo 0+1x3
        bar{a="b"} _ 1
        # ends the block
      clear

      eval instant at 10m sum(foo)
        expect no_warn
        expect info regex: some.*
        {} 2

      eval_ordered instant at 1m30s foo
        foo 1

      eval range from 0 to 1m step 30s foo * 2
        {} 1 _ 2

      eval instant  1 + 1
        2

      eval_fail instant at 0 foo + on() bar
        expected_fail_message  much too much

      eval instant at 1m "a"
        expect string "\\ta"

      eval instant foo[5m]
        expect range vector from 10s to 1m step 10s
        foo 1 2
    `;
    const commands = parseScript(script);
    expect(commands.map(({ kind, line }) => `${kind} ${line}`)).toEqual([
      'load 3',
      'clear 7',
      'eval 9',
      'eval 14',
      'eval 17',
      'eval 20',
      'eval 23',
      'eval 26',
      'eval 29',
    ]);
    expect(commands[0]).toMatchObject({
      intervalMs: 300_000,
      series: [{ items: { length: 4 } }, { items: { length: 2 } }],
    });
    expect(commands[2]).toMatchObject({
      query: 'sum(foo)',
      time: { kind: 'instant', timeMs: 600_000 },
      expect: { noWarn: true, info: [{ kind: 'regex', source: 'some.*' }], series: [{ line: 12 }] },
    });
    expect(commands[3]).toMatchObject({ time: { timeMs: 90_000 }, expect: { ordered: true } });
    expect(commands[4]).toMatchObject({
      time: { steps: { startMs: 0, endMs: 60_000, stepMs: 30_000 } },
      query: 'foo * 2',
    });
    expect(commands[5]).toMatchObject({ query: '1 + 1', time: { timeMs: 0 }, expect: { scalar: 2 } });
    expect(commands[6]).toMatchObject({ expect: { fail: { kind: 'exact', text: 'much too much' } } });
    expect(commands[7]).toMatchObject({ expect: { string: '\ta' } });
    expect(commands[8]).toMatchObject({
      time: { timeMs: 60_000 },
      expect: { rangeVector: { startMs: 10_000, endMs: 60_000, stepMs: 10_000 } },
    });
  });

  test.each<[string, (number | null)[]]>([
    ['_ -1mx2', [null, -60_000, -60_000, -60_000]],
    ['-30s-1mx2', [-30_000, -90_000, -150_000]],
    ['-1m+500msx1 _x2', [-60_000, -59_500, null, null]],
    ['0 +1m 1m30s', [0, 60_000, 90_000]],
  ])('start timestamps: %s', (items, startOffsetsMs) => {
    const samples = startOffsetsMs.map((_, i) => i).join(' ');
    expect(parseScript(`load 1m\n foo@st ${items}\n foo ${samples}\n bar 1`)).toMatchObject([
      { series: [{ startOffsetsMs }, { startOffsetsMs: null }] },
    ]);
  });

  test.each([
    ['foo@st -1m', '@st line has no following sample line'],
    ['foo@st -1m\n bar 1', '@st metric does not match the following sample line metric'],
    ['foo@st -1mx2\n foo 1', '@st line has 3 values but sample line has 1'],
    ['foo@st soon\n foo 1', 'bad start timestamp "soon"'],
  ])('start timestamps refused: %s', (lines, message) => {
    expect(() => parseScript(`load 1m\n ${lines}`)).toThrow(message);
  });

  test.each([
    ['frobnicate', 'line 1: invalid command "frobnicate"'],
    ['load', 'line 1: invalid load command'],
    ['load 5 minutes', 'line 1: not a valid duration string: "5 minutes"'],
    ['eval foo', 'line 1: invalid eval command'],
    ['\nload 5m\n foo 1\n bar 1y', 'line 4: bad value "1y"'],
    ['eval instant at 5m foo\n expect wonders', 'line 2: invalid expect statement "expect wonders"'],
    ['eval instant at 5m foo\n expect fail regex: (', 'line 2: error parsing regexp: missing closing )'],
    ['eval instant at 5m foo\n expect fail\n expect fail', 'line 3: multiple expect fail lines are not allowed'],
    ['eval instant at 5m foo\n expect warn\n expect no_warn', 'line 1: expect warn and expect no_warn contradict'],
    ['eval range from 1m to 0s step 1m foo', 'line 1: invalid test definition, end timestamp is before start'],
  ])('%s is refused', (script, message) => {
    expect(() => parseScript(script)).toThrow(ScriptError);
    expect(() => parseScript(script)).toThrow(message);
  });
});

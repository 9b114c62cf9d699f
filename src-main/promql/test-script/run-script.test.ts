import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { almostEqual } from './points.ts';
import { runPromqlTest, scriptEngine } from './promqltest.ts';
import { runScript } from './run-script.ts';

const LOAD = `load 1m
  requests_total{job="a"} 0+10x10
  requests_total{job="b"} 0+20x10
  level 5 4 3 _ _ stale

`;

async function differencesOf(script: string): Promise<readonly string[]> {
  const [result] = await runScript(LOAD + script, scriptEngine());
  return result?.differences ?? ['no case'];
}

describe('right expectations pass', () => {
  test.each([
    'eval instant at 10m sum(requests_total)\n  {} 300',
    'eval instant at 10m requests_total\n  requests_total{job="b"} 200\n  requests_total{job="a"} 100',
    'eval instant at 10m sort(requests_total)\n  expect ordered\n  requests_total{job="a"} 100\n  requests_total{job="b"} 200',
    'eval instant at 10m rate(requests_total{job="a"}[5m])\n  {job="a"} 0.16666667',
    'eval instant at 10m 1 + 1\n  2',
    'eval instant at 10m "text"\n  expect string "text"',
    'eval instant at 10m nothing',
    'eval range from 0 to 4m step 1m level\n  level 5 4 3 3 3',
    'eval range from 0 to 10m step 5m requests_total{job="a"} * 2\n  {job="a"} 0 100 200',
    'eval instant level[2m]\n  expect range vector from 1m to 2m step 1m\n  level 4 3',
    'eval instant at 10m requests_total + on() requests_total\n  expect fail regex: many-to-many matching not allowed',
    'eval instant at 10m quantile(2, requests_total)\n  expect warn msg: PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)\n  expect no_info\n  {} Inf',
  ])('%s', async (script) => {
    // The position of an annotation differs where the query is asked in another form.
    const expected = script.replace('msg: PromQL warning', 'regex: PromQL warning').replace(' (1:10)', '');
    expect(await differencesOf(expected)).toEqual([]);
  });
});

describe('wrong expectations fail, and say why', () => {
  test.each([
    ['eval instant at 10m sum(requests_total)\n  {} 301', '{} expected 301, got 300'],
    ['eval instant at 10m sum(requests_total)', 'unexpected {} 300'],
    ['eval instant at 10m sum(requests_total)\n  {a="b"} 300', 'unexpected {} 300'],
    ['eval instant at 10m nothing\n  nothing 1', 'missing nothing 1'],
    ['eval instant at 10m sum(requests_total)\n  300', 'expected the scalar 300, got a vector'],
    ['eval instant at 10m 1 + 1\n  3', 'expected 3, got 2'],
    ['eval instant at 10m 1 + 1\n  {} 2', 'expected series, got the scalar 2'],
    ['eval instant at 10m "text"\n  expect string "test"', 'expected "test", got "text"'],
    [
      'eval instant at 10m sort(requests_total)\n  expect ordered\n  requests_total{job="b"} 200\n  requests_total{job="a"} 100',
      'requests_total{job="a"} expected at 2, got at 1',
    ],
    ['eval range from 0 to 2m step 1m level\n  level 5 4 2', 'level expected 5 4 2, got 5 4 3'],
    ['eval range from 0 to 2m step 1m level\n  level 5 4', 'level expected 5 4, got 5 4 3'],
    ['eval range from 0 to 2m step 1m level\n  level 5 4 3 3', 'level expected 4 points, more than there are steps'],
    ['eval instant level[2m]\n  expect range vector from 1m to 2m step 1m\n  level 4 _', 'level expected 4 _, got 4 3'],
    ['eval instant at 10m level\n  expect fail', 'expected an error (any), got none'],
    ['eval instant at 10m requests_total + on() requests_total', 'error: found duplicate series'],
    [
      'eval instant at 10m requests_total + on() requests_total\n  expect fail msg: oh',
      'expected error oh, got found duplicate',
    ],
    [
      'eval instant at 10m quantile(2, requests_total)\n  expect no_warn\n  {} Inf',
      'unexpected warning: PromQL warning: quantile value',
    ],
    ['eval instant at 10m quantile(2, requests_total)\n  expect warn msg: x\n  {} Inf', 'missing warning: x'],
    ['eval instant at 10m quantile(0.5, requests_total)\n  expect warn\n  {} 150', 'missing warning: any'],
    ['eval instant at 10m sum(', 'the query does not parse: 1:5: parse error: unclosed left parenthesis'],
    ['load 1m\n  h {{count:1}}x10\n\neval instant at 10m h', 'unexpected h {{count:1 counter_reset_hint:not_reset}}'],
    [
      'load_with_nhcb 1m\n  h_bucket{le="+Inf"} 1x10\n\neval instant at 10m h',
      'unexpected h {{schema:-53 count:1 custom_values:[] counter_reset_hint:not_reset buckets:[1]}}',
    ],
    ['eval instant at 10m nothing\n  nothing {{count:1}}', 'missing nothing {{count:1}}'],
    ...[
      '{{sum:3 count:4 buckets:[1 2 0 2]}}',
      '{{sum:3 count:4 buckets:[1 2 0 1] offset:1}}',
      '{{sum:3 count:4 buckets:[1 2 0 1] n_buckets:[1]}}',
      '{{sum:3 count:4 buckets:[1 2 0 1 1]}}',
      '{{sum:3 count:4 buckets:[1 2]}}',
      '{{sum:2 count:4 buckets:[1 2 0 1]}}',
      '{{sum:3 count:5 buckets:[1 2 0 1]}}',
      '{{sum:3 count:4 z_bucket:1 buckets:[1 2 0 1]}}',
      '{{sum:3 count:4 z_bucket_w:0.1 buckets:[1 2 0 1]}}',
      '{{schema:1 sum:3 count:4 buckets:[1 2 0 1]}}',
      '{{sum:3 count:4 buckets:[1 2 0 1] counter_reset_hint:gauge}}',
      '4',
    ].map((wrong) => [
      `load 1m\n  h {{sum:3 count:4 buckets:[1 2 0 1]}}x10\n\neval instant at 10m h\n  h ${wrong}`,
      'h expected ',
    ]),
  ])('%s', async (script, difference) => {
    const differences = await differencesOf(script!);
    expect(differences[0]?.slice(0, difference!.length)).toBe(difference);
  });
});

test('clear forgets', async () => {
  const results = await runScript(`${LOAD}clear\n\neval instant at 1m level`, scriptEngine());
  expect(results).toEqual([{ line: 8, query: 'level', differences: [] }]);
});

test.each([
  [1, 1, true],
  [1, 1.0000001, true],
  [1, 1.00001, false],
  [0, 1e-300, false],
  [Number.NaN, Number.NaN, true],
  [Number.NaN, 1, false],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true],
  [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false],
  [1e308, 1.0000001e308, true],
])('%d and %d: %s', (a, b, equal) => {
  expect(almostEqual(a, b)).toBe(equal);
});

describe('files', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hearth-promqltest-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  async function report(text: string): Promise<string[]> {
    const file = join(directory, 'script.test');
    writeFileSync(file, text);
    const lines: string[] = [];
    await runPromqlTest([file], (line) => lines.push(line.replace(directory, '.')));
    return lines;
  }

  test('failures are shown with their line, the last line counts', async () => {
    const script = `${LOAD}eval instant at 1m level\n  level 4\n\neval instant at 1m level\n  level 5\n`;
    expect(await report(script)).toEqual(['./script.test:9: level', '  level expected 5, got 4', '1 passed, 1 failed']);
  });

  test('a script that cannot be read, or a file, is a failure', async () => {
    expect(await report('nonsense')).toEqual([
      './script.test: line 1: invalid command "nonsense"',
      '0 passed, 1 failed',
    ]);
    const lines: string[] = [];
    await runPromqlTest([join(directory, 'absent.test')], (line) => lines.push(line));
    expect(lines.at(-1)).toBe('0 passed, 1 failed');
  });
});

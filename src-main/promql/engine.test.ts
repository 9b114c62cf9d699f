import { describe, expect, test } from 'vitest';
import { parsePromql } from '../../shared/promql/parse.ts';
import { systemClock } from '../model/clock.ts';
import { FakeClock } from '../model/fake-clock.ts';
import { formatLabels } from '../model/labels.ts';
import { QueryEngine, type QueryEngineOptions, type QueryOptions } from './engine.ts';
import { QueryError } from './errors.ts';
import { TestStorage } from './test-storage.ts';

const MINUTE = 60_000;

function engineWith(options: Partial<QueryEngineOptions> = {}): QueryEngine {
  return new QueryEngine({
    maxSamples: 1_000_000,
    timeoutMs: 60_000,
    lookbackMs: 5 * MINUTE,
    defaultStepMs: () => MINUTE,
    maxConcurrency: 2,
    clock: systemClock,
    ...options,
  });
}

function storageOf(
  series: Readonly<Record<string, readonly (number | null | undefined)[]>>,
  stepMs = MINUTE,
): TestStorage {
  const storage = new TestStorage();
  for (const [text, values] of Object.entries(series)) {
    const expr = parsePromql(text);
    if (expr.kind !== 'vectorSelector') throw new Error(text);
    const labels = Object.fromEntries(expr.matchers.map(({ name, value }) => [name, value]));
    storage.add(
      labels,
      values.flatMap((value, i) => (value === undefined ? [] : [[i * stepMs, value] as const])),
    );
  }
  return storage;
}

interface Bounds {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** `{labels}: value value _ value`, a line a series. */
async function rangeOf(storage: TestStorage, query: string, bounds: Bounds, engine = engineWith()): Promise<string[]> {
  const { value } = await engine.range(storage, parsePromql(query, { experimental: true }), bounds, { text: query });
  if (value.kind !== 'matrix') throw new Error(value.kind);
  const { labels, values, present, steps } = value.matrix;
  return labels.map((set, s) => {
    const cells = Array.from({ length: steps.count }, (_, k) => {
      const i = s * steps.count + k;
      return present[i] === 1 ? String(values[i]) : '_';
    });
    return `${formatLabels(set)}: ${cells.join(' ')}`;
  });
}

async function errorOf(promise: Promise<unknown>): Promise<QueryError> {
  const error = await promise.then(
    () => new Error('no error'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof QueryError)) throw error;
  return error;
}

describe('time', () => {
  const storage = storageOf({ up: [1, 2, undefined, undefined, undefined, undefined, undefined, 7, null, 9] });
  test.each([
    // A sample exactly as old as the lookback is not seen.
    ['up', [0, 6, 1], 'up{}: 1 2 2 2 2 2 _'],
    // A staleness marker ends the series until its next sample.
    ['up', [7, 9, 1], 'up{}: 7 _ 9'],
    ['up offset 1m', [1, 3, 1], 'up{}: 1 2 2'],
    ['up @ 60', [5, 7, 1], 'up{}: 2 2 2'],
    ['up @ end()', [0, 1, 1], 'up{}: 2 2'],
    // Ranges are left-open, and do not see markers.
    ['count_over_time(up[1m])', [0, 2, 1], '{}: 1 1 _'],
    ['count_over_time(up[61s])', [0, 2, 1], '{}: 1 2 1'],
    ['count_over_time(up[3m])', [9, 9, 1], '{}: 2'],
    ['sum_over_time(up[2m:1m])', [1, 2, 1], '{}: 3 4'],
    ['max_over_time(vector(time())[2m:30s])', [10, 10, 1], '{}: 600'],
  ] as const)('%s %o', async (query, [from, to, step], expected) => {
    const bounds = { startMs: from * MINUTE, endMs: to * MINUTE, stepMs: step * MINUTE };
    expect((await rangeOf(storage, query, bounds)).map((line) => line.replace(/^up:/, 'up{}:'))).toEqual([expected]);
  });
});

describe('series', () => {
  const storage = storageOf({
    'a{x="1"}': [1, 2, 3],
    'a{x="2"}': [10, 20, 30],
    'b{x="1"}': [100, undefined, undefined],
    'c{x="1"}': [undefined, undefined, 300],
  });
  const bounds = { startMs: 0, endMs: 2 * MINUTE, stepMs: MINUTE };
  test.each([
    ['a', ['a{x="1"}: 1 2 3', 'a{x="2"}: 10 20 30']],
    ['sum(a)', ['{}: 11 22 33']],
    ['sum by (x) (a) + on (x) a', ['{x="1"}: 2 4 6', '{x="2"}: 20 40 60']],
    ['a > 2', ['a{x="1"}: _ _ 3', 'a{x="2"}: 10 20 30']],
    ['a > bool 2', ['{x="1"}: 0 0 1', '{x="2"}: 1 1 1']],
    ['topk(1, a)', ['a{x="2"}: 10 20 30']],
    ['a and on () (b < 1)', []],
    ['b or a', ['a{x="2"}: 10 20 30', 'b{x="1"}: 100 100 100']],
    ['count_values("v", a{x="1"})', ['{v="1"}: 1 _ _', '{v="2"}: _ 1 _', '{v="3"}: _ _ 1']],
    ['absent(c)', ['{}: 1 1 _']],
    ['scalar(a{x="1"}) + vector(1)', ['{}: 2 3 4']],
    ['1 + 1', ['{}: 2 2 2']],
    // The same part twice, and the same part under another step.
    ['sum(a) / (sum(a) + sum(a))', ['{}: 0.5 0.5 0.5']],
    ['sum(a) - sum_over_time(sum(a)[1m:1m])', ['{}: 0 0 0']],
    ['sum(a @ 0) * a{x="1"}', []],
    ['sum(a @ 0) * on () a{x="1"}', ['{}: 11 22 33']],
  ] as const)('%s', async (query, expected) => {
    expect(await rangeOf(storage, query, bounds)).toEqual(expected);
  });

  test('dropped names merge series that never meet, and refuse those that do', async () => {
    const engine = engineWith({ lookbackMs: MINUTE });
    expect(await rangeOf(storage, '-{__name__=~"b|c"}', bounds, engine)).toEqual(['{x="1"}: -100 _ -300']);
    const error = await errorOf(rangeOf(storage, '-{__name__=~"a|b"}', bounds, engine));
    expect(error.message).toBe('vector cannot contain metrics with the same labelset');
  });

  test('names stay until the end with delayed removal', async () => {
    const engine = engineWith({ delayedNameRemoval: true });
    const query = 'label_replace(abs(a{x="1"}), "__name__", "abs_$1", "__name__", "(.+)")';
    expect(await rangeOf(storage, query, bounds, engine)).toEqual(['abs_a{x="1"}: 1 2 3']);
    expect(await rangeOf(storage, 'abs(a{x="1"})', bounds, engine)).toEqual(['{x="1"}: 1 2 3']);
  });
});

test('topk prefers the first of equals in label order', async () => {
  const storage = storageOf({ 'm{s="3"}': [1], 'm{s="1"}': [1], 'm{s="2"}': [1], 'm{s="9"}': [0] });
  const bounds = { startMs: 0, endMs: 0, stepMs: MINUTE };
  expect(await rangeOf(storage, 'topk(2, m)', bounds)).toEqual(['m{s="1"}: 1', 'm{s="2"}: 1']);
  expect(await rangeOf(storage, 'limitk(2, m)', bounds)).toEqual(['m{s="1"}: 1', 'm{s="2"}: 1']);
  expect(await rangeOf(storage, 'bottomk(2, m)', bounds)).toEqual(['m{s="1"}: 1', 'm{s="9"}: 0']);
});

describe('matching errors', () => {
  const storage = storageOf({ 'a{x="1",y="1"}': [1], 'a{x="1",y="2"}': [2], 'one{x="1"}': [3] });
  const many = 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)';
  test.each([
    ['a + on (x) one', many],
    ['a > on (x) one', many],
    ['a + on (x) group_left () one', null],
    ['a * ignoring (y) group_left (y) one', 'multiple matches for labels: grouping labels must ensure unique matches'],
    [
      'one + on (x) a',
      'found duplicate series for the match group {x="1"} on the right hand-side of the operation: ' +
        '[{__name__="a", x="1", y="1"}, {__name__="a", x="1", y="2"}]' +
        ';many-to-many matching not allowed: matching labels must be unique on one side',
    ],
    ['nothing + on (x) a', null],
    ['topk(NaN, a)', 'Parameter value is NaN'],
    ['count_values("", a)', 'invalid label name ""'],
    ['label_replace(a, "", "", "", "")', 'invalid destination label name in label_replace(): '],
    ['label_replace(a, "x", "", "", "(")', 'invalid regular expression in label_replace(): ('],
    ['double_exponential_smoothing(a[5m], 2, 0.5)', 'invalid smoothing factor. Expected: 0 < sf < 1, got: 2.000000'],
  ])('%s', async (query, message) => {
    const result = engineWith().instant(storage, parsePromql(query, { experimental: true }), 0);
    if (message === null) await result;
    else expect((await errorOf(result)).message).toBe(message);
  });
});

describe('annotations', () => {
  const storage = storageOf({
    level: [1, 2, 3],
    'h_bucket{le="1"}': [5],
    'h_bucket{le="x"}': [5],
    'h_bucket{le="+Inf"}': [3],
  });
  test.each([
    [
      'rate(level[5m])',
      [],
      ['PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "level" (1:6)'],
    ],
    [
      'sum(level) +\n  rate(level[5m])',
      [],
      ['PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "level" (2:8)'],
    ],
    [
      'rate(level[5m]) + rate(level[5m])',
      [],
      [
        'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "level" (1:6)',
        'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "level" (1:24)',
      ],
    ],
    ['quantile(2, level)', ['PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)'], []],
    [
      'histogram_quantile(0.5, h_bucket)',
      [
        'PromQL warning: bucket label "le" is missing or has a malformed value of "x" for metric name "h_bucket" (1:25)',
      ],
      [
        'PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/' +
          'prometheus/latest/querying/functions/#histogram_quantile), from buckets +Inf to ' +
          '+Inf, with a max diff of 2, over 1 samples from 1970-01-01T00:02:00Z to 1970-01-01T00:02:00Z (1:25)',
      ],
    ],
  ])('%s', async (text, warnings, infos) => {
    const result = await engineWith().instant(storage, parsePromql(text), 2 * MINUTE, { text });
    expect(result.warnings).toEqual(warnings);
    expect(result.infos).toEqual(infos);
  });

  test('sorting a range', async () => {
    const bounds = { startMs: 0, endMs: MINUTE, stepMs: MINUTE };
    const result = await engineWith().range(storage, parsePromql('sort(level)'), bounds);
    expect(result.warnings).toEqual([
      'PromQL warning: sort is ineffective for range queries since results are always ordered by labels (1:1)',
    ]);
  });
});

describe('limits', () => {
  const storage = new TestStorage();
  for (let s = 0; s < 200; s++) storage.add({ __name__: 'm', s: String(s) }, [[0, s]]);
  const wide = parsePromql('m');
  const bounds = { startMs: 0, endMs: 4 * MINUTE, stepMs: 1000 };
  const run = (engine: QueryEngine, options: QueryOptions = {}) => engine.range(storage, wide, bounds, options);

  test('samples in memory', async () => {
    const error = await errorOf(run(engineWith({ maxSamples: 1000 })));
    expect(error.kind).toBe('too-many-samples');
    expect(error.message).toBe('query processing would load too many samples into memory in query execution');
  });

  test('a result that is too large is refused before it is made', async () => {
    const huge = { startMs: 0, endMs: 1e12, stepMs: 1000 };
    const error = await errorOf(
      engineWith()
        .range(storage, parsePromql('sum by (s) (m)'), huge)
        .catch((e) => Promise.reject(e)),
    );
    expect(error.kind).toBe('too-many-samples');
  });

  test('time', async () => {
    const clock = new FakeClock(0);
    const slow = new TestStorage();
    for (let s = 0; s < 50; s++) slow.add({ __name__: 'm', s: String(s) }, [[0, s]]);
    const ticking = { nowMs: () => clock.nowMs(), monotonicMs: () => (tick += 5), after: clock.after.bind(clock) };
    let tick = 0;
    const engine = engineWith({ clock: ticking, timeoutMs: 100 });
    const error = await errorOf(engine.instant(slow, wide, 0));
    expect(error.kind).toBe('timeout');
    expect(error.message).toBe('query timed out in expression evaluation');
  });

  test('cancellation', async () => {
    const abort = new AbortController();
    let tick = 0;
    const clock = { ...systemClock, monotonicMs: () => (tick += 6) };
    const result = errorOf(run(engineWith({ clock, timeoutMs: 1e9 }), { signal: abort.signal }));
    setImmediate(() => abort.abort());
    expect((await result).message).toBe('query was canceled in expression evaluation');
  });

  test('other work gets its turn', async () => {
    let tick = 0;
    const clock = { ...systemClock, monotonicMs: () => (tick += 6) };
    let turns = 0;
    const count = () => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    await run(engineWith({ clock, timeoutMs: 1e9 }));
    clearImmediate(timer);
    expect(turns).toBeGreaterThan(50);
  });

  test('queries wait for their turn, and one that is cancelled leaves the queue', async () => {
    const engine = engineWith({ maxConcurrency: 1 });
    const abort = new AbortController();
    const first = run(engine);
    const second = errorOf(run(engine, { signal: abort.signal }));
    const third = run(engine);
    abort.abort();
    expect((await second).message).toBe('query was canceled in query queue');
    await expect(Promise.all([first, third])).resolves.toHaveLength(2);
  });

  test('an expression that is nested too deeply is refused', async () => {
    const chain = parsePromql(Array.from({ length: 1400 }, (_, i) => `m{s="${i % 200}"}`).join(' or '));
    const result = await engineWith({ maxSamples: 1e9 })
      .instant(storage, chain, 0)
      .catch((error: unknown) => error);
    if (result instanceof Error) expect(result.message).toBe('expression is nested too deeply');
  });

  test('a range query for a range vector is refused', async () => {
    const error = await errorOf(engineWith().range(storage, parsePromql('m[5m]'), bounds));
    expect(error.kind).toBe('invalid');
    expect(error.message).toBe(
      'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    );
  });
});

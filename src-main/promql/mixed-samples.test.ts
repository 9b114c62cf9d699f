/**
 * Queries made up at random over series of floats, native histograms and both: no fault comes of any, and a range query
 * answers at each of its steps what an instant query answers then. The scripts of Prometheus say what is right.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePromql } from '../../shared/promql/parse.ts';
import { systemClock } from '../model/clock.ts';
import { QueryEngine } from './engine.ts';
import { QueryError } from './errors.ts';
import { rowsOf } from './test-script/compare.ts';
import { MemoryStorage } from './test-script/memory-storage.ts';
import { printPoint } from './test-script/points.ts';
import { parseSeriesLine } from './test-script/series-line.ts';

const SCRAPE_MS = 15_000;
const STEPS = { startMs: 100_000, endMs: 500_000, stepMs: 40_000 };

const HISTOGRAMS = [
  '{{}}',
  '{{schema:0 sum:5 count:4 buckets:[1 2 1]}}',
  '{{schema:0 sum:9 count:8 buckets:[2 4 2]}}',
  '{{schema:2 sum:5 count:6 z_bucket:1 z_bucket_w:0.1 buckets:[1 2 1] n_buckets:[1]}}',
  '{{schema:-53 sum:5 count:4 custom_values:[5 10] buckets:[1 2 1]}}',
  '{{schema:-53 sum:7 count:9 custom_values:[5 10 20] buckets:[3 3 2 1]}}',
  '{{schema:0 sum:NaN count:7 buckets:[1 2 1]}}',
  '{{schema:1 sum:50 count:40 counter_reset_hint:gauge buckets:[10 20 10]}}',
];

/** The same numbers each time. */
function lottery(): (below: number) => number {
  let state = 20_26;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function filledStorage(): MemoryStorage {
  const storage = new MemoryStorage();
  const draw = lottery();
  const itemOf = (name: string, k: number): string => {
    if (draw(20) === 0) return draw(2) === 0 ? '_' : 'stale';
    if (name === 'h' || (name === 'mixed' && draw(2) === 0)) return HISTOGRAMS[draw(HISTOGRAMS.length)]!;
    return String(name === 'gauge' ? draw(20) - 10 : k);
  };
  const sets = ['a="0",b="0"', 'a="1",b="1"', 'a="0",b="2"'];
  for (const name of ['x_total', 'gauge', 'h', 'mixed', 'x_bucket'])
    for (const set of sets)
      for (const bound of name === 'x_bucket' ? [',le="1"', ',le="5"', ',le="+Inf"'] : ['']) {
        const items = Array.from({ length: 40 }, (_, k) => itemOf(name, k)).join(' ');
        const line = parseSeriesLine(`${name}{${set}${bound}} ${items}`);
        const samples = line.items.map((item, i) => {
          const timeMs = i * SCRAPE_MS;
          return { item, timeMs, startMs: draw(5) === 0 ? timeMs - 10_000 : 0 };
        });
        storage.write(line.labels, samples);
      }
  return storage;
}

const selector = fc.constantFrom(
  'x_total',
  'gauge',
  'h',
  'mixed',
  'x_bucket',
  '{a="0"}',
  'mixed offset 30s',
  'h smoothed',
);
const range = fc
  .tuple(
    fc.constantFrom('x_total', 'gauge', 'h', 'mixed', 'x_bucket', 'h{b="1"}'),
    fc.constantFrom('[1m]', '[3m]', '[15s]', '[2m] offset 20s', '[2m] anchored', '[2m] smoothed'),
  )
  .map((parts) => parts.join(''));

const RANGE_FUNCTIONS =
  'rate increase delta irate idelta sum_over_time avg_over_time min_over_time count_over_time last_over_time ' +
  'first_over_time present_over_time stddev_over_time changes resets deriv mad_over_time ts_of_max_over_time';
const FUNCTIONS =
  'abs timestamp start_timestamp histogram_count histogram_sum histogram_avg histogram_stddev absent day_of_week - +';
const WRAPPERS = [
  'histogram_quantile(0.3, %)',
  'histogram_fraction(0, 4, %)',
  'histogram_quantiles(%, "q", 0.1, 0.9)',
  'label_replace(%, "c", "$1", "a", "(.*)")',
  'vector(scalar(%))',
  'clamp(%, 0, 5)',
  'sum(%)',
  'sum by (a) (%)',
  'avg without (b) (%)',
  'max by (a) (%)',
  'count by (a) (%)',
  'topk(2, %)',
  'limitk by (a) (1, %)',
  'quantile(0.5, %)',
  'count_values("v", %)',
  '(%) * -1',
  '2 / (%)',
  '(%) </ 3',
  '(%) == 4',
];
const OPERATORS =
  '+|-|*|/|==|!= bool|> bool|</|>/|and|or|unless|+ on (b)|* on (a) group_left ()|- on (b) fill(1)|or on (b)';

const { vector } = fc.letrec<{ vector: string }>((tie) => ({
  vector: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'vector' },
    selector,
    fc.tuple(fc.constantFrom(...RANGE_FUNCTIONS.split(' ')), range).map(([fn, arg]) => `${fn}(${arg})`),
    fc
      .tuple(fc.constantFrom(...RANGE_FUNCTIONS.split(' ')), tie('vector'))
      .map(([fn, inner]) => `${fn}((${inner})[2m:30s])`),
    fc.tuple(fc.constantFrom(...FUNCTIONS.split(' ')), tie('vector')).map(([fn, inner]) => `${fn}(${inner})`),
    fc.tuple(fc.constantFrom(...WRAPPERS), tie('vector')).map(([form, inner]) => form.replace('%', () => inner)),
    fc
      .tuple(tie('vector'), fc.constantFrom(...OPERATORS.split('|')), tie('vector'))
      .map(([left, op, right]) => `(${left}) ${op} (${right})`),
  ),
}));

const storage = filledStorage();

function engineWith(options: { readonly maxSamples: number; readonly delayedNameRemoval?: boolean }): QueryEngine {
  return new QueryEngine({
    timeoutMs: 60_000,
    lookbackMs: 60_000,
    defaultStepMs: () => 30_000,
    maxConcurrency: 1,
    clock: systemClock,
    useStartTimestamps: true,
    ...options,
  });
}

test.each([
  ['gauge', 100, true],
  ['h', 100, false],
  ['h', 1000, true],
  ['h * 2', 400, false],
  ['sum_over_time(h[3m])', 100, false],
  ['histogram_count(sum_over_time(h[3m]))', 400, true],
  // Row by row, what is done with is given back.
  ['count(last_over_time(h[3m]))', 400, true],
])('%s within %d samples: %s', async (query, maxSamples, fits) => {
  const run = engineWith({ maxSamples }).range(storage, parsePromql(query), STEPS);
  if (fits) await run;
  else await expect(run).rejects.toThrow('too many samples');
});

describe.each([true, false])('delayed name removal: %s', (delayedNameRemoval) => {
  const engine = engineWith({ maxSamples: 1_000_000, delayedNameRemoval });

  test('a range query is its instant queries', async () => {
    await fc.assert(
      fc.asyncProperty(vector, async (query) => {
        const expr = parsePromql(query, { experimental: true });
        const refused = (error: unknown): null => {
          expect(error).toBeInstanceOf(QueryError);
          return null;
        };
        const answer = await engine.range(storage, expr, STEPS, { text: query }).catch(refused);
        if (answer === null) return;
        for (let timeMs = STEPS.startMs; timeMs <= STEPS.endMs; timeMs += 3 * STEPS.stepMs) {
          const instant = await engine.instant(storage, expr, timeMs, { text: query });
          expect(pointsAt(instant, timeMs)).toEqual(pointsAt(answer, timeMs));
        }
      }),
      { numRuns: 150 },
    );
  });
});

function pointsAt({ value }: Awaited<ReturnType<QueryEngine['instant']>>, timeMs: number): string[] {
  return rowsOf(value)
    .flatMap(({ labels, points }) => {
      const point = points.get(timeMs);
      return point === undefined ? [] : [`${labels.join()} ${rounded(printPoint(point))}`];
    })
    .sort();
}

/** Where windows overlap, sums are made in another order. */
function rounded(text: string): string {
  return text.replace(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g, (number) =>
    Math.abs(Number(number)) < 1e-9 ? '0' : Number(number).toPrecision(8),
  );
}

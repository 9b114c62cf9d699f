import { describe, expect, test } from 'vitest';
import { astJson } from './ast-json.ts';
import { parsePromql } from './parse.ts';
import { prettyPromql } from './print.ts';

const experimental = { experimental: true };

describe('pretty', () => {
  test('what fits in a line stays on it', () => {
    expect(prettyPromql(parsePromql('sum( rate(foo[5m]) )by(a)'))).toBe('sum by (a) (rate(foo[5m]))');
  });

  /** As Prometheus 2.42 formats them. */
  test.each([
    [
      `sum by (instance, job) (rate(http_requests_total{env="production",status=~"5.."}[5m])) / on (job) group_left sum(rate(http_requests_total[5m])) > 5`,
      `    sum by (instance, job) (rate(http_requests_total{env="production",status=~"5.."}[5m]))
  / on (job) group_left ()
    sum(rate(http_requests_total[5m]))
>
  5`,
    ],
    [
      `label_replace(some_quite_long_metric_name{label="value"}, "destination", "replacement-$1", "source", "(.*)")`,
      `label_replace(
  some_quite_long_metric_name{label="value"},
  "destination",
  "replacement-$1",
  "source",
  "(.*)"
)`,
    ],
    [
      `topk(5, -(some_quite_long_metric_name_indeed{label="value"} + another_quite_long_metric_name_indeed{label="value",more="x"}))`,
      `topk(
  5,
  -(
      some_quite_long_metric_name_indeed{label="value"}
    +
      another_quite_long_metric_name_indeed{label="value",more="x"}
  )
)`,
    ],
    [
      `max_over_time((some_quite_long_metric_name{label="value",more="y"} + another_quite_long_metric_name{label="value"})[1h:5m] offset 1d)`,
      `max_over_time(
  (
    some_quite_long_metric_name{label="value",more="y"} + another_quite_long_metric_name{label="value"}
  )[1h:5m] offset 1d
)`,
    ],
  ])('%s', (query, expected) => {
    expect(prettyPromql(parsePromql(query))).toBe(expected);
    expect(prettyPromql(parsePromql(expected))).toBe(expected);
  });
});

describe('JSON', () => {
  test.each([
    ['5m', { type: 'numberLiteral', val: '300' }],
    ['"a"', { type: 'stringLiteral', val: 'a' }],
    ['(1)', { type: 'parenExpr', expr: { type: 'numberLiteral', val: '1' } }],
    [
      'foo{a!="b"}[5m] @ 1.5 offset -1m',
      {
        type: 'matrixSelector',
        name: 'foo',
        range: 300_000,
        offset: -60_000,
        matchers: [
          { name: 'a', type: '!=', value: 'b' },
          { name: '__name__', type: '=', value: 'foo' },
        ],
        timestamp: 1500,
        startOrEnd: null,
        anchored: false,
        smoothed: false,
      },
    ],
    [
      'topk(1, foo) without (a)',
      {
        type: 'aggregation',
        op: 'topk',
        param: { type: 'numberLiteral', val: '1' },
        expr: {
          type: 'vectorSelector',
          name: 'foo',
          offset: 0,
          matchers: [{ name: '__name__', type: '=', value: 'foo' }],
          timestamp: null,
          startOrEnd: null,
          anchored: false,
          smoothed: false,
        },
        grouping: ['a'],
        without: true,
      },
    ],
    ['time()', { type: 'call', func: { name: 'time', argTypes: [], variadic: 0, returnType: 'scalar' }, args: [] }],
  ])('%s', (query, expected) => {
    expect(astJson(parsePromql(query, experimental))).toEqual(expected);
  });

  test('a calculated duration', () => {
    const json = astJson(parsePromql('foo[2 * step():(5m)] @ start()', experimental));
    expect(json).toMatchObject({
      type: 'subquery',
      range: 0,
      rangeExpr: {
        type: 'durationExpr',
        op: '*',
        lhs: { type: 'numberLiteral', val: '2' },
        rhs: { type: 'durationExpr', op: 'step', lhs: null, rhs: null, wrapped: false },
        wrapped: false,
      },
      stepExpr: { type: 'durationExpr', op: '+', lhs: null, rhs: { val: '300' }, wrapped: true },
      startOrEnd: 'start',
    });
  });

  test('matching', () => {
    expect(astJson(parsePromql('a == bool on (x) group_left (y) fill (1) b', experimental))).toMatchObject({
      type: 'binaryExpr',
      op: '==',
      bool: true,
      matching: {
        card: 'many-to-one',
        labels: ['x'],
        on: true,
        include: ['y'],
        fillValues: { lhs: 1, rhs: 1 },
      },
    });
  });
});

import { describe, expect, test } from 'vitest';
import type { Duration, Expr } from '../../../shared/promql/ast.ts';
import { parsePromql } from '../../../shared/promql/parse.ts';
import { durationMs } from './durations.ts';
import { SharedParts } from './shared-parts.ts';
import { isStepInvariant } from './step-invariant.ts';

const parse = (text: string) => parsePromql(text, { experimental: true });

describe('step invariance', () => {
  test.each([
    ['x', false],
    ['x @ 10', true],
    ['sum(rate(x[5m] @ 10)) + 1', true],
    ['x @ 10 + y', false],
    ['timestamp(x @ 10)', false],
    ['topk(scalar(k @ 10), x @ 10)', true],
    ['topk(scalar(k), x @ 10)', false],
    ['max_over_time((x @ 10)[5m:])', false],
    ['max_over_time(x[5m:] @ 10)', true],
    ['1', true],
  ])('%s: %o', (text, expected) => {
    expect(isStepInvariant(parse(text))).toBe(expected);
  });
});

describe('shared parts', () => {
  function binary(text: string): { readonly left: Expr; readonly right: Expr; readonly parts: SharedParts } {
    const expr = parse(text);
    if (expr.kind !== 'binary') throw new Error(text);
    return { left: expr.left, right: expr.right, parts: new SharedParts(expr) };
  }

  test.each([
    ['sum(rate(x[5m])) / sum( rate(x[5m] ) )', true],
    ['sum by (a) (x) / sum by (b) (x)', false],
    ['x offset 1m / x', false],
    ['x{a="1"} / x{a="2"}', false],
    ['rate(x[5m]) / rate(x[300s])', true],
    ['(x > 1) / (x > bool 1)', false],
  ])('%s: %o', (text, expected) => {
    const { left, parts } = binary(text);
    expect(parts.isShared(left)).toBe(expected);
  });

  test('places of equal parts are paired', () => {
    const { left, right, parts } = binary('abs(x) + abs(x)');
    expect(parts.twins(left, right).map(([a, b]) => [a.from, b.from])).toEqual([
      [0, 9],
      [4, 13],
    ]);
  });
});

describe('durations', () => {
  const rangeOf = (text: string): Duration => {
    const expr = parse(text);
    if (expr.kind !== 'matrixSelector') throw new Error(text);
    return expr.range;
  };
  const bounds = { stepMs: 15_000, rangeMs: 3_600_000 };
  test.each([
    ['x[5m]', 300_000],
    ['x[step() * 4]', 60_000],
    ['x[range() / 2 + 1.0005]', 1_801_000],
    ['x[max_of(step(), 1m)]', 60_000],
    ['x[2 ^ 3]', 8000],
  ])('%s', (text, expected) => {
    expect(durationMs(rangeOf(text), bounds, true)).toBe(expected);
  });

  test.each([
    ['x[step() - 1h]', 'duration must be greater than 0'],
    ['x[1 / (step() - step())]', 'division by zero'],
    ['x[5 % (step() - step())]', 'modulo by zero'],
    ['x[step() ^ 99]', 'duration is out of range'],
  ])('%s is refused', (text, message) => {
    expect(() => durationMs(rangeOf(text), bounds, true)).toThrow(message);
  });
});

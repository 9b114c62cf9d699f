import { describe, expect, it } from 'vitest';
import { alignedGrid, autoStep, gridEndingAt, rateWindowMs } from './step.ts';

const HOUR = 3_600_000;

describe('steps', () => {
  it.each([
    [HOUR, 1000, 0, 10_000],
    [HOUR, 1000, 15_000, 15_000],
    [6 * HOUR, 1000, 15_000, 60_000],
    [24 * HOUR, 1200, 15_000, 300_000],
    [60_000, 1000, 0, 1000],
    [365 * 24 * HOUR, 1000, 15_000, 86_400_000],
    [HOUR, 1000, 7_300, 7_300],
    [40 * 365 * 24 * HOUR, 10, 0, 252_892_800_000],
  ])('over %d ms on %d px with a floor of %d', (spanMs, widthPx, floorMs, stepMs) => {
    const step = autoStep({ spanMs, widthPx, floorMs });
    if (stepMs < 604_800_000) expect(step).toBe(stepMs);
    expect(spanMs / step).toBeLessThanOrEqual(11_000);
  });

  it('aligns to multiples of the step', () => {
    expect(alignedGrid(1_234, 9_999, 1000)).toEqual({ startMs: 1000, endMs: 9000, stepMs: 1000 });
    expect(alignedGrid(100, 200, 1000)).toEqual({ startMs: 0, endMs: 0, stepMs: 1000 });
  });

  it('lets rate see four scrapes', () => {
    expect(rateWindowMs(1000, 15_000)).toBe(60_000);
    expect(rateWindowMs(300_000, 15_000)).toBe(300_000);
  });
});

it('a grid that ends now has now as its last point', () => {
  expect(gridEndingAt(1_000, 61_007, 15_000)).toEqual({ startMs: 1_007, endMs: 61_007, stepMs: 15_000 });
  expect(gridEndingAt(5, 5, 15_000)).toEqual({ startMs: 5, endMs: 5, stepMs: 15_000 });
});

import { describe, expect, test } from 'vitest';
import { isStartTimestampReset, startTimesOverlap } from './start-timestamps.ts';

const TIMES = Float64Array.of(1000, 2000);

describe('two samples at 1,000 and 2,000', () => {
  test.each([
    [0, 0, false, false],
    [500, 500, false, false],
    // A delta begins where the one before ended.
    [500, 1000, true, false],
    [0, 1500, true, false],
    [500, 1500, true, false],
    // The start of the one before is not known, or makes no sense.
    [0, 1000, false, false],
    [1000, 1000, false, false],
    [1500, 1000, false, false],
    // A start at its own time, or later, says nothing.
    [500, 2000, false, false],
    [500, 2500, false, false],
    [500, 700, false, true],
    [0, 700, false, true],
  ])('begun at %d and %d: reset %s, overlap %s', (before, after, reset, overlap) => {
    const startTimes = Float64Array.of(before, after);
    expect(isStartTimestampReset(TIMES, startTimes, 1)).toBe(reset);
    expect(startTimesOverlap(TIMES, startTimes, 1)).toBe(overlap);
  });
});

import { describe, expect, it } from 'vitest';
import { parseDuration, printDuration, readableDuration } from './duration.ts';

describe('durations', () => {
  it.each([
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1d12h', 129_600_000],
    ['0', 0],
    ['', null],
    ['5', null],
    ['5x', null],
    ['5m1h', null],
  ])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each([
    [300_000, '5m'],
    [5_400_000, '1h30m'],
    [604_800_000, '1w'],
    [691_200_000, '8d'],
    [1500, '1s500ms'],
    [0, '0s'],
  ])('prints %i', (ms, text) => {
    expect(printDuration(ms)).toBe(text);
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    [0.0123, '12 µs'],
    [1.25, '1.3 ms'],
    [340, '340 ms'],
    [1200, '1.2 s'],
    [12_000, '12 s'],
    [90_000, '1 min 30 s'],
    [3_600_000, '1 h'],
    [273_600_000, '3 d 4 h'],
    [-90_000, '−1 min 30 s'],
  ])('reads well: %d', (ms, text) => expect(readableDuration(ms)).toBe(text));
});

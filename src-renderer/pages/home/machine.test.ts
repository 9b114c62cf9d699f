import { describe, expect, it } from 'vitest';
import { promqlDiagnostics } from '../../../shared/promql/parse.ts';
import type { Target } from '../../../shared/targets.ts';
import { filledSpan, machineSelector, machineTarget, machineTiles, watchedQuery } from './machine.ts';

const target = (labels: Record<string, string>, discoveredLabels: Record<string, string>): Target => ({
  id: JSON.stringify(labels),
  job: labels.job ?? '',
  url: '',
  state: 'up',
  labels,
  discoveredLabels,
  lastScrapeMs: 0,
  lastDurationMs: 0,
  lastError: '',
  samplesScraped: 0,
  intervalMs: 0,
  timeoutMs: 0,
  recent: [],
});

describe('this machine', () => {
  it('is what Hearth measures itself', () => {
    const other = target({ job: 'node', instance: 'localhost:9100' }, {});
    const own = target({ job: 'node', instance: 'here' }, { __hearth_exporter__: 'host' });
    expect(machineSelector(machineTarget([other, own]))).toBe('job="node",instance="here"');
    expect(machineSelector(machineTarget([other]))).toBe('');
  });

  it.each([
    [15, 20, 15],
    [15, 8, 15],
    [15, 4, 5],
    [15, 0.1, 1],
    [60, 12, 15],
    [1440, 60, 120],
    [360, 90, 120],
  ])('of a chosen %d min, watched for %d, shows %d', (chosen, watched, shown) => {
    expect(filledSpan(chosen * 60_000, watched * 60_000)).toBe(shown * 60_000);
  });

  it.each([900_000, 86_400_000])('asks for how long it was watched within %i ms', (spanMs) => {
    expect(promqlDiagnostics(watchedQuery('job="a"', spanMs))).toEqual([]);
  });

  it.each(['', 'job="machine",instance="here"'])('asks what can be asked, of %s', (selector) => {
    for (const tile of machineTiles(selector, 60_000))
      for (const query of [tile.query, ...tile.asides.map((aside) => aside.query)]) {
        expect({ query, problems: promqlDiagnostics(query) }).toEqual({ query, problems: [] });
      }
  });
});

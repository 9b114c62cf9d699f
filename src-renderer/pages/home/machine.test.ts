import { describe, expect, it } from 'vitest';
import { promqlDiagnostics } from '../../../shared/promql/parse.ts';
import type { Target } from '../../../shared/targets.ts';
import { machineSelector, machineTarget, machineTiles } from './machine.ts';

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

  it.each(['', 'job="machine",instance="here"'])('asks what can be asked, of %s', (selector) => {
    for (const tile of machineTiles(selector, 60_000))
      for (const query of [tile.query, ...tile.asides.map((aside) => aside.query)]) {
        expect({ query, problems: promqlDiagnostics(query) }).toEqual({ query, problems: [] });
      }
  });
});

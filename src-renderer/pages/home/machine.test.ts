import { describe, expect, it } from 'vitest';
import { promqlDiagnostics } from '../../../shared/promql/parse.ts';
import type { Target } from '../../../shared/targets.ts';
import { machineSelector, machineTiles } from './machine.ts';

const target = (url: string, labels: Record<string, string>): Target => ({
  id: url,
  job: labels['job'] ?? '',
  url,
  state: 'up',
  labels,
  discoveredLabels: {},
  lastScrapeMs: 0,
  lastDurationMs: 0,
  lastError: '',
  samplesScraped: 0,
  intervalMs: 0,
  timeoutMs: 0,
  recent: [],
});

describe('this machine', () => {
  it('prefers what Hearth measures itself', () => {
    const hosts = [
      { job: 'node', instance: 'localhost:9100' },
      { job: 'machine', instance: 'here' },
    ];
    const targets = [
      target('http://localhost:9100/metrics', { job: 'node', instance: 'localhost:9100' }),
      target('hearth:machine', { job: 'machine', instance: 'here' }),
    ];
    expect(machineSelector(hosts, targets)).toBe('job="machine",instance="here"');
    expect(machineSelector(hosts, targets.slice(0, 1))).toBe('job="node",instance="localhost:9100"');
    expect(machineSelector([], targets)).toBe('');
  });

  it.each(['', 'job="machine",instance="here"'])('asks what can be asked, of %s', (selector) => {
    for (const tile of machineTiles(selector, 60_000))
      for (const query of [tile.query, ...tile.asides.map((aside) => aside.query)]) {
        expect({ query, problems: promqlDiagnostics(query) }).toEqual({ query, problems: [] });
      }
  });
});

import { expect, it } from 'vitest';
import type { AlertRow } from '../../../shared/alerts.ts';
import { alertsShown, lookOf } from './alerts-search.ts';

const alert = (change: Partial<AlertRow>): AlertRow => ({
  fingerprint: 'f',
  name: 'HighLoad',
  state: 'firing',
  labels: { alertname: 'HighLoad', severity: 'critical', instance: 'a' },
  annotations: { summary: 'too much' },
  activeAtMs: 1,
  firedAtMs: 2,
  value: '1',
  silencedBy: [],
  inhibitedBy: [],
  receivers: [],
  rule: null,
  ...change,
});

it('puts the newest firing alert first and silenced ones after', () => {
  const alerts = [
    alert({ fingerprint: 'silenced', state: 'silenced', firedAtMs: 9 }),
    alert({ fingerprint: 'old' }),
    alert({ fingerprint: 'pending', state: 'pending', firedAtMs: 0 }),
    alert({ fingerprint: 'new', firedAtMs: 5 }),
  ];
  expect(alertsShown(alerts, {}).map((each) => each.fingerprint)).toEqual(['new', 'old', 'pending', 'silenced']);
});

it.each([
  [{ q: 'instance=a' }, 1],
  [{ q: 'instance="a" much' }, 1],
  [{ q: 'instance=b' }, 0],
  [{ state: 'firing,pending' }, 1],
  [{ state: 'resolved' }, 0],
  [{ state: 'nonsense' }, 1],
])('filters by %j', (search, count) => expect(alertsShown([alert({})], search)).toHaveLength(count));

it('shows a warning as one', () => {
  expect(lookOf(alert({})).mark).toBe('critical');
  expect(lookOf(alert({ labels: { severity: 'warning' } })).mark).toBe('warning');
  expect(lookOf(alert({ state: 'silenced', labels: { severity: 'warning' } })).mark).toBe('silenced');
});

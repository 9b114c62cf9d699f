import { expect, it } from 'vitest';
import { fingerprint } from './fingerprint.ts';

// Values that a real Alertmanager printed.
it.each([
  [['alertname', 'A2'], '060d4143451edb5d'],
  [['alertname', 'A1', 'severity', 'warning'], '5b80445d08dc1d2f'],
  [[], 'cbf29ce484222325'],
])('fingerprint of %j', (labels, expected) => {
  expect(fingerprint(labels)).toBe(expected);
});

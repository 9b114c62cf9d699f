import { expect, it } from 'vitest';
import { problemWords, trayState } from './problem-words.ts';

it.each([
  [null, 'starting', 'Starting'],
  [{ critical: 0, warning: 0, targetsDown: 0 }, 'ok', 'Everything is fine'],
  [{ critical: 0, warning: 1, targetsDown: 0 }, 'warning', '1 warning'],
  [{ critical: 0, warning: 0, targetsDown: 2 }, 'warning', '2 targets down'],
  [{ critical: 2, warning: 3, targetsDown: 1 }, 'critical', '2 critical alerts, 3 warnings, 1 target down'],
] as const)('%o', (problems, state, words) => {
  expect(trayState(problems)).toBe(state);
  expect(problemWords(problems)).toBe(words);
});

import type { Steps } from '../result.ts';

/** Where a part of the query is evaluated: the query's own steps, those of a subquery, or a single step for all. */
export interface Scope {
  readonly steps: Steps;
  /** Sorting counts: the whole query is an instant query and this is its only step. */
  readonly instant: boolean;
}

export function singleStep(scope: Scope): Scope {
  return { ...scope, steps: { startMs: scope.steps.startMs, stepMs: 0, count: 1 } };
}

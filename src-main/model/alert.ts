import type { Labels } from './labels.ts';

/** An alert on its way from rules (or POST /api/v2/alerts) to the alertmanager. Times in ms since the epoch. */
export interface Alert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  /** When it counts as resolved unless it is sent again: in the past for a resolved alert. */
  readonly endsAtMs: number;
  readonly generatorUrl: string;
}

export type NotifyFn = (alerts: readonly Alert[]) => void;

/** What is shown of alerts and groups. Times in ms since the epoch. */
import type { Labels } from '../model/labels.ts';

export interface AlertView {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly generatorUrl: string;
  /** Names, in the order of the routes. */
  readonly receivers: readonly string[];
  readonly status: AlertStatus;
}

export interface AlertStatus {
  readonly state: 'active' | 'suppressed';
  /** Ids of silences. */
  readonly silencedBy: readonly string[];
  /** Fingerprints. */
  readonly inhibitedBy: readonly string[];
  /** Names of time intervals. */
  readonly mutedBy: readonly string[];
}

export interface GroupView {
  readonly key: string;
  readonly labels: Labels;
  readonly receiver: string;
  readonly alerts: readonly AlertView[];
}

/** Which alerts are asked for; everything that is left out takes all. */
export interface AlertFilter {
  /** All must match. */
  readonly matches?: (labels: Labels) => boolean;
  /** Whether a receiver of that name is wanted. */
  readonly receiver?: (name: string) => boolean;
  readonly active?: boolean;
  readonly silenced?: boolean;
  readonly inhibited?: boolean;
  readonly muted?: boolean;
}

export function passes(status: AlertStatus, filter: AlertFilter): boolean {
  if (filter.active === false && status.state === 'active') return false;
  if (filter.silenced === false && status.silencedBy.length > 0) return false;
  return !(filter.inhibited === false && status.inhibitedBy.length > 0);
}

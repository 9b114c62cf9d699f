import type { Labels } from './labels.ts';

/** What a discovery found: targets that share labels. `source` is unique within a provider: a later group replaces it. */
export interface TargetGroup {
  readonly source: string;
  /** One label set a target, `__address__` included. */
  readonly targets: readonly Labels[];
  readonly labels: Labels;
}

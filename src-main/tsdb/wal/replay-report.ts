import type { Segment } from './layout.ts';
import type { Damage } from './segment-scan.ts';

/** What reading the log at start came to. */
export interface ReplayReport {
  samples: number;
  /** Samples whose series no record names: their series records were damaged, or dropped on purpose. */
  orphanSamples: number;
  readonly damages: Damage[];
  /** Segments, of the checkpoint too, that have damage: to be rewritten. */
  readonly damagedSegments: Segment[];
}

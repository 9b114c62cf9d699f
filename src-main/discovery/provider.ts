import type { TargetGroup } from '../model/target-group.ts';

/** One way in which a job finds targets. It tells all its groups at every change; a group left out is gone. */
export interface Provider {
  start(tell: (groups: readonly TargetGroup[]) => void): void;
  /** Idempotent; nothing is told afterwards. */
  stop(): void;
}

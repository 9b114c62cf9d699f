import { type Labels, NO_LABELS } from '../../model/labels.ts';
import type { Steps } from '../result.ts';
import type { VectorOperator } from './operator.ts';

/** No series at all. */
export class EmptyOperator implements VectorOperator {
  readonly steps: Steps;
  readonly length = 0;
  readonly distinctWithoutName = true;

  constructor(steps: Steps) {
    this.steps = steps;
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  labelsAt(): Labels {
    return NO_LABELS;
  }

  dropsName(): boolean {
    return false;
  }

  row(_: number, __: Float64Array, present: Uint8Array, at: number): number {
    present.fill(0, at, at + this.steps.count);
    return 0;
  }
}

/**
 * Who may still look at memory that its owner no longer needs. A reader holds a pin; what is retired while pins are
 * held is given back only when every pin that existed at that moment is gone.
 */
export class Pins {
  #epoch = 0;
  readonly #held: number[] = [];
  readonly #onRelease: (() => void)[] = [];

  pin(): number {
    this.#held.push(++this.#epoch);
    return this.#epoch;
  }

  unpin(pin: number): void {
    const index = this.#held.indexOf(pin);
    if (index < 0) return;
    this.#held.splice(index, 1);
    if (index === 0) for (const reclaim of this.#onRelease) reclaim();
  }

  /** Mark to keep with something retired now. */
  get epoch(): number {
    return this.#epoch;
  }

  get isFree(): boolean {
    return this.#held.length === 0;
  }

  /** Whether nobody can see any more what was retired at `epoch`. */
  isPast(epoch: number): boolean {
    return this.#held.length === 0 || this.#held[0]! > epoch;
  }

  onRelease(reclaim: () => void): void {
    this.#onRelease.push(reclaim);
  }
}

import { type Labels, labelsKey } from '../../model/labels.ts';
import type { SeriesRef } from '../../model/storage.ts';

interface Owner {
  readonly labels: Labels;
  /** By which the series was last written. */
  ref: SeriesRef;
}

/** The series that have exemplars, by small numbers: found by ref, or by labels when a series came back under another ref. */
export class SeriesSlots {
  /** Places of the series' oldest and newest exemplar. */
  oldest = new Int32Array(256);
  newest = new Int32Array(256);
  #owners: (Owner | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #byRef = new Map<SeriesRef, number>();
  readonly #byKey = new Map<string, number>();

  get count(): number {
    return this.#byKey.size;
  }

  /** -1 when the series has none. */
  find(ref: SeriesRef, labels: Labels): number {
    const known = this.#byRef.get(ref);
    if (known !== undefined) return known;
    const slot = this.#byKey.get(labelsKey(labels));
    const owner = slot === undefined ? undefined : this.#owners[slot];
    if (slot === undefined || owner === undefined) return -1;
    this.#byRef.delete(owner.ref);
    this.#byRef.set(ref, slot);
    owner.ref = ref;
    return slot;
  }

  add(ref: SeriesRef, labels: Labels): number {
    const slot = this.#free.pop() ?? this.#owners.length;
    if (slot >= this.oldest.length) this.#grow();
    this.#owners[slot] = { labels, ref };
    this.#byRef.set(ref, slot);
    this.#byKey.set(labelsKey(labels), slot);
    return slot;
  }

  remove(slot: number): void {
    const owner = this.#owners[slot];
    if (owner === undefined) return;
    this.#byRef.delete(owner.ref);
    this.#byKey.delete(labelsKey(owner.labels));
    this.#owners[slot] = undefined;
    this.#free.push(slot);
  }

  each(visit: (slot: number, labels: Labels) => void): void {
    this.#owners.forEach((owner, slot) => {
      if (owner !== undefined) visit(slot, owner.labels);
    });
  }

  /** Empties it; returns who had which number. */
  takeAll(): readonly (Owner | undefined)[] {
    const owners = this.#owners;
    this.#owners = [];
    this.#free.length = 0;
    this.#byRef.clear();
    this.#byKey.clear();
    return owners;
  }

  #grow(): void {
    const oldest = new Int32Array(2 * this.oldest.length);
    oldest.set(this.oldest);
    this.oldest = oldest;
    const newest = new Int32Array(2 * this.newest.length);
    newest.set(this.newest);
    this.newest = newest;
  }
}

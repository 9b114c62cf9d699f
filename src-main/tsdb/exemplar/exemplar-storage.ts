import { compareLabels, getLabel, type Labels, labelsKey } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import {
  type Exemplar,
  type ExemplarOutcome,
  MAX_EXEMPLAR_LABELS_LENGTH,
  type SeriesExemplars,
  type SeriesRef,
} from '../../model/storage.ts';
import { SeriesSlots } from './series-slots.ts';

const NONE = -1;
/** U+FFFF is no character: it separates names and values in one string, which takes less than an array of strings. */
const SEPARATOR = '\uffff';
const NO_ROOM = { times: new Float64Array(0), values: new Float64Array(0), next: new Int32Array(0) };

export interface ExemplarStats {
  readonly count: number;
  readonly seriesCount: number;
  /** 0: none are kept. */
  readonly capacity: number;
  /** 0 when there is none. */
  readonly oldestTimeMs: number;
  /** Since the start, those read from the log included. */
  readonly appended: number;
  readonly outOfOrder: number;
}

/**
 * The newest exemplars of all series together, as columns in a ring: a new one takes the place of the oldest. Those of
 * one series are linked from the oldest to the newest (tsdb/exemplar.go). They outlive their series in the head.
 */
export class ExemplarStorage implements ExemplarStats {
  #capacity: number;
  #times: Float64Array = NO_ROOM.times;
  #values: Float64Array = NO_ROOM.values;
  #labels: string[] = [];
  /** Which series a place belongs to, and the next newer place of that series or NONE. */
  #owners: Int32Array = NO_ROOM.next;
  #next: Int32Array = NO_ROOM.next;
  #at = 0;
  #count = 0;
  readonly #series = new SeriesSlots();
  appended = 0;
  outOfOrder = 0;

  /** 0: nothing is kept. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get capacity(): number {
    return this.#capacity;
  }

  get count(): number {
    return this.#count;
  }

  get seriesCount(): number {
    return this.#series.count;
  }

  /** Time of the oldest one; 0 when there is none. */
  get oldestTimeMs(): number {
    if (this.#count === 0) return 0;
    return this.#times[this.#count === this.#capacity ? this.#at : 0]!;
  }

  /** What `add` would answer; `labels` are those of the series. */
  check(ref: SeriesRef, labels: Labels, exemplar: Exemplar): ExemplarOutcome {
    if (this.#capacity === 0) return 'disabled';
    if (isTooLong(exemplar.labels)) return 'labels-too-long';
    const outcome = this.#compareToNewest(this.#series.find(ref, labels), exemplar);
    if (outcome === 'out-of-order') this.outOfOrder++;
    return outcome;
  }

  #compareToNewest(slot: number, { timeMs, value, labels }: Exemplar): ExemplarOutcome {
    if (slot < 0) return 'ok';
    const newest = this.#series.newest[slot]!;
    const newestTimeMs = this.#times[newest]!;
    if (timeMs !== newestTimeMs) return timeMs < newestTimeMs ? 'out-of-order' : 'ok';
    const newestValue = this.#values[newest]!;
    const isSameValue = Object.is(value, newestValue) || value === newestValue;
    if (!isSameValue) return value < newestValue ? 'out-of-order' : 'ok';
    const order = compareLabels(labels, splitLabels(this.#labels[newest]!));
    return order === 0 ? 'duplicate' : order < 0 ? 'out-of-order' : 'ok';
  }

  add(ref: SeriesRef, labels: Labels, exemplar: Exemplar): ExemplarOutcome {
    const outcome = this.check(ref, labels, exemplar);
    if (outcome !== 'ok') return outcome;
    if (this.#times.length !== this.#capacity) this.#allocate();
    const at = this.#at;
    if (this.#count === this.#capacity) this.#evict(at);
    else this.#count++;
    this.#times[at] = exemplar.timeMs;
    this.#values[at] = exemplar.value;
    this.#labels[at] = labelsKey(exemplar.labels);
    this.#link(at, ref, labels);
    this.#at = (at + 1) % this.#capacity;
    this.appended++;
    return 'ok';
  }

  #link(at: number, ref: SeriesRef, labels: Labels): void {
    const series = this.#series;
    let slot = series.find(ref, labels);
    if (slot < 0) {
      slot = series.add(ref, labels);
      series.oldest[slot] = at;
    } else {
      this.#next[series.newest[slot]!] = at;
    }
    series.newest[slot] = at;
    this.#owners[at] = slot;
    this.#next[at] = NONE;
  }

  /** What lies at the place to be written is the oldest of its series. */
  #evict(at: number): void {
    const slot = this.#owners[at]!;
    const next = this.#next[at]!;
    if (next === NONE) this.#series.remove(slot);
    else this.#series.oldest[slot] = next;
  }

  #allocate(): void {
    const capacity = this.#capacity;
    this.#times = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
    this.#owners = new Int32Array(capacity);
    this.#next = new Int32Array(capacity);
    this.#labels = [];
  }

  /** Keeps the newest that fit. */
  resize(capacity: number): void {
    if (capacity === this.#capacity) return;
    const kept = Math.min(capacity, this.#count);
    const old = { times: this.#times, values: this.#values, labels: this.#labels, owners: this.#owners };
    const oldCapacity = this.#capacity;
    const first = oldCapacity === 0 ? 0 : (this.#at - kept + oldCapacity) % oldCapacity;
    const owners = this.#series.takeAll();
    this.#capacity = capacity;
    this.#at = 0;
    this.#count = 0;
    this.#allocate();
    for (let i = 0; i < kept; i++) {
      const from = (first + i) % oldCapacity;
      this.#times[i] = old.times[from]!;
      this.#values[i] = old.values[from]!;
      this.#labels[i] = old.labels[from]!;
      const owner = owners[old.owners[from]!]!;
      this.#link(i, owner.ref, owner.labels);
    }
    this.#count = kept;
    this.#at = capacity === 0 ? 0 : kept % capacity;
  }

  /** As `ExemplarQueryable.exemplars`. */
  select(minTimeMs: number, maxTimeMs: number, matcherSets: readonly (readonly Matcher[])[]): SeriesExemplars[] {
    const found: SeriesExemplars[] = [];
    this.#series.each((slot, labels) => {
      if (this.#times[this.#series.newest[slot]!]! < minTimeMs) return;
      if (this.#times[this.#series.oldest[slot]!]! > maxTimeMs) return;
      if (!matcherSets.some((matchers) => matchers.every((matcher) => matcher.matches(getLabel(labels, matcher.name)))))
        return;
      const exemplars = this.#ofSlot(slot, minTimeMs, maxTimeMs);
      if (exemplars.length > 0) found.push({ labels, exemplars });
    });
    return found.sort((a, b) => compareLabels(a.labels, b.labels));
  }

  #ofSlot(slot: number, minTimeMs: number, maxTimeMs: number): Exemplar[] {
    const exemplars: Exemplar[] = [];
    for (let at = this.#series.oldest[slot]!; at !== NONE; at = this.#next[at]!) {
      const timeMs = this.#times[at]!;
      if (timeMs > maxTimeMs) break;
      if (timeMs >= minTimeMs) {
        exemplars.push({ labels: splitLabels(this.#labels[at]!), value: this.#values[at]!, timeMs });
      }
    }
    return exemplars;
  }
}

function splitLabels(text: string): Labels {
  return text === '' ? [] : text.split(SEPARATOR);
}

function isTooLong(labels: Labels): boolean {
  let units = 0;
  for (const text of labels) units += text.length;
  if (units <= MAX_EXEMPLAR_LABELS_LENGTH) return false;
  let points = 0;
  for (const text of labels) for (const _ of text) points++;
  return points > MAX_EXEMPLAR_LABELS_LENGTH;
}

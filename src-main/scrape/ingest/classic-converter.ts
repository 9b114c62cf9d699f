import { parseGoFloat } from '../../exposition/number.ts';
import { histogramKey } from '../../exposition/protobuf/metric-key.ts';
import { getLabel, METRIC_NAME } from '../../model/labels.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { nativeFromClassic } from './classic-to-native.ts';
import type { ScannedExemplar } from './exemplar-intake.ts';

const FIRST_CAPACITY = 256;

/** What a slot's line is; those from BUCKET on are parts of a classic histogram. */
const UNKNOWN = 0;
const OTHER = 1;
const BUCKET = 2;
const COUNT = 3;
const SUM = 4;

const NONE = -1;

export interface ConvertedHistogram {
  /** As MetricKey: name and labels of the series, `le` left out. */
  readonly key: Uint8Array;
  /** Null: the counts contradict each other. */
  readonly histogram: NativeHistogram | null;
  readonly timeMs: number;
  readonly exemplars: ScannedExemplar[];
}

/**
 * convert_classic_histograms_to_nhcb: gathers the lines of one classic histogram, which follow each other, and hands out
 * the native one when another begins. What a line is, is kept by the slot of the series cache.
 */
export class ClassicConverter {
  #roles = new Uint8Array(FIRST_CAPACITY);
  #groups = new Int32Array(FIRST_CAPACITY);
  #uppers = new Float64Array(FIRST_CAPACITY);
  /** The keys of the groups, and where each is. */
  readonly #keys: Uint8Array[] = [];
  readonly #places = new Map<string, number>();
  #open = NONE;
  #bounds: number[] = [];
  #counts: number[] = [];
  #count: number | null = null;
  #sum = 0;
  #timeMs = Number.NaN;
  #exemplars: ScannedExemplar[] = [];

  /** Slots mean something else from now on. */
  forget(): void {
    this.#roles.fill(UNKNOWN);
    this.#keys.length = 0;
    this.#places.clear();
  }

  knows(slot: number): boolean {
    return slot < this.#roles.length && this.#roles[slot] !== UNKNOWN;
  }

  /** `labels` are flat pairs as parsed; `family` is the histogram whose TYPE is in force, '' when it is no histogram. */
  learn(slot: number, labels: readonly string[], family: string): void {
    while (slot >= this.#roles.length) this.#grow();
    const role = roleOf(labels, family);
    this.#roles[slot] = role;
    if (role === OTHER) return;
    this.#uppers[slot] = upperBoundOf(labels);
    this.#groups[slot] = this.#groupOf(family, labels);
  }

  isPart(slot: number): boolean {
    return this.#roles[slot]! >= BUCKET;
  }

  /** The key of the histogram that this part belongs to. */
  keyOf(slot: number): Uint8Array {
    return this.#keys[this.#groups[slot]!]!;
  }

  /** Whether the part belongs to the histogram under way. */
  continues(slot: number): boolean {
    return this.#groups[slot] === this.#open;
  }

  add(slot: number, value: number, timeMs: number, exemplars: readonly ScannedExemplar[]): void {
    this.#open = this.#groups[slot]!;
    this.#timeMs = timeMs;
    this.#exemplars.push(...exemplars);
    switch (this.#roles[slot]) {
      case BUCKET:
        this.#bounds.push(this.#uppers[slot]!);
        this.#counts.push(value);
        return;
      case COUNT:
        this.#count = value;
        return;
      default:
        this.#sum = value;
    }
  }

  /** The histogram that was under way; null when none was. */
  close(): ConvertedHistogram | null {
    const key = this.#keys[this.#open];
    this.#open = NONE;
    if (key === undefined) return null;
    const histogram = nativeFromClassic({
      bounds: this.#bounds,
      cumulativeCounts: this.#counts,
      count: this.#count,
      sum: this.#sum,
    });
    const exemplars = this.#exemplars;
    this.#bounds = [];
    this.#counts = [];
    this.#count = null;
    this.#sum = 0;
    this.#exemplars = [];
    return { key, histogram, timeMs: this.#timeMs, exemplars };
  }

  #groupOf(family: string, labels: readonly string[]): number {
    const own = labels.filter((_, i) => !['le', METRIC_NAME].includes(labels[i - (i % 2)] ?? ''));
    const text = [family, ...own].join('\uffff');
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    const place = this.#keys.push(histogramKey(family, own)) - 1;
    this.#places.set(text, place);
    return place;
  }

  #grow(): void {
    const capacity = 2 * this.#roles.length;
    const [roles, groups, uppers] = [this.#roles, this.#groups, this.#uppers];
    this.#roles = new Uint8Array(capacity);
    this.#groups = new Int32Array(capacity);
    this.#uppers = new Float64Array(capacity);
    this.#roles.set(roles);
    this.#groups.set(groups);
    this.#uppers.set(uppers);
  }
}

/** Whether a line with these labels is a part of the classic histogram `family`. */
export function isConvertible(labels: readonly string[], family: string): boolean {
  return roleOf(labels, family) !== OTHER;
}

function roleOf(labels: readonly string[], family: string): number {
  const name = getLabel(labels, METRIC_NAME);
  if (family === '' || !name.startsWith(family)) return OTHER;
  switch (name.slice(family.length)) {
    case '_bucket':
      return Number.isNaN(upperBoundOf(labels)) ? OTHER : BUCKET;
    case '_count':
      return COUNT;
    case '_sum':
      return SUM;
    default:
      return OTHER;
  }
}

function upperBoundOf(labels: readonly string[]): number {
  const le = parseGoFloat(getLabel(labels, 'le'));
  return typeof le === 'number' ? le : Number.NaN;
}

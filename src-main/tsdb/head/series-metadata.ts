import type { MetricMetadata } from '../../model/metadata.ts';

/** Type, unit and help by row; what many series share is kept once. */
export class SeriesMetadata {
  /** Entry + 1, 0: none. */
  #entryOfRow = new Uint32Array(0);
  readonly #entries: (MetricMetadata | undefined)[] = [];
  readonly #uses: number[] = [];
  readonly #free: number[] = [];
  readonly #byKey = new Map<string, number>();

  get(row: number): MetricMetadata | undefined {
    return row < this.#entryOfRow.length ? this.#entries[this.#entryOfRow[row]! - 1] : undefined;
  }

  set(row: number, metadata: MetricMetadata): void {
    this.delete(row);
    if (row >= this.#entryOfRow.length) {
      const larger = new Uint32Array(Math.max(1024, row + 1, 2 * this.#entryOfRow.length));
      larger.set(this.#entryOfRow);
      this.#entryOfRow = larger;
    }
    const entry = this.#byKey.get(keyOf(metadata)) ?? this.#add(metadata);
    this.#uses[entry]!++;
    this.#entryOfRow[row] = entry + 1;
  }

  #add({ type, unit, help }: MetricMetadata): number {
    const metadata = { type, unit, help };
    const entry = this.#free.pop() ?? this.#entries.length;
    this.#entries[entry] = metadata;
    this.#uses[entry] = 0;
    this.#byKey.set(keyOf(metadata), entry);
    return entry;
  }

  delete(row: number): void {
    if (row >= this.#entryOfRow.length || this.#entryOfRow[row] === 0) return;
    const entry = this.#entryOfRow[row]! - 1;
    this.#entryOfRow[row] = 0;
    if (--this.#uses[entry]! > 0) return;
    this.#byKey.delete(keyOf(this.#entries[entry]!));
    this.#entries[entry] = undefined;
    this.#free.push(entry);
  }
}

export function isSameMetadata(a: MetricMetadata | undefined, b: MetricMetadata): boolean {
  return a !== undefined && a.type === b.type && a.help === b.help && a.unit === b.unit;
}

function keyOf({ type, unit, help }: MetricMetadata): string {
  return `${type}\uffff${unit}\uffff${help}`;
}

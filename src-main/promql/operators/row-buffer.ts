import type { QueryContext } from '../query-context.ts';

/** Memory for so many points is taken at once: 9 bytes each. */
const FIRST_POINTS = 2_000_000;

/** Rows of `count` points one after the other, growing by doubling and counted against the limit of the query. */
export class RowBuffer {
  values: Float64Array;
  present: Uint8Array;
  rows = 0;
  readonly #context: QueryContext;
  readonly #count: number;

  /** `expectedRows`: how many there will be at most. */
  constructor(context: QueryContext, count: number, expectedRows: number) {
    this.#context = context;
    this.#count = count;
    const rows = Math.min(expectedRows, Math.max(1, Math.floor(FIRST_POINTS / Math.max(1, count))));
    this.values = new Float64Array(rows * count);
    this.present = new Uint8Array(rows * count);
  }

  /** Where the next row begins, with room for it. */
  next(): number {
    const at = this.rows * this.#count;
    if (at + this.#count > this.values.length) this.#grow(Math.max(1, 2 * this.rows));
    return at;
  }

  /** Keeps the row written at `next()`. Throws QueryError beyond the limit. */
  keep(): void {
    this.#context.hold(this.#count);
    this.rows++;
  }

  #grow(rows: number): void {
    const values = new Float64Array(rows * this.#count);
    const present = new Uint8Array(rows * this.#count);
    values.set(this.values);
    present.set(this.present);
    this.values = values;
    this.present = present;
  }
}

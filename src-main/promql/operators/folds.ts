/** Aggregations that look at one series after the other and keep one accumulator a group and step (engine.go). */

/** Accumulates rows into cells; a group's cells are `count` neighbours. */
export interface Fold {
  /** Adds the present points of a row to the cells from `cell` on. */
  add(cell: number, values: Float64Array, present: Uint8Array): void;
  /** Writes the results of `count` cells; their presence is `seen`. */
  finish(cell: number, count: number, values: Float64Array, at: number): void;
  /** 1 where a cell has got a value. */
  readonly seen: Uint8Array;
}

class SumFold implements Fold {
  readonly seen: Uint8Array;
  readonly #totals: Float64Array;
  readonly #lost: Float64Array;

  constructor(cells: number) {
    this.seen = new Uint8Array(cells);
    this.#totals = new Float64Array(cells);
    this.#lost = new Float64Array(cells);
  }

  add(cell: number, values: Float64Array, present: Uint8Array): void {
    const { seen } = this;
    const totals = this.#totals;
    const lost = this.#lost;
    for (let k = 0; k < present.length; k++) {
      if (present[k] === 0) continue;
      const c = cell + k;
      const value = values[k]!;
      const total = totals[c]!;
      seen[c] = 1;
      const next = total + value;
      totals[c] = next;
      if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) lost[c] = 0;
      else if (Math.abs(total) >= Math.abs(value)) lost[c]! += total - next + value;
      else lost[c]! += value - next + total;
    }
  }

  finish(cell: number, count: number, values: Float64Array, at: number): void {
    for (let k = 0; k < count; k++) values[at + k] = this.#totals[cell + k]! + this.#lost[cell + k]!;
  }
}

/** A compensated sum divided at the end; a cell whose sum would overflow goes on as an incremental mean. */
class AverageFold implements Fold {
  readonly seen: Uint8Array;
  readonly #totals: Float64Array;
  readonly #lost: Float64Array;
  readonly #counts: Float64Array;
  /** 1: `totals` holds the mean so far. */
  readonly #incremental: Uint8Array;

  constructor(cells: number) {
    this.seen = new Uint8Array(cells);
    this.#totals = new Float64Array(cells);
    this.#lost = new Float64Array(cells);
    this.#counts = new Float64Array(cells);
    this.#incremental = new Uint8Array(cells);
  }

  add(cell: number, values: Float64Array, present: Uint8Array): void {
    for (let k = 0; k < present.length; k++) if (present[k] === 1) this.#addOne(cell + k, values[k]!);
  }

  #addOne(c: number, value: number): void {
    const count = ++this.#counts[c]!;
    if (count === 1) {
      this.seen[c] = 1;
      this.#totals[c] = value;
      return;
    }
    if (this.#incremental[c] === 0) {
      if (Number.isFinite(this.#totals[c]! + value) || Number.isNaN(this.#totals[c]! + value)) {
        this.#accumulate(c, value);
        return;
      }
      this.#incremental[c] = 1;
      this.#totals[c]! /= count - 1;
      this.#lost[c]! /= count - 1;
    }
    const share = (count - 1) / count;
    this.#totals[c]! *= share;
    this.#lost[c]! *= share;
    this.#accumulate(c, value / count);
  }

  #accumulate(c: number, value: number): void {
    const total = this.#totals[c]!;
    const next = total + value;
    if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) this.#lost[c] = 0;
    else if (Math.abs(total) >= Math.abs(value)) this.#lost[c]! += total - next + value;
    else this.#lost[c]! += value - next + total;
    this.#totals[c] = next;
  }

  finish(cell: number, count: number, values: Float64Array, at: number): void {
    for (let c = cell; c < cell + count; c++) {
      const divisor = this.#incremental[c] === 1 ? 1 : this.#counts[c]!;
      values[at + c - cell] = this.#totals[c]! / divisor + this.#lost[c]! / divisor;
    }
  }
}

/** min, max: NaN only where there is nothing else. */
class ExtremeFold implements Fold {
  readonly seen: Uint8Array;
  readonly #best: Float64Array;
  readonly #sign: number;

  constructor(cells: number, sign: number) {
    this.seen = new Uint8Array(cells);
    this.#best = new Float64Array(cells).fill(Number.NaN);
    this.#sign = sign;
  }

  add(cell: number, values: Float64Array, present: Uint8Array): void {
    const { seen } = this;
    const best = this.#best;
    const sign = this.#sign;
    for (let k = 0; k < present.length; k++) {
      if (present[k] === 0) continue;
      const c = cell + k;
      const value = values[k]! * sign;
      const known = best[c]!;
      seen[c] = 1;
      if (value > known || Number.isNaN(known)) best[c] = value;
    }
  }

  finish(cell: number, count: number, values: Float64Array, at: number): void {
    for (let k = 0; k < count; k++) values[at + k] = this.#best[cell + k]! * this.#sign;
  }
}

/** count, group: only presence matters. */
class CountFold implements Fold {
  readonly seen: Uint8Array;
  readonly #counts: Float64Array;
  readonly #ones: boolean;

  constructor(cells: number, ones: boolean) {
    this.seen = new Uint8Array(cells);
    this.#counts = new Float64Array(cells);
    this.#ones = ones;
  }

  add(cell: number, _: Float64Array, present: Uint8Array): void {
    for (let k = 0; k < present.length; k++) {
      this.#counts[cell + k]! += present[k]!;
      this.seen[cell + k]! |= present[k]!;
    }
  }

  finish(cell: number, count: number, values: Float64Array, at: number): void {
    for (let k = 0; k < count; k++) values[at + k] = this.#ones ? 1 : this.#counts[cell + k]!;
  }
}

/** stddev, stdvar of the population, by Welford's recurrence. */
class VarianceFold implements Fold {
  readonly seen: Uint8Array;
  readonly #counts: Float64Array;
  readonly #means: Float64Array;
  readonly #squares: Float64Array;
  readonly #root: boolean;

  constructor(cells: number, root: boolean) {
    this.seen = new Uint8Array(cells);
    this.#counts = new Float64Array(cells);
    this.#means = new Float64Array(cells);
    this.#squares = new Float64Array(cells);
    this.#root = root;
  }

  add(cell: number, values: Float64Array, present: Uint8Array): void {
    for (let k = 0; k < present.length; k++) {
      if (present[k] === 0) continue;
      const c = cell + k;
      const value = values[k]!;
      this.seen[c] = 1;
      const count = ++this.#counts[c]!;
      const delta = value - this.#means[c]!;
      this.#means[c]! += delta / count;
      this.#squares[c]! += delta * (value - this.#means[c]!);
    }
  }

  finish(cell: number, count: number, values: Float64Array, at: number): void {
    for (let k = 0; k < count; k++) {
      const variance = this.#squares[cell + k]! / this.#counts[cell + k]!;
      values[at + k] = this.#root ? Math.sqrt(variance) : variance;
    }
  }
}

/** Aggregator -> its accumulator for so many cells. */
export const FOLDS = {
  sum: (cells: number): Fold => new SumFold(cells),
  avg: (cells: number): Fold => new AverageFold(cells),
  min: (cells: number): Fold => new ExtremeFold(cells, -1),
  max: (cells: number): Fold => new ExtremeFold(cells, 1),
  count: (cells: number): Fold => new CountFold(cells, false),
  group: (cells: number): Fold => new CountFold(cells, true),
  stddev: (cells: number): Fold => new VarianceFold(cells, true),
  stdvar: (cells: number): Fold => new VarianceFold(cells, false),
} as const;

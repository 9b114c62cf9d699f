/** Observations of the last while, as a summary tells them: quantiles of the newest, count and sum of all. */
const KEPT = 500;

export class RecentQuantiles {
  count = 0;
  sum = 0;
  readonly #newest = new Float64Array(KEPT);

  observe(value: number): void {
    this.#newest[this.count % KEPT] = value;
    this.count++;
    this.sum += value;
  }

  /** The values at these ranks (0 .. 1), NaN when nothing was observed. */
  quantiles(ranks: readonly number[]): number[] {
    const sorted = this.#newest.slice(0, Math.min(this.count, KEPT)).sort();
    return ranks.map((rank) => sorted[Math.max(0, Math.ceil(rank * sorted.length) - 1)] ?? Number.NaN);
  }
}

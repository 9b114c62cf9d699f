const PAGE_SIZE = 4096;

/** Ref -> row in pages of consecutive refs: refs are handed out in order and asked for in runs. */
export class RefMap {
  readonly #pages = new Map<number, Int32Array>();
  #lastNumber = -1;
  #lastPage: Int32Array | undefined;

  /** -1 when there is none. */
  get(ref: number): number {
    const number = Math.floor(ref / PAGE_SIZE);
    if (number !== this.#lastNumber) {
      this.#lastNumber = number;
      this.#lastPage = this.#pages.get(number);
    }
    return this.#lastPage === undefined ? -1 : this.#lastPage[ref - number * PAGE_SIZE]! - 1;
  }

  /** The rows of refs[0..length), -1 where there is none. */
  getAll(refs: Float64Array, length: number, rows: Int32Array): void {
    let base = Number.NaN;
    let page: Int32Array | undefined;
    for (let i = 0; i < length; i++) {
      const ref = refs[i]!;
      const inPage = ref - base;
      if (!(inPage >= 0 && inPage < PAGE_SIZE)) {
        base = Math.floor(ref / PAGE_SIZE) * PAGE_SIZE;
        page = this.#pages.get(base / PAGE_SIZE);
      }
      rows[i] = page === undefined ? -1 : page[ref - base]! - 1;
    }
  }

  set(ref: number, row: number): void {
    const number = Math.floor(ref / PAGE_SIZE);
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = new Int32Array(PAGE_SIZE);
      this.#pages.set(number, page);
      this.#lastNumber = -1;
    }
    page[ref - number * PAGE_SIZE] = row + 1;
  }

  delete(ref: number): void {
    const number = Math.floor(ref / PAGE_SIZE);
    const page = this.#pages.get(number);
    if (page !== undefined) page[ref - number * PAGE_SIZE] = 0;
  }

  /** Every ref that has a row. */
  refs(): number[] {
    const refs: number[] = [];
    for (const [number, page] of this.#pages) {
      for (let i = 0; i < PAGE_SIZE; i++) if (page[i] !== 0) refs.push(number * PAGE_SIZE + i);
    }
    return refs;
  }

  /** Drops every ref whose row is gone, and pages without any. */
  deleteRows(isLive: (row: number) => boolean): void {
    for (const [number, page] of this.#pages) {
      let isUsed = false;
      for (let i = 0; i < PAGE_SIZE; i++) {
        if (page[i] === 0) continue;
        if (isLive(page[i]! - 1)) isUsed = true;
        else page[i] = 0;
      }
      if (!isUsed) this.#pages.delete(number);
    }
    this.#lastNumber = -1;
  }
}

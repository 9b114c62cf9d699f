/** Every string of the head's labels once, by id. Ids of strings that no series uses any more are used again. */
export class Symbols {
  readonly #ids = new Map<string, number>();
  readonly #texts: string[] = [];
  #uses = new Uint32Array(1024);
  readonly #free: number[] = [];

  get size(): number {
    return this.#ids.size;
  }

  /** One more than the highest id. */
  get idLimit(): number {
    return this.#texts.length;
  }

  find(text: string): number | undefined {
    return this.#ids.get(text);
  }

  text(id: number): string {
    return this.#texts[id]!;
  }

  /** The id of `text`, used once more. */
  use(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) id = this.#add(text);
    this.#uses[id]!++;
    return id;
  }

  unuse(id: number): void {
    const left = --this.#uses[id]!;
    if (left > 0) return;
    this.#ids.delete(this.#texts[id]!);
    this.#texts[id] = '';
    this.#free.push(id);
  }

  #add(text: string): number {
    // A copy: what comes in may be a slice that keeps a whole response body alive.
    const own = Buffer.from(text, 'utf8').toString('utf8');
    const id = this.#free.pop() ?? this.#texts.length;
    if (id >= this.#uses.length) {
      const uses = new Uint32Array(this.#uses.length * 2);
      uses.set(this.#uses);
      this.#uses = uses;
    }
    this.#texts[id] = own;
    this.#uses[id] = 0;
    this.#ids.set(own, id);
    return id;
  }
}

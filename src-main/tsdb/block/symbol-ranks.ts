import type { Block } from './block.ts';

/** The symbols of several blocks as one sorted list, and every block's own symbols as places in it. */
export class SymbolRanks {
  readonly symbols: readonly string[];
  readonly #ranks: Map<string, number>;
  readonly #blocks: readonly Block[];
  /** Per block: symbol -> rank, filled as it is asked for. */
  readonly #known: Map<number, number>[];

  constructor(blocks: readonly Block[], compare: (a: string, b: string) => number) {
    const all = new Set<string>();
    for (const block of blocks) for (const text of block.index.symbols.texts()) all.add(text);
    this.symbols = [...all].sort(compare);
    this.#ranks = new Map(this.symbols.map((text, rank) => [text, rank]));
    this.#blocks = blocks;
    this.#known = blocks.map(() => new Map());
  }

  /** A new array. */
  ofLabels(block: number, symbols: Uint32Array): Uint32Array {
    const known = this.#known[block]!;
    const table = this.#blocks[block]!.index.symbols;
    return symbols.map((symbol) => {
      let rank = known.get(symbol);
      if (rank === undefined) {
        rank = this.#ranks.get(table.text(symbol))!;
        known.set(symbol, rank);
      }
      return rank;
    });
  }
}

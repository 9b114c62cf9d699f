import UFuzzy from '@leeoniya/ufuzzy';

const fuzzy = new UFuzzy({ intraMode: 1 });

/** The items whose text matches, best first; all of them, in their order, for an empty search. */
export function rank<T>(items: readonly T[], search: string, textOf: (item: T) => string): readonly T[] {
  const needle = search.trim();
  if (needle === '') return items;
  const texts = items.map(textOf);
  const [indexes, info, order] = fuzzy.search(texts, needle, 1, 1000);
  if (indexes === null) return [];
  const best = order === null || info === null ? indexes : order.map((at) => info.idx[at] ?? -1);
  return best.flatMap((at) => items[at] ?? []);
}

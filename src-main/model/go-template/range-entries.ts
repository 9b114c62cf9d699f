import { compareStrings } from '../labels.ts';
import { GoMap, type GoValue, itemsOf, NO_VALUE } from './value.ts';

/** What `range` goes over, as key and element; null for what cannot be gone over. Maps go by their keys' order. */
export function rangeEntries(value: GoValue, most: number): readonly (readonly [GoValue, GoValue])[] | null {
  const items = itemsOf(value);
  if (items !== null) return items.map((item, i) => [BigInt(i), item]);
  if (value instanceof GoMap) return [...value.entries].sort(([a], [b]) => compareStrings(a, b));
  if (typeof value === 'bigint' && value < BigInt(most)) {
    return Array.from({ length: Math.max(0, Number(value)) }, (_, i) => [BigInt(i), BigInt(i)]);
  }
  return value === null || value === NO_VALUE ? [] : null;
}

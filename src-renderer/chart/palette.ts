import type { LabelRecord } from '../../shared/labels.ts';
import { labelKey } from '../format/labels.ts';

/**
 * Twenty colours for lines, in pairs for light and dark, found by simulated annealing for the worst case over normal,
 * protan, deutan and tritan vision (CIEDE2000 of the first eight: at least 14.6) with a contrast of at least 3:1.
 */
const LIGHT = [
  '#086ea2',
  '#e2446c',
  '#1fa090',
  '#a98d08',
  '#40039f',
  '#01483a',
  '#aa69fe',
  '#5d3705',
  '#ad550c',
  '#5c7c46',
  '#6d5577',
  '#9584af',
  '#5c41e3',
  '#990355',
  '#0a7861',
  '#93585c',
  '#028394',
  '#384c79',
  '#5b5732',
  '#6675c6',
] as const;
const DARK = [
  '#47acfd',
  '#fe538d',
  '#60fecc',
  '#f6d815',
  '#7456f9',
  '#2c8c78',
  '#e3d6fe',
  '#987333',
  '#ee930b',
  '#bacd8a',
  '#ba9bb9',
  '#856da7',
  '#b4bee4',
  '#b15c71',
  '#71a594',
  '#ffa3b4',
  '#069ec5',
  '#8080fd',
  '#b5a166',
  '#5681cd',
] as const;

export const PALETTE_SIZE = LIGHT.length;
export type Scheme = 'light' | 'dark';

export interface LineStyle {
  readonly color: string;
  /** Empty: solid. No palette tells twenty hues apart for everybody, so the later ones are dashed too. */
  readonly dash: readonly number[];
}

/** The style of a slot; slots past the palette repeat its colours with another dash. */
export function lineStyle(slot: number, scheme: Scheme): LineStyle {
  const at = slot % PALETTE_SIZE;
  const round = Math.floor(slot / PALETTE_SIZE);
  const color = (scheme === 'light' ? LIGHT : DARK)[at] ?? LIGHT[0];
  return { color, dash: DASHES[(dashOf(at) + round) % DASHES.length] ?? [] };
}

const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3]];

function dashOf(at: number): number {
  if (at < 8) return 0;
  return at < 16 ? 1 : 2;
}

/**
 * A slot for every series: the one that its labels hash to, so that a series keeps its colour from one result to the
 * next, or the next free one. Few series stay within the first eight slots, the ones that everybody can tell apart; a
 * series alone is always slot 0.
 */
export function assignSlots(series: readonly LabelRecord[]): readonly number[] {
  if (series.length === 1) return [0];
  const size = series.length <= 8 ? 8 : PALETTE_SIZE * Math.ceil(series.length / PALETTE_SIZE);
  const taken = new Uint8Array(size);
  const slots = new Array<number>(series.length).fill(0);
  // In order of their keys, so that who gives way does not depend on the order of the result.
  const order = series.map((labels, at) => ({ at, key: labelKey(labels) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { at, key } of order) {
    let slot = hash(key) % size;
    while (taken[slot] === 1) slot = (slot + 1) % size;
    taken[slot] = 1;
    slots[at] = slot;
  }
  return slots;
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

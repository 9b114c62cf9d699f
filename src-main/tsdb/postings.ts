/** Sets of ids as ascending Uint32Arrays without repeats. Results may be one of the arguments: treat all as read-only. */

export const NO_POSTINGS = new Uint32Array(0);

export function intersect(a: Uint32Array, b: Uint32Array): Uint32Array {
  if (a.length > b.length) return intersect(b, a);
  if (a.length === 0) return NO_POSTINGS;
  if (a.length * 16 < b.length) return intersectSparse(a, b);
  const out = new Uint32Array(a.length);
  let n = 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = a[i]!;
    const y = b[j]!;
    out[n] = x;
    n += x === y ? 1 : 0;
    i += x <= y ? 1 : 0;
    j += y <= x ? 1 : 0;
  }
  return out.subarray(0, n);
}

function intersectSparse(few: Uint32Array, many: Uint32Array): Uint32Array {
  const out = new Uint32Array(few.length);
  let n = 0;
  let from = 0;
  for (const id of few) {
    from = lowerBound(many, id, from);
    if (from === many.length) break;
    if (many[from] === id) out[n++] = id;
  }
  return out.subarray(0, n);
}

/** The first index >= `from` whose id is not below `id`, by doubling steps. */
function lowerBound(ids: Uint32Array, id: number, from: number): number {
  let step = 1;
  let low = from;
  while (low + step < ids.length && ids[low + step]! < id) {
    low += step;
    step *= 2;
  }
  let high = Math.min(ids.length, low + step + 1);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `a` without the ids of `b`. */
export function subtract(a: Uint32Array, b: Uint32Array): Uint32Array {
  if (a.length === 0 || b.length === 0) return a;
  const out = new Uint32Array(a.length);
  let n = 0;
  let j = 0;
  for (const id of a) {
    if (j < b.length && b[j]! < id) j = lowerBound(b, id, j);
    if (j === b.length || b[j] !== id) out[n++] = id;
  }
  return out.subarray(0, n);
}

export function union(lists: readonly Uint32Array[]): Uint32Array {
  if (lists.length === 0) return NO_POSTINGS;
  if (lists.length === 1) return lists[0]!;
  if (lists.length === 2) return mergeTwo(lists[0]!, lists[1]!);
  return unionByBits(lists);
}

function mergeTwo(a: Uint32Array, b: Uint32Array): Uint32Array {
  const out = new Uint32Array(a.length + b.length);
  let n = 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = a[i]!;
    const y = b[j]!;
    out[n++] = Math.min(x, y);
    i += x <= y ? 1 : 0;
    j += y <= x ? 1 : 0;
  }
  while (i < a.length) out[n++] = a[i++]!;
  while (j < b.length) out[n++] = b[j++]!;
  return out.subarray(0, n);
}

function unionByBits(lists: readonly Uint32Array[]): Uint32Array {
  let lowest = 0xffffffff;
  let highest = 0;
  let total = 0;
  for (const list of lists) {
    if (list.length === 0) continue;
    lowest = Math.min(lowest, list[0]!);
    highest = Math.max(highest, list[list.length - 1]!);
    total += list.length;
  }
  if (total === 0) return NO_POSTINGS;
  const base = lowest & ~31;
  const words = new Uint32Array(Math.floor((highest - (base >>> 0)) / 32) + 1);
  for (const list of lists) {
    for (const id of list) {
      const bit = id - (base >>> 0);
      words[bit >>> 5]! |= 1 << (bit & 31);
    }
  }
  const out = new Uint32Array(total);
  let n = 0;
  for (let w = 0; w < words.length; w++) {
    let word = words[w]!;
    while (word !== 0) {
      const lowBit = word & -word;
      out[n++] = (base >>> 0) + w * 32 + 31 - Math.clz32(lowBit);
      word ^= lowBit;
    }
  }
  return out.subarray(0, n);
}

/** Which blocks to make one of (tsdb/compact.go, plan). */
import { type BlockMeta, inOrderMaxTime, isFromOutOfOrder } from './block/meta.ts';

const LEVEL_FACTOR = 3;
/** Share of series with tombstones from which a block is written anew. */
const MANY_TOMBSTONES = 0.05;

/** Durations of blocks, level by level: each three times the one before, none above `maxMs`. */
export function levelRanges(minMs: number, maxMs: number): number[] {
  const ranges: number[] = [minMs];
  for (let next = minMs * LEVEL_FACTOR; next <= maxMs && ranges.length < 10; next *= LEVEL_FACTOR) ranges.push(next);
  return ranges;
}

/** The blocks to compact next, oldest first; empty when there is nothing to do. Failed ones are left alone. */
export function planCompaction(metas: readonly BlockMeta[], ranges: readonly number[]): BlockMeta[] {
  const sorted = withoutForerunners(metas).sort((a, b) => a.minTime - b.minTime);
  const overlapping = firstOverlap(sorted);
  if (overlapping.length > 0) return isAllowed(overlapping) ? overlapping : [];
  const settled = sorted.slice(0, -1); // the newest block may still get neighbours
  const group = firstFullRange(settled, ranges);
  return group.length > 0 ? group : manyTombstones(settled, ranges);
}

/**
 * Leaves out blocks of samples out of order that reach beyond what was cut in order: made one with blocks that did come
 * in order, they would say that the head begins later than it does.
 */
function withoutForerunners(metas: readonly BlockMeta[]): BlockMeta[] {
  const beginMs = inOrderMaxTime(metas);
  return metas.filter((meta) => !isFromOutOfOrder(meta) || meta.maxTime <= beginMs);
}

function isAllowed(group: readonly BlockMeta[]): boolean {
  return group.every((meta) => meta.compaction.failed !== true);
}

function firstOverlap(sorted: readonly BlockMeta[]): BlockMeta[] {
  const group: BlockMeta[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const [i, meta] of sorted.entries()) {
    if (meta.minTime < end) {
      if (group.length === 0) group.push(sorted[i - 1]!);
      group.push(meta);
    } else if (group.length > 0) {
      break;
    }
    end = Math.max(end, meta.maxTime);
  }
  return group;
}

function firstFullRange(sorted: readonly BlockMeta[], ranges: readonly number[]): BlockMeta[] {
  const newest = sorted.at(-1);
  if (newest === undefined) return [];
  for (const range of ranges.slice(1)) {
    for (const group of splitByRange(sorted, range)) {
      const span = group.at(-1)!.maxTime - group[0]!.minTime;
      const isComplete = span === range || group.at(-1)!.maxTime <= newest.minTime;
      if (group.length > 1 && isComplete && isAllowed(group)) return group;
    }
  }
  return [];
}

/** Blocks by the aligned range they lie within; those that lie in none are left out. */
function splitByRange(sorted: readonly BlockMeta[], range: number): BlockMeta[][] {
  const groups: BlockMeta[][] = [];
  let start = Number.NaN;
  for (const meta of sorted) {
    const begin = Math.floor(meta.minTime / range) * range;
    if (meta.maxTime > begin + range) continue;
    if (begin === start) groups.at(-1)!.push(meta);
    else groups.push([meta]);
    start = begin;
  }
  return groups;
}

function manyTombstones(sorted: readonly BlockMeta[], ranges: readonly number[]): BlockMeta[] {
  const shortest = ranges[Math.floor(ranges.length / 2)] ?? 0;
  for (const meta of [...sorted].reverse()) {
    if (meta.maxTime - meta.minTime < shortest) break;
    const share = (meta.stats.numTombstones ?? 0) / (meta.stats.numSeries + 1);
    if (share > MANY_TOMBSTONES && isAllowed([meta])) return [meta];
  }
  return [];
}

/** What the index of a block is made of (cmd/promtool/tsdb.go, analyzeBlock). */
import type { Matcher } from '../../model/matcher.ts';
import { isOfFloats, sampleCountOf } from '../chunk/decode-chunk.ts';
import { matchPostings } from '../matching.ts';
import type { Block } from './block.ts';
import { locateBlockChunk } from './block-querier.ts';
import { SeriesEntries } from './series-entries.ts';

const METRIC_NAME = '__name__';

/** `key` is a label name, a value, or `name=value`. */
export interface Weight {
  readonly key: string;
  readonly weight: number;
}

/** Lists are complete, heaviest first. */
export interface BlockAnalysis {
  readonly matchedSeries: number;
  readonly labelNames: number;
  readonly labelPairs: number;
  /** Pairs counted once for every series that has them. */
  readonly labelEntries: number;
  /** By how many block durations the series of a pair together fall short of lasting the whole block. */
  readonly churnOfPairs: readonly Weight[];
  readonly churnOfNames: readonly Weight[];
  readonly seriesOfPairs: readonly Weight[];
  readonly valueBytesOfNames: readonly Weight[];
  readonly valuesOfNames: readonly Weight[];
  readonly seriesOfMetrics: readonly Weight[];
}

export interface ChunkFigures {
  readonly kind: 'float' | 'histogram';
  readonly samples: number;
  readonly bytes: number;
}

interface PairFigures {
  series: number;
  uncoveredMs: number;
}

/** Reads the whole index; throws CorruptionError. */
export function analyzeBlock(block: Block, matchers: readonly Matcher[]): BlockAnalysis {
  const { minTime, maxTime } = block.meta;
  const durationMs = maxTime - minTime;
  const byName = new Map<number, Map<number, PairFigures>>();
  let matchedSeries = 0;
  let labelEntries = 0;
  eachSeries(block, matchers, (entries) => {
    matchedSeries++;
    const uncoveredMs = durationMs - coveredMs(entries);
    const symbols = entries.labels(0);
    for (let i = 0; i < symbols.length; i += 2) {
      const values = valuesOf(byName, symbols[i]!);
      const figures = values.get(symbols[i + 1]!) ?? { series: 0, uncoveredMs: 0 };
      figures.series++;
      figures.uncoveredMs += uncoveredMs;
      values.set(symbols[i + 1]!, figures);
      labelEntries++;
    }
  });
  return { matchedSeries, labelEntries, ...weigh(block, byName, durationMs) };
}

function valuesOf(byName: Map<number, Map<number, PairFigures>>, name: number): Map<number, PairFigures> {
  let values = byName.get(name);
  if (values === undefined) {
    values = new Map();
    byName.set(name, values);
  }
  return values;
}

function weigh(
  block: Block,
  byName: ReadonlyMap<number, ReadonlyMap<number, PairFigures>>,
  durationMs: number,
): Omit<BlockAnalysis, 'matchedSeries' | 'labelEntries'> {
  const { symbols } = block.index;
  const churnOfPairs: Weight[] = [];
  const churnOfNames: Weight[] = [];
  const seriesOfPairs: Weight[] = [];
  const valueBytesOfNames: Weight[] = [];
  const valuesOfNames: Weight[] = [];
  const seriesOfMetrics: Weight[] = [];
  for (const [nameSymbol, values] of byName) {
    const name = symbols.text(nameSymbol);
    let uncoveredMs = 0;
    let bytes = 0;
    for (const [valueSymbol, figures] of values) {
      const value = symbols.text(valueSymbol);
      const key = `${name}=${value}`;
      uncoveredMs += figures.uncoveredMs;
      bytes += Buffer.byteLength(value);
      churnOfPairs.push({ key, weight: Math.floor(figures.uncoveredMs / durationMs) });
      seriesOfPairs.push({ key, weight: figures.series });
      if (name === METRIC_NAME) seriesOfMetrics.push({ key: value, weight: figures.series });
    }
    churnOfNames.push({ key: name, weight: Math.floor(uncoveredMs / durationMs) });
    valueBytesOfNames.push({ key: name, weight: bytes });
    valuesOfNames.push({ key: name, weight: values.size });
  }
  return {
    labelNames: byName.size,
    labelPairs: churnOfPairs.length,
    churnOfPairs: heaviestFirst(churnOfPairs),
    churnOfNames: heaviestFirst(churnOfNames),
    seriesOfPairs: heaviestFirst(seriesOfPairs),
    valueBytesOfNames: heaviestFirst(valueBytesOfNames),
    valuesOfNames: heaviestFirst(valuesOfNames),
    seriesOfMetrics: heaviestFirst(seriesOfMetrics),
  };
}

function heaviestFirst(weights: Weight[]): Weight[] {
  return weights.sort((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1));
}

function coveredMs(entries: SeriesEntries): number {
  const end = entries.firstChunk(1);
  return end === 0 ? 0 : entries.chunkMaxTimes[end - 1]! - entries.chunkMinTimes[0]!;
}

/** Hands out the series one by one, as the only entry of what is valid during the call. */
function eachSeries(block: Block, matchers: readonly Matcher[], onSeries: (entry: SeriesEntries) => void): void {
  const entries = new SeriesEntries(block.index);
  for (const id of matchPostings(block.index, matchers)) {
    entries.clear();
    entries.add(id, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    if (entries.length > 0) onSeries(entries);
  }
}

/** Every chunk of the block's matching series; throws CorruptionError. */
export function measureChunks(block: Block, matchers: readonly Matcher[]): ChunkFigures[] {
  const figures: ChunkFigures[] = [];
  eachSeries(block, matchers, (entries) => {
    for (let c = 0; c < entries.firstChunk(1); c++) {
      const { bytes, start, end, encoding } = locateBlockChunk(
        block,
        entries.chunkSegments[c]!,
        entries.chunkOffsets[c]!,
      );
      const kind = isOfFloats(encoding) ? 'float' : 'histogram';
      figures.push({ kind, samples: sampleCountOf(encoding, bytes, start), bytes: end - start });
    }
  });
  return figures;
}

/** `tsdb analyze` (cmd/promtool/tsdb.go, analyzeBlock). */
import type { Matcher } from '../model/matcher.ts';
import { analyzeBlock, type ChunkFigures, measureChunks, type Weight } from '../tsdb/block/analyze-block.ts';
import type { Block } from '../tsdb/block/block.ts';
import { formatDuration } from './units.ts';

export interface AnalysisOptions {
  readonly limit: number;
  readonly extended: boolean;
  /** As it was given, '' for none. */
  readonly selector: string;
  readonly matchers: readonly Matcher[];
}

export function printAnalysis(block: Block, options: AnalysisOptions): string {
  const { meta } = block;
  const analysis = analyzeBlock(block, options.matchers);
  const isSelective = options.selector !== '';
  const heaviest = (title: string, weights: readonly Weight[]) =>
    `\n${title}:\n${weights
      .slice(0, Math.max(0, options.limit))
      .map(({ key, weight }) => `${weight} ${key}\n`)
      .join('')}`;
  return [
    `Block ID: ${meta.ulid}\n`,
    `Duration: ${formatDuration(meta.maxTime - meta.minTime)}\n`,
    `Total Series: ${meta.stats.numSeries}\n`,
    isSelective ? `Matcher: ${options.selector}\n` : '',
    `Label names: ${analysis.labelNames}\n`,
    isSelective ? `Matched series: ${analysis.matchedSeries}\n` : '',
    `Postings (unique label pairs): ${analysis.labelPairs}\n`,
    `Postings entries (total label pairs): ${analysis.labelEntries}\n`,
    heaviest('Label pairs most involved in churning', analysis.churnOfPairs),
    heaviest('Label names most involved in churning', analysis.churnOfNames),
    heaviest('Most common label pairs', analysis.seriesOfPairs),
    heaviest('Label names with highest cumulative label value length', analysis.valueBytesOfNames),
    heaviest('Highest cardinality labels', analysis.valuesOfNames),
    heaviest('Highest cardinality metric names', analysis.seriesOfMetrics),
    options.extended ? printChunks(measureChunks(block, options.matchers)) : '',
  ].join('');
}

function printChunks(chunks: readonly ChunkFigures[]): string {
  const floats = chunks.filter(({ kind }) => kind === 'float');
  const histograms = chunks.filter(({ kind }) => kind === 'histogram');
  const section = (title: string, values: readonly number[]) => distribution(title, values, chunks.length);
  return [
    '\nCompaction analysis:\n\n',
    section(
      'samples per float chunk',
      floats.map(({ samples }) => samples),
    ),
    section(
      'bytes per float chunk',
      floats.map(({ bytes }) => bytes),
    ),
    section(
      'samples per histogram chunk',
      histograms.map(({ samples }) => samples),
    ),
    section(
      'bytes per histogram chunk',
      histograms.map(({ bytes }) => bytes),
    ),
  ].join('');
}

/** Least, mean, greatest, and how many of `total` lie in each of about ten equal steps. */
function distribution(title: string, values: readonly number[], total: number): string {
  if (values.length === 0) return `${title}: N/A\n\n`;
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  let sum = 0;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  const step = stepOf(min, max);
  const start = min - (min % step);
  const end = max - (max % step) + step;
  const counts = new Array<number>((end - start) / step + 1).fill(0);
  for (const value of values) {
    const i = Math.floor((value - start) / step);
    counts[i] = (counts[i] ?? 0) + 1;
  }
  const countWidth = String(Math.max(...counts)).length;
  const lines = counts.map((count, i) => {
    const from = String(start + i * step + 1).padStart(String(end).length);
    const to = String(start + (i + 1) * step).padStart(String(end + step).length);
    return `[${from}, ${to}]: ${String(count).padStart(countWidth)} ${'#'.repeat(Math.floor((100 * count) / total))}\n`;
  });
  return `${title} (min/avg/max): ${min}/${Math.floor(sum / values.length)}/${max}\n${lines.join('')}\n`;
}

function stepOf(min: number, max: number): number {
  let step = 10;
  while (step < Math.floor((max - min) / 10) && step <= 10_000) step *= 10;
  return step;
}

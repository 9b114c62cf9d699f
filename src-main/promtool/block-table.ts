import type { BlockMeta } from '../tsdb/block/meta.ts';
import { formatBase2Bytes, formatDuration, formatTime } from './units.ts';

const HEADER = ['BLOCK ULID', 'MIN TIME', 'MAX TIME', 'DURATION', 'NUM SAMPLES', 'NUM CHUNKS', 'NUM SERIES', 'SIZE'];
const MIN_CELL = 13;
const PADDING = 2;

export interface ListedBlock {
  readonly meta: BlockMeta;
  readonly sizeBytes: number;
}

/** Blocks as promtool lists them, a line each. */
export function blockTable(
  blocks: readonly ListedBlock[],
  { header, humanReadable }: { readonly header: boolean; readonly humanReadable: boolean },
): string {
  const time = (ms: number) => (humanReadable ? formatTime(ms) : String(ms));
  const rows = blocks.map(({ meta, sizeBytes }) => [
    meta.ulid,
    time(meta.minTime),
    time(meta.maxTime),
    formatDuration(meta.maxTime - meta.minTime),
    String(meta.stats.numSamples),
    String(meta.stats.numChunks),
    String(meta.stats.numSeries),
    humanReadable ? formatBase2Bytes(sizeBytes) : String(sizeBytes),
  ]);
  return aligned(header ? [HEADER, ...rows] : rows);
}

/** Go's text/tabwriter with a least width of 13 and a padding of 2; the last column is not padded. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = HEADER.map((_, column) =>
    Math.max(MIN_CELL, ...rows.map((row) => (row[column] ?? '').length + PADDING)),
  );
  return rows
    .map((row) => {
      const cells = row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)));
      return `${cells.join('')}\n`;
    })
    .join('');
}

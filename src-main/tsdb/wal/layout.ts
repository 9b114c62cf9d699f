/** Names and sizes of the write-ahead log (tsdb/wlog); the bytes are drawn in tsdb/README.md. */
import fs from 'node:fs';
import path from 'node:path';

export const PAGE_BYTES = 32_768;
export const HEADER_BYTES = 7;
export const SEGMENT_BYTES = 128 * 1024 * 1024;

export const FRAGMENT_FULL = 1;
export const FRAGMENT_FIRST = 2;
export const FRAGMENT_MIDDLE = 3;
export const FRAGMENT_LAST = 4;
export const FLAG_SNAPPY = 8;
export const FLAG_ZSTD = 16;

export interface Segment {
  readonly number: number;
  readonly file: string;
}

export function segmentFile(dir: string, number: number): string {
  return path.join(dir, String(number).padStart(8, '0'));
}

/** Ascending; anything that is not named like a segment is ignored. */
export function listSegments(dir: string): Segment[] {
  if (!fs.existsSync(dir)) return [];
  return fs
    .readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^\d+$/.test(entry.name))
    .map((entry) => ({ number: Number(entry.name), file: path.join(dir, entry.name) }))
    .sort((a, b) => a.number - b.number);
}

/** `number`: the last segment that the checkpoint replaces. Ascending, unfinished ones left out. */
export function listCheckpoints(walDir: string): { readonly number: number; readonly dir: string }[] {
  if (!fs.existsSync(walDir)) return [];
  return fs
    .readdirSync(walDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^checkpoint\.\d+$/.test(entry.name))
    .map((entry) => ({ number: Number(entry.name.slice('checkpoint.'.length)), dir: path.join(walDir, entry.name) }))
    .sort((a, b) => a.number - b.number);
}

export function checkpointDir(walDir: string, number: number): string {
  return path.join(walDir, `checkpoint.${String(number).padStart(8, '0')}`);
}

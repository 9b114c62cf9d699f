import fs from 'node:fs';
import path from 'node:path';
import { syncDirectory } from '../block/output-file.ts';
import type { Segment } from './layout.ts';
import { RecordLog } from './record-log.ts';
import { scanSegment } from './segment-scan.ts';

/**
 * Writes a damaged segment anew with the records of it that are intact, so that it, and what follows it, can be read by
 * any reader that stops at the first damage. `bad` says where records begin that are whole but make no sense.
 */
export async function rewriteSegment(walDir: string, segment: Segment, bad: ReadonlySet<number>): Promise<void> {
  const dir = path.join(walDir, 'repair.tmp');
  fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(dir);
  const log = new RecordLog(dir, Number.MAX_SAFE_INTEGER);
  try {
    scanSegment(segment.file, (record, offset) => {
      if (!bad.has(offset)) log.log(record);
    });
  } finally {
    await log.close();
  }
  fs.renameSync(path.join(dir, '00000000'), segment.file);
  fs.rmSync(dir, { recursive: true, force: true });
  syncDirectory(path.dirname(segment.file));
}

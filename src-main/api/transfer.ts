import type { ServerFrame } from '../../shared/contract.ts';
import { takeColumns } from '../../shared/page-frame.ts';

/** The memory of a reply's columns, to be handed over instead of copied; columns that share memory stay. */
export function transferable(frame: ServerFrame): ArrayBuffer[] {
  if (frame.kind !== 'reply') return [];
  const buffers = new Set<ArrayBuffer>();
  for (const { buffer, byteLength } of takeColumns(frame.reply).columns) {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffers.add(buffer);
  }
  return [...buffers];
}

/** Texts that a receiver takes only so long of (notify/util.go). */
const MARK = '…';

/** By characters, the last one a mark; up to three are cut without it. */
export function truncateRunes(text: string, limit: number): string {
  const runes = [...text];
  if (runes.length <= limit) return text;
  return limit <= 3 ? runes.slice(0, limit).join('') : `${runes.slice(0, limit - 1).join('')}${MARK}`;
}

/** By bytes of UTF-8, no character cut in two; the mark has three bytes, and dots stand in where it does not fit. */
export function truncateBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  if (limit < Buffer.byteLength(MARK)) return '.'.repeat(limit);
  let end = limit - Buffer.byteLength(MARK);
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString() + MARK;
}

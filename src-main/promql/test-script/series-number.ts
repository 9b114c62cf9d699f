/** Numbers of series notation, and the refusal all its parts share. */

/** A line that is not series notation. */
export class SeriesLineError extends Error {
  override readonly name = 'SeriesLineError';
}

/** What one `NxM` may expand to. */
export const MAX_REPEATS = 1_000_000;

/** A decimal number, `Inf` or `NaN` in any case, with an optional sign. */
export function parseNumber(text: string): number {
  const lower = text.toLowerCase().replace(/^\+/, '');
  if (lower === 'nan' || lower === '-nan') return Number.NaN;
  return Number(lower.replace('inf', 'Infinity'));
}

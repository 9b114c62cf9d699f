/** Number literals as Prometheus reads them: decimal, hexadecimal, a leading 0 for octal, `_` between digits, Inf, NaN. */
import { parseDuration } from './duration.ts';
import type { Token } from './lexer.ts';

/** The value of a number or duration token (durations count in seconds), or why it has none. */
export function numberValue(
  token: Pick<Token, 'kind' | 'text'>,
): { readonly value: number } | { readonly message: string } {
  if (token.kind === 'duration') {
    const duration = parseDuration(token.text);
    return 'ms' in duration ? { value: duration.ms / 1000 } : duration;
  }
  const text = token.text.replaceAll('_', '').toLowerCase();
  if (text === 'inf') return { value: Number.POSITIVE_INFINITY };
  if (text === 'nan') return { value: Number.NaN };
  if (/^0[0-7]+$/.test(text)) return { value: Number.parseInt(text, 8) };
  return { value: Number(text) };
}

/** Whether a literal was written as a duration (`5m`): it is printed as one again. */
export function isDurationText(text: string): boolean {
  return /\d(?:ms|[smhdwy])$/.test(text) && !/0[xX]/.test(text);
}

import { NEWLINE } from './ascii.ts';

/** Refusal of an exposition: the reason in Prometheus's words, and the line (from 1) where it went wrong. */
export class ExpositionError extends Error {
  override readonly name = 'ExpositionError';
  readonly line: number;
  readonly reason: string;

  constructor(reason: string, line: number) {
    super(line > 0 ? `${reason} (line ${line})` : reason);
    this.line = line;
    this.reason = reason;
  }
}

/** How much of an offending line an error repeats. */
const MAX_QUOTED_BYTES = 200;

export function lineAt(body: Uint8Array, pos: number): number {
  let line = 1;
  for (let i = 0; i < pos; i++) if (body[i] === NEWLINE) line++;
  return line;
}

/** `expected X, got "y" ("INVALID") while parsing: "..."`, for the byte at `pos` of the entry that starts at `start`. */
export function unexpected(body: Uint8Array, start: number, pos: number, expectation: string): ExpositionError {
  const got = quoteBytes(body, pos, pos + 1);
  return refusal(
    body,
    pos,
    `${expectation}, got ${got} ("INVALID") while parsing: ${quoteBytes(body, start, pos + 1)}`,
  );
}

export function refusal(body: Uint8Array, pos: number, reason: string): ExpositionError {
  return new ExpositionError(reason, lineAt(body, pos));
}

/** Bytes as Go's %q prints them, cut at MAX_QUOTED_BYTES. */
export function quoteBytes(body: Uint8Array, start: number, end: number): string {
  const shown = body.subarray(start, Math.min(end, start + MAX_QUOTED_BYTES));
  try {
    return JSON.stringify(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(shown));
  } catch {
    return JSON.stringify(Buffer.from(shown).toString('latin1')).replaceAll(
      /[\u0080-\u00ff]/g,
      (c) => `\\x${c.charCodeAt(0).toString(16)}`,
    );
  }
}

/** Refusal of a configuration file: where and why. `line` and `column` count from 1; 0 when the file as a whole is meant. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly reason: string;

  constructor(place: { readonly file: string; readonly line: number; readonly column: number }, reason: string) {
    super(`${place.file}:${place.line}:${place.column}: ${reason}`);
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
    this.reason = reason;
  }
}

/** What an unknown thrown value says. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import { RE2JS, RE2JSSyntaxException } from 're2js';

/** Refusal of a regular expression; the message is RE2's, as Go prints it. */
export class RegexError extends Error {
  override readonly name = 'RegexError';
}

/** A compiled RE2 expression. */
export interface Regex {
  readonly source: string;
  matches(value: string): boolean;
  /** Submatches by number, then by name; null when the value does not match. */
  submatches(
    value: string,
  ): { readonly groups: readonly string[]; readonly named: Readonly<Record<string, string>> } | null;
  /** When the expression is a plain alternation of literals: exactly those; else null. */
  readonly literals: readonly string[] | null;
}

/** Compiles `^(?s:source)$`: how every matcher and relabelling expression of Prometheus is meant. Throws RegexError. */
export function compileAnchored(source: string): Regex {
  const compiled = compile(`^(?s:${source})$`, source);
  return {
    source,
    literals: null,
    matches: (value) => compiled.matcher(value).find(),
    submatches: (value) => {
      const matcher = compiled.matcher(value);
      if (!matcher.find()) return null;
      const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '');
      const named = Object.fromEntries(
        Object.entries(compiled.namedGroups()).map(([name, i]) => [name, groups[Number(i)] ?? '']),
      );
      return { groups, named };
    },
  };
}

function compile(pattern: string, source: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) throw new RegexError(`${error.message} (in ${JSON.stringify(source)})`);
    throw error;
  }
}

/** Regular expressions of matchers are RE2 and match the whole value, newlines included. */
import { RE2JS, RE2JSException } from 're2js';
import type { LabelMatcher } from './ast.ts';

/** What is wrong with the expression, as Go says it; null when it compiles. */
export function regexError(source: string): string | null {
  try {
    RE2JS.compile(source);
    return null;
  } catch (error) {
    if (error instanceof RE2JSException) return error.message;
    throw error;
  }
}

/** Whether a series without the label is selected by this matcher alone. */
export function matchesEmpty({ type, value }: Pick<LabelMatcher, 'type' | 'value'>): boolean {
  switch (type) {
    case '=':
      return value === '';
    case '!=':
      return value !== '';
    case '=~':
      return regexMatchesEmpty(value);
    case '!~':
      return !regexMatchesEmpty(value);
  }
}

function regexMatchesEmpty(source: string): boolean {
  return regexError(source) === null && RE2JS.compile(`^(?s:${source})$`).matcher('').find();
}

import type { MatchType } from '../../shared/promql/ast.ts';
import { compileAnchored, type Regex } from './regex.ts';

/** One label matcher of a selector, its expression compiled once. Throws RegexError for a bad expression. */
export class Matcher {
  readonly name: string;
  readonly type: MatchType;
  readonly value: string;
  readonly regex: Regex | null;

  constructor(name: string, type: MatchType, value: string) {
    this.name = name;
    this.type = type;
    this.value = value;
    this.regex = type === '=~' || type === '!~' ? compileAnchored(value) : null;
  }

  /** Whether a series whose label has `value` ('' when absent) is selected. */
  matches(value: string): boolean {
    switch (this.type) {
      case '=':
        return value === this.value;
      case '!=':
        return value !== this.value;
      case '=~':
        return this.regex?.matches(value) ?? false;
      case '!~':
        return !(this.regex?.matches(value) ?? false);
    }
  }

  toString(): string {
    return `${this.name}${this.type}${JSON.stringify(this.value)}`;
  }
}

import type { SilenceMatcher } from '../../shared/alerts.ts';
import type { LabelRecord } from '../../shared/labels.ts';
import { quote } from '../format/labels.ts';

export type MatchOperator = '=' | '!=' | '=~' | '!~';
export const MATCH_OPERATORS: readonly MatchOperator[] = ['=', '!=', '=~', '!~'];

export function operatorOf({ isEqual, isRegex }: SilenceMatcher): MatchOperator {
  if (isRegex) return isEqual ? '=~' : '!~';
  return isEqual ? '=' : '!=';
}

export function matcherOf(name: string, operator: MatchOperator, value: string): SilenceMatcher {
  return { name, value, isRegex: operator.endsWith('~'), isEqual: !operator.startsWith('!') };
}

/** What silences this alert and no other instance of it. The severity may change while it is the same trouble. */
export function silenceMatchersFor(labels: LabelRecord): readonly SilenceMatcher[] {
  return Object.entries(labels)
    .filter(([name]) => name !== 'severity')
    .sort(([a], [b]) => Number(b === 'alertname') - Number(a === 'alertname') || (a < b ? -1 : 1))
    .map(([name, value]) => matcherOf(name, '=', value));
}

/** `alertname="Down", instance=~"web.*"`, as amtool and links write it. */
export function printMatchers(matchers: readonly SilenceMatcher[]): string {
  return matchers.map((each) => `${each.name}${operatorOf(each)}${quote(each.value)}`).join(', ');
}

const MATCHER = /\s*([^\s=!~,{}"]+)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^,}"]*))\s*(?:,|}|$)/y;

/** The inverse of printMatchers, braces and bare values allowed; null when the text is something else. */
export function parseMatchers(text: string): readonly SilenceMatcher[] | null {
  const inside = text.trim().replace(/^\{/, '');
  const matchers: SilenceMatcher[] = [];
  MATCHER.lastIndex = 0;
  while (MATCHER.lastIndex < inside.length) {
    const match = MATCHER.exec(inside);
    if (match === null) return null;
    const [, name = '', operator = '=', quoted, bare = ''] = match;
    const known = MATCH_OPERATORS.find((each) => each === operator) ?? '=';
    matchers.push(matcherOf(name, known, quoted === undefined ? bare.trim() : unescaped(quoted)));
  }
  return matchers;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_all, char: string) => (char === 'n' ? '\n' : char));
}

import { parseSelector } from '../../shared/promql/parse.ts';
import { Matcher } from '../model/matcher.ts';

/** What every series has: lets a selector through that would match everything. */
const ANY = '__any__';

/** Unlike `match[]` of the API, a selector here may match everything. Throws PromqlParseError. */
export function matchersOf(text: string): readonly Matcher[] {
  const close = text.lastIndexOf('}');
  const wanted = close < 0 ? text : `${text.slice(0, close).replace(/[,\s]+$/, '')}${comma(text, close)}${ANY}="x"}`;
  parseSelector(close < 0 || text.slice(close + 1).trim() !== '' ? text : wanted);
  return parseSelector(close < 0 ? text : wanted)
    .matchers.filter(({ name }) => name !== ANY)
    .map(({ name, type, value }) => new Matcher(name, type, value));
}

function comma(text: string, close: number): string {
  return /\{[\s,]*$/.test(text.slice(0, close)) ? '' : ',';
}

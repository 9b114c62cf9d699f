import { parseSelector } from '../../shared/promql/parse.ts';
import { Matcher } from '../model/matcher.ts';

/** The matchers of a plain series selector (`up{job="a"}`). Throws PromqlParseError for anything else. */
export function selectorMatchers(text: string): readonly Matcher[] {
  return parseSelector(text).matchers.map(({ name, type, value }) => new Matcher(name, type, value));
}

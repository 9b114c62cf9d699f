import { PromqlParseError, type VectorSelector } from '../../shared/promql/ast.ts';
import { parsePromql } from '../../shared/promql/parse.ts';
import { Matcher } from '../model/matcher.ts';

/** The matchers of a plain series selector (`up{job="a"}`). Throws PromqlParseError for anything else. */
export function parseSelector(text: string): readonly Matcher[] {
  const expr = parsePromql(text);
  if (expr.kind !== 'vectorSelector' || isModified(expr)) {
    throw new PromqlParseError('1:1: parse error: unexpected expression: a series selector was expected', [
      { message: 'a series selector was expected', span: expr.span },
    ]);
  }
  return expr.matchers.map((matcher) => new Matcher(matcher.name, matcher.type, matcher.value));
}

function isModified(selector: VectorSelector): boolean {
  return selector.offset !== null || selector.at !== null || selector.anchored || selector.smoothed;
}

/** info(v, selector): which info series to look at, and as of when. */
import type { Call, Expr, VectorSelector } from '../../../shared/promql/ast.ts';
import { METRIC_NAME } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import { InfoOperator } from '../operators/info.ts';
import type { VectorOperator } from '../operators/operator.ts';
import { referenceTimes, Selection, type SelectorTimes } from '../operators/selection.ts';
import { VectorSelectorOperator } from '../operators/vector-selector.ts';
import type { CallPlanner } from './call-planner.ts';
import type { Scope } from './scope.ts';

export function infoCall(planner: CallPlanner, { args }: Call, scope: Scope): VectorOperator {
  const base = planner.vector(args[0]!, scope);
  const selector = args[1]?.kind === 'vectorSelector' ? args[1] : null;
  const { nameMatchers, dataMatchers } = infoMatchers(selector);
  const times = timesOf(planner, args[0]!, { atMs: null, offsetMs: 0 }) ?? { atMs: null, offsetMs: 0 };
  const reach = { referenceMs: referenceTimes(scope.steps, times), backMs: planner.context.options.lookbackMs };
  const selection = new Selection(planner.context, [...nameMatchers, ...dataMatchers], reach);
  const infos = new VectorSelectorOperator(planner.context, scope.steps, selection, 'info-time');
  return planner.merged(new InfoOperator(planner.context, base, { infos, nameMatchers, dataMatchers }));
}

/** Without a name, target_info; with names only excluded, all that end in _info. */
function infoMatchers(selector: VectorSelector | null) {
  const matchers = (selector?.matchers ?? []).map(({ name, type, value }) => new Matcher(name, type, value));
  const named = matchers.filter(({ name }) => name === METRIC_NAME);
  const dataMatchers = matchers.filter(({ name }) => name !== METRIC_NAME);
  if (named.length === 0) return { nameMatchers: [new Matcher(METRIC_NAME, '=', 'target_info')], dataMatchers };
  const positive = named.some(({ type }) => type === '=' || type === '=~');
  return { nameMatchers: positive ? named : [new Matcher(METRIC_NAME, '=~', '.+_info'), ...named], dataMatchers };
}

/** When the first selector of the expression looks, `@` and `offset` of the subqueries around it included. */
function timesOf(planner: CallPlanner, expr: Expr, around: SelectorTimes): SelectorTimes | null {
  switch (expr.kind) {
    case 'vectorSelector':
      return shifted(planner.times(expr), around);
    case 'matrixSelector':
      return shifted(planner.times(expr.vector), around);
    case 'subquery':
      return timesOf(planner, expr.expr, shifted(planner.times(expr), around));
    case 'paren':
    case 'unary':
    case 'aggregate':
      return timesOf(planner, expr.expr, around);
    case 'binary':
      return timesOf(planner, expr.left, around) ?? timesOf(planner, expr.right, around);
    case 'call':
      for (const arg of expr.args) {
        const times = timesOf(planner, arg, around);
        if (times !== null) return times;
      }
      return null;
    default:
      return null;
  }
}

function shifted(own: SelectorTimes, around: SelectorTimes): SelectorTimes {
  if (own.atMs !== null) return own;
  return { atMs: around.atMs, offsetMs: around.offsetMs + own.offsetMs };
}

/** Calls: which operator a function becomes. Functions live in tables; here is one line a kind of function. */

import type { Call, Expr } from '../../../shared/promql/ast.ts';
import { valueTypeOf } from '../../../shared/promql/typecheck.ts';
import { type Labels, labelsOf, METRIC_NAME, NO_LABELS } from '../../model/labels.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { executionError } from '../errors.ts';
import { CALENDAR_FUNCTIONS } from '../functions/calendar.ts';
import { EXTENDED_FUNCTIONS } from '../functions/extended-range.ts';
import {
  type HistogramArguments,
  histogramFraction,
  histogramQuantile,
  labelledQuantile,
} from '../functions/histogram-functions.ts';
import { labelJoin, labelReplace } from '../functions/label-functions.ts';
import { BOUNDED_FUNCTIONS, MATH_FUNCTIONS } from '../functions/math.ts';
import { ofHistogramsAlone } from '../functions/mixed-operations.ts';
import { OVER_TIME_FUNCTIONS } from '../functions/over-time.ts';
import { RATE_FUNCTIONS } from '../functions/rate.ts';
import { REGRESSION_FUNCTIONS } from '../functions/regression.ts';
import { byLabels, byValue } from '../functions/sort-orders.ts';
import { histogramAverage, histogramDeviation, histogramVariance } from '../histograms/stats.ts';
import { AbsentOperator } from '../operators/absent.ts';
import { ConcatenatedOperator } from '../operators/concatenated.ts';
import type { RowFunction } from '../operators/elementwise.ts';
import { HistogramBucketsOperator } from '../operators/histogram-buckets.ts';
import { type ScalarOperator, timeAt, type VectorOperator } from '../operators/operator.ts';
import { type RangeFunction, RangeFunctionOperator } from '../operators/range-function.ts';
import { RelabelOperator } from '../operators/relabel.ts';
import { CombinedScalar, KnownScalar, ScalarOfVector, timeScalar, VectorOfScalar } from '../operators/scalars.ts';
import { type ElementOrder, SortedOperator } from '../operators/sorted.ts';
import { ABSENT, FLOAT } from '../result.ts';
import type { CallPlanner } from './call-planner.ts';
import { infoCall } from './info-call.ts';
import type { Scope } from './scope.ts';
import { stringOf } from './string-argument.ts';

const RANGE_FUNCTIONS: Readonly<Record<string, RangeFunction>> = {
  ...RATE_FUNCTIONS,
  ...OVER_TIME_FUNCTIONS,
  ...REGRESSION_FUNCTIONS,
};

const PRESENCE: RangeFunction = { ...OVER_TIME_FUNCTIONS.present_over_time!, keepsName: true };

type VectorCall = (planner: CallPlanner, call: Call, scope: Scope) => VectorOperator;

export function planVectorCall(planner: CallPlanner, call: Call, scope: Scope): VectorOperator {
  const { fn, args } = call;
  const special = VECTOR_CALLS[fn];
  if (special !== undefined) return special(planner, call, scope);
  const range = RANGE_FUNCTIONS[fn];
  if (range !== undefined) return rangeCall(planner, call, scope, range);
  const date = CALENDAR_FUNCTIONS[fn];
  if (date !== undefined)
    return planner.elementwise(
      args[0] === undefined ? new VectorOfScalar(scope.steps, timeScalar(scope.steps)) : planner.vector(args[0], scope),
      date,
    );
  const bounded = args.length > 1 ? BOUNDED_FUNCTIONS[fn] : undefined;
  if (bounded !== undefined)
    return planner.elementwise(planner.vector(args[0]!, scope), bounded, { params: scalars(planner, args, scope) });
  const math = MATH_FUNCTIONS[fn];
  if (math !== undefined) return planner.elementwise(planner.vector(args[0]!, scope), math);
  throw executionError(`unknown function "${fn}"`);
}

export function planScalarCall(planner: CallPlanner, call: Call, scope: Scope): ScalarOperator {
  const { startMs, endMs, stepMs } = planner.context.options;
  const { steps } = scope;
  switch (call.fn) {
    case 'time':
      return timeScalar(steps);
    case 'pi':
      return new KnownScalar(steps, () => Math.PI);
    case 'scalar':
      return new ScalarOfVector(planner.context, planner.vector(call.args[0]!, scope));
    case 'start':
      return new KnownScalar(steps, () => startMs / 1000);
    case 'end':
      return new KnownScalar(steps, () => endMs / 1000);
    case 'range':
      return new KnownScalar(steps, () => (endMs - startMs) / 1000);
    case 'step':
      return new KnownScalar(steps, () => stepMs / 1000);
    case 'max_of':
      return new CombinedScalar(steps, scalars(planner, call.args, scope), Math.max);
    case 'min_of':
      return new CombinedScalar(steps, scalars(planner, call.args, scope), Math.min);
    default:
      throw executionError(`unknown function "${call.fn}"`);
  }
}

function scalars(planner: CallPlanner, args: readonly Expr[], scope: Scope): ScalarOperator[] {
  return args.filter((arg) => valueTypeOf(arg) === 'scalar').map((arg) => planner.scalar(arg, scope));
}

/** The function as it is over `anchored` and `smoothed` ranges. Throws QueryError where it has no such form. */
function extended(name: string, plain: RangeFunction, range: Expr): RangeFunction {
  const selector = unwrapped(range);
  if (selector.kind !== 'matrixSelector') return plain;
  const extension = selector.vector.anchored ? 'anchored' : selector.vector.smoothed ? 'smoothed' : null;
  if (extension === null) return plain;
  const fn = EXTENDED_FUNCTIONS[extension][name];
  if (fn !== undefined) return fn;
  const known = Object.keys(EXTENDED_FUNCTIONS[extension]).join(', ');
  throw executionError(`${extension} modifier can only be used with: ${known} - not with ${name}`);
}

function rangeCall(planner: CallPlanner, { fn: name, args }: Call, scope: Scope, plain: RangeFunction): VectorOperator {
  const range = args.find((arg) => valueTypeOf(arg) === 'matrix')!;
  const fn = extended(name, plain, range);
  const rest = args.filter((arg) => arg !== range);
  return new RangeFunctionOperator(planner.context, scope.steps, planner.range(range, scope), {
    fn,
    params: rest.map((arg) => planner.scalar(arg, scope)),
    paramSpans: rest.map((arg) => arg.span),
    span: range.span,
  });
}

function unwrapped(expr: Expr): Expr {
  return expr.kind === 'paren' ? unwrapped(expr.expr) : expr;
}

/** What absent() says of the series that is missing: what its selector demands by `=`, once a label. */
function absentLabels(expr: Expr): Labels {
  const plain = unwrapped(expr);
  const selector = plain.kind === 'matrixSelector' ? plain.vector : plain;
  if (selector.kind !== 'vectorSelector') return NO_LABELS;
  const values = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, type, value } of selector.matchers) {
    if (name === METRIC_NAME) continue;
    values.set(name, type === '=' && !seen.has(name) ? value : '');
    seen.add(name);
  }
  return labelsOf(values);
}

function timestampCall(planner: CallPlanner, { args }: Call, scope: Scope): VectorOperator {
  const arg = unwrapped(args[0]!);
  if (arg.kind === 'vectorSelector')
    return planner.elementwise(planner.selector(arg, scope, 'time'), ({ found }) => found);
  const stepTimes: RowFunction = ({ values, present, at, steps, found }) => {
    for (let k = 0; k < steps.count; k++) {
      values[at + k] = timeAt(steps, k) / 1000;
      if (present[at + k] !== ABSENT) present[at + k] = FLOAT;
    }
    return found;
  };
  return planner.elementwise(planner.vector(arg, scope), stepTimes, { mixed: stepTimes });
}

/** Start times are a matter of samples: of anything computed there are none. */
function startTimestampCall(planner: CallPlanner, { args }: Call, scope: Scope): VectorOperator {
  const arg = unwrapped(args[0]!);
  if (arg.kind !== 'vectorSelector' || !planner.context.options.useStartTimestamps)
    return planner.elementwise(planner.vector(arg, scope), nothing, { mixed: nothing });
  return planner.elementwise(planner.selector(arg, scope, 'start-time'), ({ found }) => found);
}

const nothing: RowFunction = ({ present, at, steps }) => {
  present.fill(ABSENT, at, at + steps.count);
  return 0;
};

const SORT_WARNING = 'sort is ineffective for range queries since results are always ordered by labels';

function sortCall(order: (args: readonly Expr[]) => ElementOrder, floatsOnly: boolean): VectorCall {
  return (planner, { args, span }, scope) => {
    const inner = planner.vector(args[0]!, scope);
    if (scope.instant) return new SortedOperator(planner.context, inner, { order: order(args), floatsOnly });
    planner.context.annotations.warn(SORT_WARNING, span);
    return floatsOnly ? planner.elementwise(inner, ({ found }) => found, { keepsName: true }) : inner;
  };
}

function histogramArguments(planner: CallPlanner, args: readonly Expr[], scope: Scope): HistogramArguments {
  const params = args.filter((arg) => valueTypeOf(arg) === 'scalar');
  return {
    params: params.map((arg) => planner.scalar(arg, scope)),
    paramSpans: params.map((arg) => arg.span),
    vectorSpan: args.find((arg) => valueTypeOf(arg) === 'vector')!.span,
  };
}

function quantilesCall(planner: CallPlanner, { args }: Call, scope: Scope): VectorOperator {
  const label = stringOf(args[1]);
  const parts = args.slice(2).map((phi) => {
    const own = histogramArguments(planner, [phi, args[0]!], scope);
    const call = labelledQuantile(planner.context, scope.steps, own, label);
    return new HistogramBucketsOperator(planner.context, planner.vector(args[0]!, scope), call);
  });
  return planner.merged(new ConcatenatedOperator(parts));
}

/** Of native histograms only; floats are ignored. */
function statCall(fn: (histogram: NativeHistogram) => number): VectorCall {
  return (planner, { args }, scope) => {
    const mixed = ofHistogramsAlone(planner.context.histograms, fn);
    return planner.elementwise(planner.vector(args[0]!, scope), nothing, { mixed });
  };
}

const VECTOR_CALLS: Readonly<Record<string, VectorCall>> = {
  vector: (planner, { args }, scope) => new VectorOfScalar(scope.steps, planner.scalar(args[0]!, scope)),
  timestamp: timestampCall,
  start_timestamp: startTimestampCall,
  absent: (planner, { args }, scope) =>
    new AbsentOperator(planner.context, planner.vector(args[0]!, scope), absentLabels(args[0]!)),
  absent_over_time: (planner, call, scope) =>
    new AbsentOperator(planner.context, rangeCall(planner, call, scope, PRESENCE), absentLabels(call.args[0]!)),
  sort: sortCall(() => byValue(1), true),
  sort_desc: sortCall(() => byValue(-1), true),
  sort_by_label: sortCall((args) => byLabels(args.slice(1).map(stringOf), 1), false),
  sort_by_label_desc: sortCall((args) => byLabels(args.slice(1).map(stringOf), -1), false),
  label_replace: (planner, { args }, scope) => {
    const [target, template, source, pattern] = args.slice(1).map(stringOf);
    const relabel = labelReplace({ target: target!, template: template!, source: source!, pattern: pattern! });
    return planner.merged(new RelabelOperator(planner.vector(args[0]!, scope), relabel, target === METRIC_NAME));
  },
  label_join: (planner, { args }, scope) => {
    const [target, separator, ...sources] = args.slice(1).map(stringOf);
    const relabel = labelJoin(target!, separator!, sources);
    return planner.merged(new RelabelOperator(planner.vector(args[0]!, scope), relabel, target === METRIC_NAME));
  },
  histogram_quantile: (planner, { args }, scope) =>
    planner.merged(
      new HistogramBucketsOperator(
        planner.context,
        planner.vector(args[1]!, scope),
        histogramQuantile(planner.context, scope.steps, histogramArguments(planner, args, scope)),
      ),
    ),
  histogram_quantiles: quantilesCall,
  histogram_fraction: (planner, { args }, scope) =>
    planner.merged(
      new HistogramBucketsOperator(
        planner.context,
        planner.vector(args[2]!, scope),
        histogramFraction(planner.context, histogramArguments(planner, args, scope)),
      ),
    ),
  info: infoCall,
  histogram_avg: statCall(histogramAverage),
  histogram_count: statCall(({ count }) => count),
  histogram_sum: statCall(({ sum }) => sum),
  histogram_stddev: statCall(histogramDeviation),
  histogram_stdvar: statCall(histogramVariance),
};

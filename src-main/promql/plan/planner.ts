import type { Aggregate, Binary, Expr, Subquery, VectorSelector } from '../../../shared/promql/ast.ts';
import { quote } from '../../../shared/promql/go-string.ts';
import { Matcher } from '../../model/matcher.ts';
import { executionError } from '../errors.ts';
import { SMOOTHED_SELECTOR } from '../functions/extended-range.ts';
import { negate } from '../functions/math.ts';
import { negateMixed } from '../functions/mixed-operations.ts';
import { ARITHMETIC, COMPARISON, isArithmetic, isComparison } from '../functions/operations.ts';
import { HistogramNotes } from '../histogram-notes.ts';
import { AggregateOperator } from '../operators/aggregate.ts';
import { BroadcastOperator, BroadcastScalar } from '../operators/broadcast.ts';
import { CountValuesOperator } from '../operators/count-values.ts';
import { type Elementwise, ElementwiseOperator, type RowFunction } from '../operators/elementwise.ts';
import { MaterializedOperator } from '../operators/materialized.ts';
import { MergeDuplicatesOperator } from '../operators/merge-duplicates.ts';
import type { ScalarOperator, VectorOperator } from '../operators/operator.ts';
import { QuantileAggregateOperator } from '../operators/quantile-aggregate.ts';
import { RangeFunctionOperator } from '../operators/range-function.ts';
import { MatrixSource, type RangeSource, SubquerySource } from '../operators/range-source.ts';
import { RankAggregateOperator } from '../operators/rank-aggregate.ts';
import { CombinedScalar, KnownScalar } from '../operators/scalars.ts';
import { pinnedTimes, type Reach, referenceTimes, Selection, type SelectorTimes } from '../operators/selection.ts';
import { type SamplePart, VectorSelectorOperator } from '../operators/vector-selector.ts';
import type { QueryContext } from '../query-context.ts';
import type { Steps } from '../result.ts';
import { planBinary } from './binary.ts';
import type { CallPlanner } from './call-planner.ts';
import { planScalarCall, planVectorCall } from './calls.ts';
import { durationMs } from './durations.ts';
import { statsOnlySelectors } from './histogram-stats.ts';
import { type Scope, singleStep } from './scope.ts';
import { SharedParts } from './shared-parts.ts';
import { isStepInvariant, readsStorage } from './step-invariant.ts';
import { stringOf } from './string-argument.ts';

/** From the syntax tree to operators, of one query. What is refused here is refused before anything is read. */
export class Planner implements CallPlanner {
  readonly context: QueryContext;
  readonly #parts: SharedParts;
  readonly #statsOnly: ReadonlySet<Expr>;
  readonly #shared = new Map<string, { readonly operator: VectorOperator; readonly expr: Expr }>();

  constructor(context: QueryContext, root: Expr) {
    this.context = context;
    this.#statsOnly = statsOnlySelectors(root);
    this.#parts = new SharedParts(root, this.#statsOnly);
  }

  vector(expr: Expr, scope: Scope): VectorOperator {
    if (expr.kind === 'paren') return this.vector(expr.expr, scope);
    if (scope.steps.count > 1 && isStepInvariant(expr) && readsStorage(expr))
      return new BroadcastOperator(scope.steps, this.vector(expr, singleStep(scope)));
    if (!this.#parts.isShared(expr)) return this.#vector(expr, scope);
    const { startMs, stepMs, count } = scope.steps;
    const key = `${this.#parts.id(expr)} ${startMs} ${stepMs} ${count}`;
    let shared = this.#shared.get(key);
    if (shared === undefined) {
      shared = { operator: new MaterializedOperator(this.context, this.#vector(expr, scope)), expr };
      this.#shared.set(key, shared);
    }
    for (const [span, twin] of this.#parts.twins(shared.expr, expr)) this.context.annotations.twin(span, twin);
    return shared.operator;
  }

  #vector(expr: Expr, scope: Scope): VectorOperator {
    switch (expr.kind) {
      case 'vectorSelector':
        return expr.smoothed ? this.#smoothed(expr, scope) : this.selector(expr, scope, 'value');
      case 'unary': {
        const inner = this.vector(expr.expr, scope);
        return expr.op === '+'
          ? inner
          : this.elementwise(inner, negate, { mixed: negateMixed(this.context.histograms) });
      }
      case 'binary':
        return planBinary(this, expr, scope);
      case 'aggregate':
        return this.#aggregate(expr, scope);
      case 'call':
        return planVectorCall(this, expr, scope);
      default:
        throw executionError(`unexpected ${expr.kind} where an instant vector is expected`);
    }
  }

  scalar(expr: Expr, scope: Scope): ScalarOperator {
    if (expr.kind === 'paren') return this.scalar(expr.expr, scope);
    if (scope.steps.count > 1 && isStepInvariant(expr) && readsStorage(expr))
      return new BroadcastScalar(scope.steps, this.scalar(expr, singleStep(scope)));
    switch (expr.kind) {
      case 'number':
        return new KnownScalar(scope.steps, () => expr.value);
      case 'unary':
        return new CombinedScalar(scope.steps, [this.scalar(expr.expr, scope)], (a) => (expr.op === '-' ? -a : a));
      case 'binary':
        return this.#scalarBinary(expr, scope);
      case 'call':
        return planScalarCall(this, expr, scope);
      default:
        throw executionError(`unexpected ${expr.kind} where a scalar is expected`);
    }
  }

  #scalarBinary({ op, left, right }: Binary, scope: Scope): ScalarOperator {
    const operands = [this.scalar(left, scope), this.scalar(right, scope)];
    if (isArithmetic(op)) return new CombinedScalar(scope.steps, operands, ARITHMETIC[op]);
    if (!isComparison(op)) throw executionError(`operator "${op}" not allowed for Scalar operations`);
    const compare = COMPARISON[op];
    return new CombinedScalar(scope.steps, operands, (a, b) => (compare(a, b) ? 1 : 0));
  }

  #aggregate(expr: Aggregate, scope: Scope): VectorOperator {
    const inner = this.vector(expr.expr, scope);
    const grouping = { names: expr.grouping, without: expr.without };
    const { op, param } = expr;
    const { annotations } = this.context;
    switch (op) {
      case 'topk':
      case 'bottomk':
      case 'limitk':
      case 'limit_ratio':
        return new RankAggregateOperator(this.context, inner, {
          op,
          grouping,
          ...this.#parameter(param, scope),
          notes: new HistogramNotes(annotations, expr.span),
        });
      case 'quantile':
        return new QuantileAggregateOperator(this.context, inner, {
          grouping,
          ...this.#parameter(param, scope),
          notes: new HistogramNotes(annotations, expr.expr.span),
        });
      case 'count_values': {
        const label = stringOf(param);
        if (label === '' || /\p{Surrogate}/u.test(label)) throw executionError(`invalid label name ${quote(label)}`);
        return new CountValuesOperator(this.context, inner, label, grouping);
      }
      default:
        return new AggregateOperator(this.context, inner, { op, grouping, span: expr.expr.span });
    }
  }

  #parameter(param: Expr | null, scope: Scope) {
    if (param === null) throw executionError('aggregation without its parameter');
    return { param: this.scalar(param, scope), span: param.span };
  }

  selector(expr: VectorSelector, scope: Scope, part: SamplePart): VectorOperator {
    const times = this.times(expr);
    const backMs = this.context.options.lookbackMs;
    const statsOnly = this.#statsOnly.has(expr);
    const reach = { referenceMs: referenceTimes(scope.steps, times), backMs, statsOnly };
    const pinned = part !== 'value' && times.atMs !== null && times.offsetMs !== 0;
    const selection = new Selection(
      this.context,
      matchersOf(expr),
      pinned ? timestampReach(scope.steps, times, backMs) : reach,
    );
    return new VectorSelectorOperator(this.context, scope.steps, selection, part);
  }

  /** `metric smoothed`: a window of the lookback on both sides of each step. */
  #smoothed(expr: VectorSelector, scope: Scope): VectorOperator {
    const { lookbackMs } = this.context.options;
    const source = this.#matrix(expr, scope, lookbackMs);
    const call = { fn: SMOOTHED_SELECTOR, params: [], paramSpans: [], span: expr.span };
    return new RangeFunctionOperator(this.context, scope.steps, source, call);
  }

  #matrix(expr: VectorSelector, scope: Scope, rangeMs: number): RangeSource {
    const { lookbackMs } = this.context.options;
    const beforeMs = expr.anchored || expr.smoothed ? lookbackMs : 0;
    const afterMs = expr.smoothed ? lookbackMs : 0;
    const times = this.times(expr);
    const referenceMs = (times.atMs === null ? referenceTimes : pinnedTimes)(scope.steps, times);
    const lastMs = (times.atMs === null ? referenceMs.at(-1) : referenceMs[0]) ?? 0;
    const statsOnly = this.#statsOnly.has(expr);
    const reach = { referenceMs, backMs: rangeMs + beforeMs, lastMs: lastMs + afterMs, statsOnly };
    const selection = new Selection(this.context, matchersOf(expr), reach);
    return new MatrixSource(this.context, selection, { rangeMs, beforeMs, afterMs });
  }

  times({ at, offset }: Pick<VectorSelector | Subquery, 'at' | 'offset'>): SelectorTimes {
    const { startMs, endMs } = this.context.options;
    const atMs = at === null ? null : at.kind === 'time' ? at.timeMs : at.kind === 'start' ? startMs : endMs;
    return { atMs, offsetMs: offset === null ? 0 : durationMs(offset, this.#bounds, false) };
  }

  get #bounds() {
    const { startMs, endMs, stepMs } = this.context.options;
    return { stepMs, rangeMs: endMs - startMs };
  }

  /** The operand of a range function. */
  range(expr: Expr, scope: Scope): RangeSource {
    if (expr.kind === 'paren') return this.range(expr.expr, scope);
    if (expr.kind === 'matrixSelector')
      return this.#matrix(expr.vector, scope, durationMs(expr.range, this.#bounds, true));
    if (expr.kind === 'subquery') return this.#subquery(expr, scope);
    throw executionError(`unexpected ${expr.kind} where a range vector is expected`);
  }

  #subquery(expr: Subquery, scope: Scope): RangeSource {
    const rangeMs = durationMs(expr.range, this.#bounds, true);
    const stepMs = expr.step === null ? this.context.options.defaultStepMs : durationMs(expr.step, this.#bounds, true);
    const endsMs = referenceTimes(scope.steps, this.times(expr));
    const inner = { steps: subquerySteps(endsMs, rangeMs, stepMs), instant: false };
    this.context.checkSteps(inner.steps.count);
    return new SubquerySource(this.context, this.vector(expr.expr, inner), endsMs, rangeMs);
  }

  elementwise(inner: VectorOperator, fn: RowFunction, options: Elementwise = {}): VectorOperator {
    const operator = new ElementwiseOperator(this.context, inner, fn, options);
    return options.keepsName || inner.distinctWithoutName ? operator : this.merged(operator);
  }

  merged(operator: VectorOperator): VectorOperator {
    return new MergeDuplicatesOperator(this.context, operator);
  }
}

/**
 * timestamp(x @ t offset d) of Prometheus looks at t, as if there were no offset, among the samples that x @ t offset d
 * may see.
 */
function timestampReach(steps: Steps, { atMs, offsetMs }: SelectorTimes, backMs: number): Reach {
  const lastMs = (atMs ?? 0) - offsetMs;
  return { referenceMs: referenceTimes(steps, { atMs, offsetMs: 0 }), backMs, lastMs, afterMs: lastMs - backMs };
}

function matchersOf({ matchers }: VectorSelector): Matcher[] {
  return matchers.map(({ name, type, value }) => new Matcher(name, type, value));
}

/** Multiples of the step within the span of all windows; the first is strictly after the first window's start. */
function subquerySteps(endsMs: Float64Array, rangeMs: number, stepMs: number) {
  if (endsMs.length === 0) return { startMs: 0, stepMs, count: 0 };
  const startMs = stepMs * (Math.floor((endsMs[0]! - rangeMs) / stepMs) + 1);
  const count = Math.floor((endsMs[endsMs.length - 1]! - startMs) / stepMs) + 1;
  return { startMs, stepMs, count: Math.max(0, count) };
}

import type { Expr } from '../../shared/promql/ast.ts';
import { documentedType, valueTypeOf } from '../../shared/promql/typecheck.ts';
import type { Clock } from '../model/clock.ts';
import type { Queryable } from '../model/storage.ts';
import { Annotations } from './annotations.ts';
import { QueryError } from './errors.ts';
import { evaluate } from './evaluate.ts';
import { Gate } from './gate.ts';
import { Planner } from './plan/planner.ts';
import { QueryContext } from './query-context.ts';
import type { QueryResult, Steps } from './result.ts';

export interface QueryEngineOptions {
  readonly maxSamples: number;
  readonly timeoutMs: number;
  readonly lookbackMs: number;
  /** Step of subqueries that name none: the global evaluation interval. */
  readonly defaultStepMs: () => number;
  readonly maxConcurrency: number;
  readonly clock: Clock;
  /** The metric name goes away at the end of the query instead of at once (promql-delayed-name-removal). */
  readonly delayedNameRemoval?: boolean;
  /** Start timestamps of samples count as resets and as zeros (use-start-timestamps). */
  readonly useStartTimestamps?: boolean;
}

export interface QueryOptions {
  readonly signal?: AbortSignal;
  readonly lookbackMs?: number;
  readonly timeoutMs?: number;
  /** The query as written: positions of annotations become lines and columns of it. */
  readonly text?: string;
}

/**
 * Evaluates expressions on the caller's thread, in turns of about 10 ms. Errors are QueryError; the expression is
 * taken as type-checked.
 */
export class QueryEngine {
  readonly #options: QueryEngineOptions;
  readonly #gate: Gate;

  constructor(options: QueryEngineOptions) {
    this.#options = options;
    this.#gate = new Gate(options.maxConcurrency, options.clock);
  }

  instant(queryable: Queryable, expr: Expr, timeMs: number, options: QueryOptions = {}): Promise<QueryResult> {
    return this.#run(queryable, expr, { startMs: timeMs, stepMs: 0, count: 1 }, options);
  }

  /** Steps at startMs, startMs + stepMs, ... <= endMs; stepMs > 0. */
  range(
    queryable: Queryable,
    expr: Expr,
    bounds: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
    options: QueryOptions = {},
  ): Promise<QueryResult> {
    const { startMs, endMs, stepMs } = bounds;
    const type = valueTypeOf(expr);
    if (type !== 'vector' && type !== 'scalar')
      return Promise.reject(
        new QueryError(
          'invalid',
          `invalid expression type "${documentedType(type)}" for range query, must be Scalar or instant Vector`,
        ),
      );
    const count = endMs < startMs ? 0 : Math.floor((endMs - startMs) / stepMs) + 1;
    return this.#run(queryable, expr, { startMs, stepMs, count }, options, endMs);
  }

  /** Queries that run, or wait for their turn. */
  get queries(): number {
    return this.#gate.length;
  }

  async #run(
    queryable: Queryable,
    expr: Expr,
    steps: Steps,
    options: QueryOptions,
    endMs = steps.startMs,
  ): Promise<QueryResult> {
    const { clock } = this.#options;
    const signal = options.signal ?? null;
    await this.#gate.enter(signal, Math.min(this.#options.timeoutMs, options.timeoutMs ?? this.#options.timeoutMs));
    const startedMs = clock.monotonicMs();
    const context = this.#context(queryable, steps, endMs, options);
    try {
      context.check();
      context.checkSteps(steps.count);
      const planner = new Planner(context, expr);
      const plannedMs = clock.monotonicMs();
      const value = await evaluate(planner, expr, steps);
      return {
        value,
        warnings: context.annotations.warnings,
        infos: context.annotations.infos,
        stats: {
          samplesRead: context.samplesRead,
          peakSamples: context.peakSamples,
          prepareMs: plannedMs - startedMs,
          evalMs: clock.monotonicMs() - plannedMs,
        },
      };
    } catch (error) {
      throw error instanceof RangeError ? refusalOf(error) : error;
    } finally {
      context.close();
      this.#gate.leave();
    }
  }

  #context(queryable: Queryable, steps: Steps, endMs: number, options: QueryOptions): QueryContext {
    const { clock, maxSamples, timeoutMs, lookbackMs, defaultStepMs, delayedNameRemoval, useStartTimestamps } =
      this.#options;
    return new QueryContext({
      queryable,
      clock,
      signal: options.signal ?? null,
      annotations: new Annotations(options.text ?? null),
      maxSamples,
      timeoutMs: Math.min(timeoutMs, options.timeoutMs ?? timeoutMs),
      lookbackMs: options.lookbackMs ?? lookbackMs,
      defaultStepMs: defaultStepMs(),
      delayedNameRemoval: delayedNameRemoval ?? false,
      useStartTimestamps: useStartTimestamps ?? false,
      startMs: steps.startMs,
      endMs,
      stepMs: steps.stepMs,
    });
  }
}

/** Operators call each other as deeply as the expression is nested; memory for a result may not be had. */
function refusalOf(error: RangeError): QueryError {
  if (error.message.includes('call stack')) return new QueryError('execution', 'expression is nested too deeply');
  return new QueryError('too-many-samples', `query needs more memory than there is: ${error.message}`);
}

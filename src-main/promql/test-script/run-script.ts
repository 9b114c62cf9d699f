/** Runs test scripts: loads what they load, asks what they ask, in all the ways that must give the same answer. */
import { type Expr, PromqlParseError } from '../../../shared/promql/ast.ts';
import { parsePromql } from '../../../shared/promql/parse.ts';
import { printPromql } from '../../../shared/promql/print.ts';
import { valueTypeOf } from '../../../shared/promql/typecheck.ts';
import { labelsKey } from '../../model/labels.ts';
import type { QueryEngine } from '../engine.ts';
import { QueryError } from '../errors.ts';
import type { QueryResult } from '../result.ts';
import { compareAnnotations, compareInstant, compareRange, compareStep, printMatch, textMatches } from './compare.ts';
import { fixTime } from './fix-time.ts';
import { MemoryStorage, type StoredSample } from './memory-storage.ts';
import { nativeFromClassic } from './native-from-classic.ts';
import { parseScript } from './parse-script.ts';
import type { Eval, Expectations, Load, LoadedSeries, SequenceItem, Steps } from './script.ts';

/** One `eval` and what is wrong with its answer; nothing when it passed. */
export interface CaseResult {
  readonly line: number;
  readonly query: string;
  readonly differences: readonly string[];
}

const MINUTE_MS = 60_000;
const TIME_FUNCTIONS = /(?:start|end|range|step)\(\)/;

/** Throws ScriptError when the script cannot be read. */
export async function runScript(text: string, engine: QueryEngine): Promise<CaseResult[]> {
  const runner = new Runner(engine);
  const results: CaseResult[] = [];
  for (const command of parseScript(text)) {
    if (command.kind === 'clear') runner.clear();
    else if (command.kind === 'load') runner.load(command);
    else results.push(await runner.run(command));
  }
  return results;
}

class Runner {
  readonly #engine: QueryEngine;
  #storage = new MemoryStorage();

  constructor(engine: QueryEngine) {
    this.#engine = engine;
  }

  clear(): void {
    this.#storage = new MemoryStorage();
  }

  load(load: Load): void {
    const series = [...new Map(load.series.map((one) => [labelsKey(one.labels), one])).values()];
    for (const { labels, items, startOffsetsMs } of series)
      this.#storage.write(labels, items.map(sampleAt(load.intervalMs, startOffsetsMs)));
    if (!load.withNativeHistograms) return;
    for (const { labels, items } of nativeFromClassic(series, load.line))
      this.#storage.write(labels, items.map(sampleAt(load.intervalMs, null)));
  }

  async run({ line, query, time, expect }: Eval): Promise<CaseResult> {
    let expr: Expr;
    try {
      expr = parsePromql(query, { experimental: true });
    } catch (error) {
      if (!(error instanceof PromqlParseError)) throw error;
      return { line, query, differences: [`the query does not parse: ${error.message}`] };
    }
    const differences =
      time.kind === 'instant'
        ? await this.#instants({ expr, query, timeMs: time.timeMs }, expect)
        : await this.#range({ expr, query }, time.steps, expect);
    return { line, query, differences };
  }

  async #range({ expr, query }: Omit<Asked, 'timeMs'>, steps: Steps, expect: Expectations): Promise<string[]> {
    const run = this.#engine.range(this.#storage, expr, steps, { text: query });
    return judge(await outcome(run), expect, (result) => compareRange(result.value, expect, steps));
  }

  /** The query as written, and with its time fixed at other times; each also within a range query. */
  async #instants(asked: Asked, expect: Expectations): Promise<string[]> {
    for (const variant of [asked, ...variants(asked)]) {
      const differences = await this.#instant(variant, expect);
      if (differences.length > 0) {
        const where = variant === asked ? '' : ` (as ${variant.query} at ${variant.timeMs} ms)`;
        return differences.map((difference) => difference + where);
      }
    }
    return [];
  }

  async #instant({ expr, query, timeMs }: Asked, expect: Expectations): Promise<string[]> {
    const run = this.#engine.instant(this.#storage, expr, timeMs, { text: query });
    const differences = judge(await outcome(run), expect, (result) => compareInstant(result.value, expect));
    if (differences.length > 0 || expect.fail !== null) return differences;
    return this.#withinRange({ expr, query, timeMs }, expect);
  }

  async #withinRange({ expr, query, timeMs }: Asked, expect: Expectations): Promise<string[]> {
    const type = valueTypeOf(expr);
    if (type === 'matrix' || type === 'string' || TIME_FUNCTIONS.test(query)) return [];
    const steps = { startMs: timeMs - MINUTE_MS, endMs: timeMs + MINUTE_MS, stepMs: MINUTE_MS };
    const answered = await outcome(this.#engine.range(this.#storage, expr, steps, { text: query }));
    if (answered.kind === 'error') return [`as a range query: ${answered.message}`];
    if (expect.ordered) return [];
    return compareStep(answered.result.value, expect, timeMs).map((difference) => `as a range query: ${difference}`);
  }
}

/** Item i stands at i * intervalMs. */
function sampleAt(intervalMs: number, startOffsetsMs: LoadedSeries['startOffsetsMs']) {
  return (item: SequenceItem, i: number): StoredSample => {
    const timeMs = i * intervalMs;
    const offsetMs = startOffsetsMs?.[i] ?? null;
    return { item, timeMs, startMs: offsetMs === null ? 0 : timeMs + offsetMs };
  };
}

interface Asked {
  readonly expr: Expr;
  readonly query: string;
  readonly timeMs: number;
}

function variants({ expr, timeMs }: Asked): Asked[] {
  const fixed = fixTime(expr, timeMs);
  if (fixed === null) return [];
  const query = printPromql(fixed);
  const reread = parsePromql(query, { experimental: true });
  const times = timeMs === 0 ? [-1000, 0, 1000] : [-10 * timeMs, 0, Math.floor(timeMs / 5), timeMs, 10 * timeMs];
  return times.map((time) => ({ expr: reread, query, timeMs: time }));
}

type Outcome =
  | { readonly kind: 'result'; readonly result: QueryResult }
  | { readonly kind: 'error'; readonly message: string };

async function outcome(run: Promise<QueryResult>): Promise<Outcome> {
  try {
    return { kind: 'result', result: await run };
  } catch (error) {
    if (error instanceof QueryError) return { kind: 'error', message: error.message };
    // A fault of the engine fails this case, not the script.
    return { kind: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function judge(answered: Outcome, expect: Expectations, compare: (result: QueryResult) => string[]): string[] {
  const { fail } = expect;
  if (answered.kind === 'error') {
    if (fail === null) return [`error: ${answered.message}`];
    return textMatches(fail, answered.message) ? [] : [`expected error ${printMatch(fail)}, got ${answered.message}`];
  }
  if (fail !== null) return [`expected an error (${printMatch(fail)}), got none`];
  return [...compareAnnotations(answered.result, expect), ...compare(answered.result)];
}

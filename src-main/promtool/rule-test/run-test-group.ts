/** One group of a unit-test file: its rules evaluated tick by tick over its series (cmd/promtool/unittest.go). */
import { formatDuration } from '../../../shared/promql/duration.ts';
import { parsePromql } from '../../../shared/promql/parse.ts';
import type { RuleGroupConfig } from '../../config/rule-file.ts';
import type { Clock } from '../../model/clock.ts';
import { compareLabels, type Labels, withLabels } from '../../model/labels.ts';
import { silentLogger } from '../../model/log.ts';
import { QueryEngine } from '../../promql/engine.ts';
import { compactHistogram } from '../../promql/histograms/arithmetic.ts';
import { printHistogramLiteral } from '../../promql/histograms/print.ts';
import { parseHistogram } from '../../promql/test-script/histogram-literal.ts';
import type { SeriesLine } from '../../promql/test-script/script.ts';
import { parseMetric, parseSeriesLine } from '../../promql/test-script/series-line.ts';
import { RuleGroup } from '../../rules/rule-group.ts';
import { ruleQuery } from '../../rules/rule-query.ts';
import { alertFailure, type PrintedSample, promqlError, promqlFailure } from './print-cases.ts';
import type { AlertCase, ExpectedAlert, PromqlCase, TestFile, TestGroup } from './read-test-file.ts';
import { TestStorage } from './test-storage.ts';

const ALERT_NAME = 'alertname';
const LOOKBACK_MS = 5 * 60_000;
const MAX_SAMPLES = 10_000;
const TIMEOUT_MS = 100_000;

export interface RunOptions {
  readonly file: Pick<TestFile, 'evaluationIntervalMs' | 'fuzzyCompare' | 'groupOrder'>;
  readonly rules: readonly RuleGroupConfig[];
  readonly clock: Clock;
  readonly features: ReadonlySet<string>;
}

/** Resolves to what failed, each ready to be printed; empty when all went as expected. */
export async function runTestGroup(test: TestGroup, options: RunOptions): Promise<string[]> {
  try {
    return await new TestRun(test, options).run();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

class TestRun {
  readonly #test: TestGroup;
  readonly #options: RunOptions;
  readonly #storage = new TestStorage();
  readonly #engine: QueryEngine;
  readonly #groups: readonly RuleGroup[];
  readonly #input: readonly SeriesLine[];
  readonly #loaded: number[] = [];

  constructor(test: TestGroup, options: RunOptions) {
    this.#test = test;
    this.#options = options;
    const { clock, features, file } = options;
    this.#engine = new QueryEngine({
      maxSamples: MAX_SAMPLES,
      timeoutMs: TIMEOUT_MS,
      lookbackMs: LOOKBACK_MS,
      defaultStepMs: () => file.evaluationIntervalMs,
      maxConcurrency: 1,
      clock,
      delayedNameRemoval: features.has('promql-delayed-name-removal'),
    });
    this.#input = test.inputSeries.map(({ series, values }) => parseSeriesLine(`${series} ${values}`));
    const order = (name: string) => Math.max(0, file.groupOrder.indexOf(name));
    this.#groups = [...options.rules]
      .sort((a, b) => order(a.name) - order(b.name))
      .map((config) => this.#ruleGroup(config));
  }

  #ruleGroup(config: RuleGroupConfig): RuleGroup {
    const { externalLabels, externalUrl } = this.#test;
    return new RuleGroup(
      { ...config, queryOffsetMs: 0 },
      {
        appendable: this.#storage,
        queryable: this.#storage,
        query: ruleQuery(this.#engine, this.#storage),
        notify: () => {},
        clock: this.#options.clock,
        logger: silentLogger,
        externalUrl,
        externalLabels: () => externalLabels,
        resendDelayMs: 0,
        outageToleranceMs: 0,
        forGracePeriodMs: 0,
        changed: () => {},
      },
      false,
    );
  }

  async run(): Promise<string[]> {
    const { startMs, alertCases, promqlCases } = this.#test;
    const { evaluationIntervalMs } = this.#options.file;
    const lastMs = Math.max(
      0,
      ...alertCases.map((each) => each.evalTimeMs),
      ...promqlCases.map((each) => each.evalTimeMs),
    );
    const failures: string[] = [];
    for (let offsetMs = 0; offsetMs <= lastMs; offsetMs += evaluationIntervalMs) {
      this.#load(offsetMs);
      await this.#evaluate(startMs + offsetMs);
      const due = alertCases.filter(({ evalTimeMs: at }) => at >= offsetMs && at < offsetMs + evaluationIntervalMs);
      failures.push(...due.flatMap((test) => this.#checkAlerts(test)));
    }
    for (const test of promqlCases) failures.push(...(await this.#checkQuery(test)));
    return failures;
  }

  /** The samples up to so long after the start: rules see nothing of the future. */
  #load(untilMs: number): void {
    const { intervalMs, startMs } = this.#test;
    for (const [i, { labels, items }] of this.#input.entries()) {
      const from = this.#loaded[i] ?? 0;
      const to = Math.min(items.length, Math.floor(untilMs / intervalMs) + 1);
      if (to <= from) continue;
      const due = items.slice(from, to);
      this.#storage.write(
        labels,
        due.map((item, k) => ({ item, timeMs: startMs + (from + k) * intervalMs, startMs: 0 })),
      );
      this.#loaded[i] = to;
    }
  }

  /** Throws for the first rule that fails. */
  async #evaluate(atMs: number): Promise<void> {
    for (const group of this.#groups) {
      await group.evaluate(atMs);
      const failed = group.rules.find(({ health }) => health === 'err');
      if (failed === undefined) continue;
      const time = formatDuration(atMs - this.#test.startMs);
      throw new Error(`    rule: ${failed.rule.name}, time: ${time}, err: ${failed.lastError}`);
    }
  }

  #checkAlerts(test: AlertCase): string[] {
    const rules = this.#groups.flatMap((group) => group.rules.map(({ rule }) => rule));
    const got = rules.flatMap((rule) => {
      if (rule.kind !== 'alerting' || rule.name !== test.alertName) return [];
      return [...rule.active].filter(({ state }) => state === 'firing');
    });
    const expected = test.expected.map(({ labels, annotations }) => ({
      labels: withLabels(labels, [[ALERT_NAME, test.alertName]]),
      annotations,
    }));
    const sorted = { expected: sortedAlerts(expected), got: sortedAlerts(got) };
    return alertsText(sorted.expected) === alertsText(sorted.got) ? [] : [alertFailure(this.#test.name, test, sorted)];
  }

  async #checkQuery(test: PromqlCase): Promise<string[]> {
    try {
      const expected = test.expected.map(expectedSample).sort(byLabels);
      const got = (await this.#query(test)).sort(byLabels);
      return this.#areEqual(expected, got) ? [] : [promqlFailure(test, { expected, got })];
    } catch (error) {
      return [promqlError(test, error instanceof Error ? error.message : String(error))];
    }
  }

  async #query({ expr, evalTimeMs }: PromqlCase): Promise<PrintedSample[]> {
    const parsed = parsePromql(expr, { experimental: this.#options.features.has('promql-experimental-functions') });
    const samples = await ruleQuery(this.#engine, this.#storage)(parsed, this.#test.startMs + evalTimeMs);
    return samples.map(({ labels, value, histogram }) => ({
      labels,
      value,
      histogram: histogram === undefined ? '' : printHistogramLiteral(compactHistogram(histogram)),
    }));
  }

  #areEqual(expected: readonly PrintedSample[], got: readonly PrintedSample[]): boolean {
    const isEqual = (a: number, b: number) => a === b || (this.#options.file.fuzzyCompare && areNeighbours(a, b));
    return (
      expected.length === got.length &&
      expected.every((want, i) => {
        const have = got[i];
        if (have === undefined || compareLabels(want.labels, have.labels) !== 0) return false;
        if (want.histogram !== '' || have.histogram !== '') return want.histogram === have.histogram;
        return isEqual(want.value, have.value);
      })
    );
  }
}

function expectedSample({ labels, value, histogram }: PromqlCase['expected'][number]): PrintedSample {
  const metric: Labels = labels.trim() === '' ? [] : parseMetric(labels.trim()).labels;
  if (histogram.trim() === '') return { labels: metric, value, histogram: '' };
  const text = histogram.trim().replace(/^\{\{|\}\}$/g, '');
  const literal = compactHistogram(parseHistogram(text).histogram);
  return { labels: metric, value: 0, histogram: printHistogramLiteral(literal) };
}

function byLabels(a: PrintedSample, b: PrintedSample): number {
  return compareLabels(a.labels, b.labels);
}

function sortedAlerts(alerts: readonly ExpectedAlert[]): ExpectedAlert[] {
  return alerts
    .map(({ labels, annotations }) => ({ labels, annotations }))
    .sort((a, b) => compareLabels(a.labels, b.labels) || compareLabels(a.annotations, b.annotations));
}

function alertsText(alerts: readonly ExpectedAlert[]): string {
  return JSON.stringify(alerts.map(({ labels, annotations }) => [labels, annotations]));
}

/** Whether two numbers are the same or next to each other among the doubles. */
function areNeighbours(a: number, b: number): boolean {
  const [x, y] = [orderOf(a), orderOf(b)];
  return x - y <= 1n && y - x <= 1n;
}

/** The place of a double among all of them. */
function orderOf(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
}

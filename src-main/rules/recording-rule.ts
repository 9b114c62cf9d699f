/** One recording rule (rules/recording.go). */
import { printPromql } from '../../shared/promql/print.ts';
import type { RecordingRuleConfig } from '../config/rule-file.ts';
import { labelEntries, labelsKey, METRIC_NAME, withLabels } from '../model/labels.ts';
import type { EvaluationContext } from './alerting-rule.ts';
import { RuleError } from './errors.ts';
import type { Sample } from './query.ts';

export class RecordingRule {
  readonly kind = 'recording';
  readonly config: RecordingRuleConfig;
  /** The expression as Prometheus prints it. */
  readonly query: string;
  readonly #changes: readonly (readonly [string, string])[];

  constructor(config: RecordingRuleConfig) {
    this.config = config;
    this.query = printPromql(config.expr);
    this.#changes = [[METRIC_NAME, config.record], ...labelEntries(config.labels)];
  }

  get name(): string {
    return this.config.record;
  }

  /** The samples to write. Throws RuleError and what the query throws. */
  async evaluate({ query, queryMs, limit }: EvaluationContext): Promise<readonly Sample[]> {
    const result = await query(this.config.expr, queryMs);
    const samples = result.map((sample) => ({ ...sample, labels: withLabels(sample.labels, this.#changes) }));
    const keys = new Set(samples.map(({ labels }) => labelsKey(labels)));
    if (keys.size < samples.length) {
      throw new RuleError('vector contains metrics with the same labelset after applying rule labels');
    }
    if (limit > 0 && samples.length > limit) {
      throw new RuleError(`exceeded limit of ${limit} with ${samples.length} series`);
    }
    return samples;
  }
}

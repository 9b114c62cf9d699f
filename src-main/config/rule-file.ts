import type { Expr } from '../../shared/promql/ast.ts';
import type { Labels } from '../model/labels.ts';

interface RuleFields {
  /** As written. */
  readonly query: string;
  readonly expr: Expr;
  /** Laid over the result's labels; unlike elsewhere empty values are kept, they remove a label. */
  readonly labels: Labels;
}

export interface RecordingRuleConfig extends RuleFields {
  readonly kind: 'recording';
  readonly record: string;
}

export interface AlertingRuleConfig extends RuleFields {
  readonly kind: 'alerting';
  readonly alert: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly annotations: Labels;
}

export type RuleConfig = RecordingRuleConfig | AlertingRuleConfig;

export interface RuleGroupConfig {
  readonly name: string;
  /** Absolute path of the file. */
  readonly file: string;
  readonly intervalMs: number;
  readonly queryOffsetMs: number;
  /** 0: no limit. */
  readonly limit: number;
  readonly rules: readonly RuleConfig[];
}

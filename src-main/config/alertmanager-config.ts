import type { MatchType } from '../../shared/promql/ast.ts';
import type { ReceiverConfig } from './receivers/read-receivers.ts';

export interface RouteMatcher {
  readonly name: string;
  readonly type: MatchType;
  readonly value: string;
}

/** A node of the routing tree, everything inherited from its parents already filled in. */
export interface RouteConfig {
  readonly receiver: string;
  /** `...` is groupByAll with an empty list. */
  readonly groupBy: readonly string[];
  readonly groupByAll: boolean;
  readonly matchers: readonly RouteMatcher[];
  readonly continue: boolean;
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  /** Templates; a child's win over its parents'. */
  readonly labels: Readonly<Record<string, string>>;
  readonly routes: readonly RouteConfig[];
}

export interface InhibitRule {
  readonly sourceMatchers: readonly RouteMatcher[];
  readonly targetMatchers: readonly RouteMatcher[];
  readonly equal: readonly string[];
}

/** Both ends inclusive. */
export interface IntRange {
  readonly from: number;
  readonly to: number;
}

/** One spec of a time interval: every field that is not empty must contain the moment. */
export interface TimeSpec {
  /** Minutes of the day, `from` inclusive, `to` exclusive. */
  readonly times: readonly IntRange[];
  /** Sunday is 0. */
  readonly weekdays: readonly IntRange[];
  /** 1..31, or -31..-1 counted from the month's end. */
  readonly daysOfMonth: readonly IntRange[];
  /** January is 1. */
  readonly months: readonly IntRange[];
  readonly years: readonly IntRange[];
  /** IANA name, `UTC` or `Local`. */
  readonly location: string;
}

/** An entry of time_intervals (or mute_time_intervals): it contains a moment when any spec does. */
export interface TimeIntervalConfig {
  readonly name: string;
  readonly specs: readonly TimeSpec[];
}

/** A file named by `templates`. */
export interface TemplateFile {
  readonly path: string;
  readonly text: string;
}

/** alertmanager.yml, read whole, every default applied. */
export interface AlertmanagerConfig {
  readonly resolveTimeoutMs: number;
  readonly route: RouteConfig;
  readonly receivers: readonly ReceiverConfig[];
  readonly inhibitRules: readonly InhibitRule[];
  readonly timeIntervals: readonly TimeIntervalConfig[];
  readonly templates: readonly TemplateFile[];
  /** The file as written with secrets replaced. */
  readonly text: string;
}

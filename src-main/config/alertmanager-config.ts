import type { MatchType } from '../../shared/promql/ast.ts';

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
  readonly routes: readonly RouteConfig[];
}

/** Hearth's own receiver: a notification on this desktop. Title and text are Go templates. */
export interface DesktopConfig {
  readonly sendResolved: boolean;
  readonly title: string;
  readonly text: string;
}

export interface WebhookConfig {
  readonly sendResolved: boolean;
  readonly url: string;
  /** 0: no limit. */
  readonly maxAlerts: number;
  readonly timeoutMs: number;
}

export interface ReceiverConfig {
  readonly name: string;
  readonly desktop: readonly DesktopConfig[];
  readonly webhook: readonly WebhookConfig[];
}

export interface InhibitRule {
  readonly sourceMatchers: readonly RouteMatcher[];
  readonly targetMatchers: readonly RouteMatcher[];
  readonly equal: readonly string[];
}

/** alertmanager.yml, read whole, every default applied. */
export interface AlertmanagerConfig {
  readonly resolveTimeoutMs: number;
  readonly route: RouteConfig;
  readonly receivers: readonly ReceiverConfig[];
  readonly inhibitRules: readonly InhibitRule[];
  /** The file as written with secrets replaced. */
  readonly text: string;
}

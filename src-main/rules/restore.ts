/** Takes `for` up where the last run left it, from the stored ALERTS_FOR_STATE series (rules/group.go RestoreForState). */
import { dropLabels, labelsKey, METRIC_NAME } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import { isStaleAt } from '../model/staleness.ts';
import type { Queryable } from '../model/storage.ts';
import { ALERTS_FOR_STATE, type AlertingRule } from './alerting-rule.ts';

export interface RestoreOptions {
  readonly nowMs: number;
  /** How long Hearth may have been away. */
  readonly outageToleranceMs: number;
  /** The least that an alert still has to wait after a restart. */
  readonly forGracePeriodMs: number;
}

interface LastState {
  readonly atMs: number;
  readonly activeAtMs: number;
}

export function restoreForState(rule: AlertingRule, queryable: Queryable, options: RestoreOptions): void {
  if (rule.config.forMs >= options.forGracePeriodMs) {
    const states = lastStates(rule.name, queryable, options);
    for (const alert of rule.active) {
      const state = states.get(labelsKey(alert.labels));
      if (state !== undefined) alert.activeAtMs = restoredActiveAt(rule.config.forMs, state, options);
    }
  }
  rule.restored = true;
}

function restoredActiveAt(forMs: number, { atMs, activeAtMs }: LastState, options: RestoreOptions): number {
  const remainingMs = forMs - (atMs - activeAtMs);
  if (remainingMs <= 0) return activeAtMs;
  if (remainingMs < options.forGracePeriodMs) return options.nowMs + options.forGracePeriodMs - forMs;
  return activeAtMs + (options.nowMs - atMs); // the time away does not count as pending
}

/** By labels without the metric name; series that ended with a stale marker are left out. */
function lastStates(alertName: string, queryable: Queryable, options: RestoreOptions): Map<string, LastState> {
  const [startMs, endMs] = [options.nowMs - options.outageToleranceMs, options.nowMs];
  const querier = queryable.querier(startMs, endMs);
  try {
    const matchers = [new Matcher(METRIC_NAME, '=', ALERTS_FOR_STATE), new Matcher('alertname', '=', alertName)];
    const set = querier.select(matchers);
    const states = new Map<string, LastState>();
    const columns = new SampleColumns();
    for (let i = 0; i < set.length; i++) {
      columns.clear();
      const last = set.read(i, startMs, endMs, columns) - 1;
      const [atMs, value] = [columns.times[last], columns.values[last]];
      if (atMs === undefined || value === undefined || isStaleAt(columns.halves, last)) continue;
      const key = labelsKey(dropLabels(set.labels(i), new Set([METRIC_NAME])));
      states.set(key, { atMs: Math.floor(atMs / 1000) * 1000, activeAtMs: value * 1000 });
    }
    return states;
  } finally {
    querier.close();
  }
}

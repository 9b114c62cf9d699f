/** Builds the alerting chain: rules, the Alertmanager within, and the way to those that prometheus.yml names. */
import { Alertmanager } from './alertmanager/alertmanager.ts';
import type { ShowFn } from './alertmanager/receivers/desktop.ts';
import type { EngineOptions } from './api/engine-port.ts';
import type { ActiveConfig } from './config/active-config.ts';
import type { Clock } from './model/clock.ts';
import { labelsToRecord } from './model/labels.ts';
import type { Logger } from './model/log.ts';
import { Notifier } from './notifier/notifier.ts';
import type { QueryEngine } from './promql/engine.ts';
import { RuleManager } from './rules/rule-manager.ts';
import { ruleQuery } from './rules/rule-query.ts';
import type { Store } from './store/open-store.ts';
import type { Tsdb } from './tsdb/tsdb.ts';

export interface AlertingGround {
  readonly options: EngineOptions;
  readonly config: ActiveConfig;
  readonly store: Store;
  readonly tsdb: Tsdb;
  readonly clock: Clock;
  readonly log: (component: string) => Logger;
  /** Without a slash at its end. */
  readonly externalUrl: string;
  readonly queryEngine: QueryEngine;
  readonly show: ShowFn;
  /** Whether an address is the Alertmanager within. */
  readonly isOwn: (url: URL) => boolean;
}

export interface Alerting {
  readonly alertmanager: Alertmanager;
  readonly notifier: Notifier;
  readonly rules: RuleManager;
  /** Alerts that the rules handed to the Alertmanager within so far. */
  readonly alertsSent: () => number;
}

export function composeAlerting(ground: AlertingGround): Alerting {
  const { options, config, store, tsdb, clock, log, externalUrl, queryEngine } = ground;
  const alertmanager = new Alertmanager({
    config: config.current().alertmanager,
    store,
    clock,
    logger: log('alertmanager'),
    show: ground.show,
    externalUrl,
    version: options.version,
    startDelayMs: options.dispatchStartDelayMs,
  });
  const notifier = new Notifier({
    ...options.notifier,
    clock,
    logger: log('notifier'),
    userAgent: `Hearth/${options.version}`,
    isOwn: ground.isOwn,
  });
  let sent = 0;
  const rules = new RuleManager({
    appendable: tsdb,
    queryable: tsdb,
    query: ruleQuery(queryEngine, tsdb),
    notify: (alerts) => {
      const relabelled = notifier.send(alerts);
      sent += relabelled.length;
      alertmanager.putAlerts(relabelled);
    },
    clock,
    logger: log('rules'),
    externalUrl,
    ...options.ruleTiming,
    record: (changes) =>
      store.alertHistory.add(
        changes.map(({ alertName, labels, ...change }) => ({
          ...change,
          name: alertName,
          labels: labelsToRecord(labels),
        })),
      ),
  });
  return { alertmanager, notifier, rules, alertsSent: () => sent };
}

import type { MetricMetadata } from '../../shared/metadata.ts';
import type { ConfigProblem, Face } from '../../shared/status.ts';
import type { Alertmanager } from '../alertmanager/alertmanager.ts';
import type { Configuration } from '../config/active-config.ts';
import type { Clock } from '../model/clock.ts';
import type { Queryable } from '../model/storage.ts';
import type { Notifier } from '../notifier/notifier.ts';
import type { QueryEngine } from '../promql/engine.ts';
import type { WriteReceiver } from '../remote/write-receiver.ts';
import type { RuleManager } from '../rules/rule-manager.ts';
import type { ScrapeManager } from '../scrape/scrape-manager.ts';
import type { Store } from '../store/open-store.ts';
import type { Tsdb } from '../tsdb/tsdb.ts';
import type { EngineOptions } from './engine-port.ts';
import type { RequestCounts } from './http/request-counts.ts';

/** As /api/v1/status/buildinfo has it. */
export interface BuildInfo {
  readonly version: string;
  readonly revision: string;
  readonly branch: string;
  readonly buildUser: string;
  readonly buildDate: string;
  readonly goVersion: string;
}

/** What the faces and calls call. */
export interface ApiParts {
  readonly options: EngineOptions;
  readonly clock: Clock;
  readonly startedMs: number;
  readonly build: BuildInfo;
  /** Whether experimental PromQL was enabled by flag. */
  readonly experimental: boolean;
  readonly tsdb: Tsdb;
  readonly queryable: Queryable;
  readonly queryEngine: QueryEngine;
  readonly scrape: ScrapeManager;
  readonly rules: RuleManager;
  readonly alertmanager: Alertmanager;
  readonly store: Store;
  /** null: switched off. */
  readonly writeReceiver: WriteReceiver | null;
  readonly configuration: () => Configuration;
  readonly configProblems: () => readonly ConfigProblem[];
  /** When the last good configuration came into force. */
  readonly configuredMs: () => number;
  readonly configFiles: { readonly prometheus: string; readonly alertmanager: string };
  /** Requests to the Prometheus face so far. */
  readonly requestCounts: RequestCounts;
  /** Alerts that the rules handed to the Alertmanager so far. */
  readonly alertsSent: () => number;
  readonly notifier: Notifier;
  readonly faces: () => readonly Face[];
  /** Resolves to what was refused. */
  readonly reload: () => Promise<readonly ConfigProblem[]>;
  readonly requestStop: () => void;
  /** Type, help and unit of a metric as its targets tell; empty strings when none does. */
  readonly metadataOf: (metric: string) => MetricMetadata;
  /** Hearth's own metrics, text exposition. */
  readonly ownMetrics: () => Promise<string>;
}

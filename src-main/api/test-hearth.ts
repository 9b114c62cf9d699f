/** For tests: the parts that the faces call, real ones over a directory of their own, on a clock that stands still. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Alertmanager } from '../alertmanager/alertmanager.ts';
import { loadAlertmanagerConfig } from '../config/load-alertmanager-config.ts';
import { loadPrometheusConfig } from '../config/load-prometheus-config.ts';
import { loadRuleFile } from '../config/load-rule-file.ts';
import { type Clock, systemClock } from '../model/clock.ts';
import { FakeClock } from '../model/fake-clock.ts';
import { labelsFromRecord } from '../model/labels.ts';
import { silentLogger } from '../model/log.ts';
import { Notifier } from '../notifier/notifier.ts';
import { QueryEngine } from '../promql/engine.ts';
import { Pushgateway } from '../pushgateway/pushgateway.ts';
import { WriteReceiver } from '../remote/write-receiver.ts';
import { RuleManager } from '../rules/rule-manager.ts';
import { ruleQuery } from '../rules/rule-query.ts';
import { ScrapeManager } from '../scrape/scrape-manager.ts';
import { openMemoryStore } from '../store/open-store.ts';
import { Tsdb } from '../tsdb/tsdb.ts';
import { handlersFor } from './calls/handlers.ts';
import { Dispatcher } from './dispatcher.ts';
import { type EngineOptions, WRITE_MESSAGES } from './engine-port.ts';
import { Faces } from './http/faces.ts';
import { RequestCounts } from './http/request-counts.ts';
import { OwnMetrics } from './own-metrics.ts';
import type { ApiParts } from './parts.ts';
import { PushMetrics } from './push-metrics.ts';

const START_MS = 1_700_000_000_000;
const ANY_PORT = '127.0.0.1:0';
const BUILD = { version: '0.0.0', revision: '', branch: '', buildUser: '', buildDate: '', goVersion: 'node' };

export interface TestHearthOptions {
  /** prometheus.yml, a rule file, alertmanager.yml. */
  readonly prometheus?: string;
  readonly rules?: string;
  readonly alertmanager?: string;
  readonly options?: Partial<EngineOptions>;
}

export class TestHearth implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly parts: ApiParts;
  readonly dispatcher: Dispatcher;
  readonly pushgateway: Pushgateway;
  readonly faces: Faces;
  readonly #stops: (() => Promise<void> | void)[];

  constructor(made: {
    readonly clock: FakeClock;
    readonly parts: ApiParts;
    readonly pushgateway: Pushgateway;
    readonly stops: (() => Promise<void> | void)[];
  }) {
    this.clock = made.clock;
    this.parts = made.parts;
    this.pushgateway = made.pushgateway;
    this.dispatcher = new Dispatcher(handlersFor(made.parts), silentLogger);
    const { build, startedMs } = made.parts;
    const push = { pushgateway: made.pushgateway, build, startedMs, flags: {}, metrics: new PushMetrics(build) };
    const { parts, dispatcher } = this;
    this.faces = new Faces({ parts, dispatcher, pushgateway: push, logger: silentLogger });
    this.#stops = [() => this.faces.stop(), ...made.stops];
  }

  /** Where a face listens. */
  url(face: 'prometheus' | 'alertmanager' | 'pushgateway'): string {
    return this.faces.list().find(({ name }) => name === face)?.url ?? '';
  }

  /** Writes one sample a series, `agoMs` before now. */
  write(series: readonly (readonly [labels: Record<string, string>, value: number])[], agoMs = 0): void {
    const appender = this.parts.tsdb.appender();
    for (const [labels, value] of series)
      appender.append(appender.series(labelsFromRecord(labels)), this.clock.nowMs() - agoMs, value);
    appender.commit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) await stop();
  }
}

const PLAIN_SCRAPING = {
  openingMs: 0,
  extraScrapeMetrics: false,
  ingestFeatures: { metadata: false, createdZeros: false },
};

/** Towards nobody. */
function testNotifier(clock: Clock): Notifier {
  const userAgent = 'test';
  return new Notifier({ clock, logger: silentLogger, userAgent, queueCapacity: 10, batchSize: 10, isOwn: () => false });
}

/** With its faces on free ports of the loopback. */
export async function startTestHearth(wanted: TestHearthOptions = {}): Promise<TestHearth> {
  const dir = mkdtempSync(path.join(tmpdir(), 'hearth-api-'));
  const clock = new FakeClock(START_MS);
  const options = { ...engineOptions(dir), ...wanted.options };
  const tsdb = await Tsdb.open({ dir: options.tsdbDir, clock, log: silentLogger });
  const store = openMemoryStore();
  const prometheus = loadPrometheusConfig(wanted.prometheus ?? '', path.join(dir, 'prometheus.yml'));
  const alertmanagerText = wanted.alertmanager ?? 'route: {receiver: none}\nreceivers: [{name: none}]\n';
  const alertmanagerConfig = loadAlertmanagerConfig(alertmanagerText, path.join(dir, 'alertmanager.yml'));
  const defaults = { evaluationIntervalMs: 60_000, ruleQueryOffsetMs: 0, checkTemplate: () => null };
  const ruleGroups = loadRuleFile(wanted.rules ?? 'groups: []', path.join(dir, 'rules.yml'), defaults);
  const common = { clock, logger: silentLogger };
  const queryEngine = new QueryEngine({
    maxSamples: options.queryMaxSamples,
    timeoutMs: options.queryTimeoutMs,
    lookbackMs: options.queryLookbackMs,
    defaultStepMs: () => 60_000,
    maxConcurrency: options.queryMaxConcurrency,
    // Queries take turns by the time that they really take.
    clock: systemClock,
  });
  const alertmanager = new Alertmanager({
    ...common,
    config: alertmanagerConfig,
    store,
    show: async () => {},
    externalUrl: '',
    version: BUILD.version,
    startDelayMs: 0,
  });
  const rules = new RuleManager({
    ...common,
    appendable: tsdb,
    queryable: tsdb,
    query: ruleQuery(queryEngine, tsdb),
    notify: (alerts) => alertmanager.putAlerts(alerts),
    externalUrl: '',
    record: () => {},
  });
  const scrape = new ScrapeManager({
    ...common,
    appendable: tsdb,
    collectBuiltin: () => Promise.reject(new Error('there is no exporter')),
    version: BUILD.version,
    hostName: 'test',
    ...PLAIN_SCRAPING,
  });
  const ownMetrics = new OwnMetrics();
  const pushgateway = new Pushgateway({ file: path.join(dir, 'pushgateway.json'), ...common });
  const parts: ApiParts = {
    options,
    clock,
    startedMs: START_MS,
    build: BUILD,
    experimental: options.features.includes('promql-experimental-functions'),
    tsdb,
    queryable: tsdb,
    queryEngine,
    scrape,
    rules,
    alertmanager,
    store,
    writeReceiver: options.enableRemoteWriteReceiver ? new WriteReceiver(tsdb, clock) : null,
    configuration: () => ({ prometheus, ruleGroups, alertmanager: alertmanagerConfig }),
    configProblems: () => [],
    configuredMs: () => START_MS,
    configFiles: { prometheus: path.join(dir, 'prometheus.yml'), alertmanager: path.join(dir, 'alertmanager.yml') },
    requestCounts: new RequestCounts(),
    alertsSent: () => 0,
    notifier: testNotifier(clock),
    faces: () => hearth.faces.list(),
    reload: async () => [],
    requestStop: () => {},
    metadataOf: () => ({ type: '', help: '', unit: '' }),
    ownMetrics: () => ownMetrics.text(),
  };
  ownMetrics.register(parts);
  const stops = [
    () => rules.stop(),
    () => scrape.stop(),
    () => alertmanager.stop(),
    () => pushgateway.stop(),
    () => tsdb.close(),
    () => store.close(),
    () => rmSync(dir, { recursive: true, force: true }),
  ];
  const hearth: TestHearth = new TestHearth({ clock, parts, pushgateway, stops });
  scrape.applyConfig(prometheus.scrapeConfigs);
  for (const { jobName, discovery } of prometheus.scrapeConfigs)
    scrape.setGroups(
      jobName,
      discovery.flatMap((entry) => (entry.kind === 'static' ? entry.groups : [])),
    );
  await rules.applyConfig(ruleGroups, []);
  alertmanager.start();
  await hearth.faces.start();
  return hearth;
}

function engineOptions(dir: string): EngineOptions {
  return {
    version: BUILD.version,
    userDataDir: dir,
    configFile: null,
    alertmanagerConfigFile: null,
    tsdbDir: path.join(dir, 'data'),
    listen: { prometheus: ANY_PORT, alertmanager: ANY_PORT, pushgateway: ANY_PORT },
    nextFreePort: true,
    enableLifecycle: true,
    enableAdminApi: false,
    enableRemoteWriteReceiver: true,
    remoteWriteMessages: WRITE_MESSAGES,
    remoteRead: { maxSamples: 1_000_000, maxConcurrent: 10, maxFrameBytes: 1_048_576 },
    pageDir: path.join(dir, 'page'),
    dispatchStartDelayMs: 0,
    notifier: { queueCapacity: 10, batchSize: 10 },
    ruleTiming: { outageToleranceMs: 3_600_000, forGracePeriodMs: 600_000, resendDelayMs: 60_000 },
    queryMaxSamples: 1_000_000,
    queryTimeoutMs: 10_000,
    queryLookbackMs: 300_000,
    queryMaxConcurrency: 4,
    minBlockDurationMs: 7_200_000,
    maxBlockDurationMs: 7_200_000,
    retentionMs: 0,
    retentionBytes: 0,
    externalUrl: '',
    features: [],
    logLevel: 'error',
    logFormat: 'logfmt',
    flags: {},
    hasDesktop: false,
  };
}

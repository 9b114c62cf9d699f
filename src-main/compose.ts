/**
 * Builds every part by hand, says who gets whom, and in which order they start, reload and stop. Knows no Electron:
 * the same engine runs under the window and headless.
 */
import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Logger as PinoLogger } from 'pino';
import type { ConfigProblem } from '../shared/status.ts';
import { Alertmanager } from './alertmanager/alertmanager.ts';
import { Announcer } from './api/announcer.ts';
import { handlersFor } from './api/calls/handlers.ts';
import { Desktop } from './api/desktop.ts';
import { Dispatcher } from './api/dispatcher.ts';
import type { EngineOptions, FromEngine, ToEngine } from './api/engine-port.ts';
import { Faces } from './api/http/faces.ts';
import { MetadataIndex } from './api/metadata-index.ts';
import { OwnMetrics } from './api/own-metrics.ts';
import type { ApiParts, BuildInfo } from './api/parts.ts';
import { problemsOf } from './api/problems.ts';
import { PushMetrics } from './api/push-metrics.ts';
import { ruleQuery } from './api/rule-query.ts';
import { ActiveConfig } from './config/active-config.ts';
import { writeStarterFiles } from './config/starter.ts';
import { STARTER_ALERTMANAGER, STARTER_PROMETHEUS } from './config/starter-text.ts';
import { DiscoveryManager } from './discovery/discovery-manager.ts';
import { looksLikeExposition } from './discovery/local/probe.ts';
import { systemListeners } from './discovery/local/system-listeners.ts';
import { HostExporter } from './exporters/host/host-exporter.ts';
import { componentLogger } from './logger.ts';
import type { Clock } from './model/clock.ts';
import { labelsToRecord } from './model/labels.ts';
import type { Logger } from './model/log.ts';
import { QueryEngine } from './promql/engine.ts';
import { Pushgateway } from './pushgateway/pushgateway.ts';
import { templateProblem } from './rules/alert-template.ts';
import { RuleManager } from './rules/rule-manager.ts';
import { ScrapeManager } from './scrape/scrape-manager.ts';
import { openStore } from './store/open-store.ts';
import { Tsdb } from './tsdb/tsdb.ts';

/** What the engine is handed from outside. */
export interface Outside {
  readonly logger: PinoLogger;
  readonly clock: Clock;
  readonly post: (message: FromEngine) => void;
  readonly requestStop: () => void;
}

export interface Engine {
  receive(message: ToEngine): void;
  /** Idempotent; waits for what is in flight. */
  stop(): Promise<void>;
}

/** Opens the storage, loads the configuration, starts every part and says 'ready'. Rejects when it cannot serve. */
export async function compose(options: EngineOptions, outside: Outside): Promise<Engine> {
  const { clock, post } = outside;
  const log = (component: string) => componentLogger(outside.logger, component);
  const startedMs = clock.nowMs();

  await mkdir(options.userDataDir, { recursive: true });
  if (options.configFile === null || options.alertmanagerConfigFile === null)
    await writeStarterFiles(options.userDataDir);
  const configFiles = {
    prometheus: options.configFile ?? path.join(options.userDataDir, 'prometheus.yml'),
    alertmanager: options.alertmanagerConfigFile ?? path.join(options.userDataDir, 'alertmanager.yml'),
  };
  const store = openStore(options.userDataDir, startedMs);
  const config = new ActiveConfig({
    prometheusFile: configFiles.prometheus,
    alertmanagerFile: configFiles.alertmanager,
    defaults: { prometheus: STARTER_PROMETHEUS, alertmanager: STARTER_ALERTMANAGER },
    checkTemplate: (text) => templateProblem('', text),
    remember: (name, text) => store.settings.set(name, text),
    recall: (name) => store.settings.get(name),
  });
  sayProblems(await config.load(), log('config'));
  let configuredMs = startedMs;

  const tsdb = await Tsdb.open({
    dir: options.tsdbDir,
    clock,
    log: log('tsdb'),
    minBlockDurationMs: options.minBlockDurationMs,
    retention: { retentionMs: options.retentionMs, retentionBytes: options.retentionBytes },
  });
  const queryEngine = new QueryEngine({
    maxSamples: options.queryMaxSamples,
    timeoutMs: options.queryTimeoutMs,
    lookbackMs: options.queryLookbackMs,
    defaultStepMs: () => config.current().prometheus.global.evaluationIntervalMs,
    maxConcurrency: options.queryMaxConcurrency,
    clock,
    delayedNameRemoval: options.features.includes('promql-delayed-name-removal'),
  });

  const desktop = new Desktop(
    clock,
    options.hasDesktop ? (notification) => post({ kind: 'show', notification }) : null,
  );
  const externalUrl = (options.externalUrl || `http://${options.listen.prometheus || 'localhost:9090'}`).replace(
    /\/$/,
    '',
  );
  const alertmanager = new Alertmanager({
    config: config.current().alertmanager,
    store,
    clock,
    logger: log('alertmanager'),
    show: (notification) => desktop.show(notification),
    externalUrl,
    version: options.version,
  });
  const rules = new RuleManager({
    appendable: tsdb,
    queryable: tsdb,
    query: ruleQuery(queryEngine, tsdb),
    notify: (alerts) => alertmanager.putAlerts(alerts),
    clock,
    logger: log('rules'),
    externalUrl,
    record: (changes) =>
      store.alertHistory.add(
        changes.map(({ alertName, labels, ...change }) => ({
          ...change,
          name: alertName,
          labels: labelsToRecord(labels),
        })),
      ),
  });

  const ownMetrics = new OwnMetrics();
  const hostExporter = new HostExporter({ clock, platform: process.platform });
  const collectors: Readonly<Record<string, () => Promise<Uint8Array>>> = {
    host: () => hostExporter.collect(),
    hearth: () => ownMetrics.collect(),
  };
  const scrape = new ScrapeManager({
    appendable: tsdb,
    clock,
    logger: log('scrape'),
    collectBuiltin: (name) => collectors[name]?.() ?? Promise.reject(new Error(`there is no exporter named ${name}`)),
    version: options.version,
    hostName: os.hostname(),
    extraScrapeMetrics: options.features.includes('extra-scrape-metrics'),
  });
  const discovery = new DiscoveryManager({
    clock,
    hostname: os.hostname(),
    local: {
      listListeners: systemListeners(process.platform, process.getuid?.() ?? -1),
      looksLikeMetrics: looksLikeExposition,
      isOwnPort: (port) => faces.list().some((face) => face.url.endsWith(`:${port}`)),
    },
    onGroups: (job, groups) => scrape.setGroups(job, groups),
  });
  const pushgateway = new Pushgateway({
    file: path.join(options.userDataDir, 'pushgateway.json'),
    clock,
    logger: log('pushgateway'),
  });

  const applyConfig = async () => {
    const { prometheus, ruleGroups, alertmanager: alertmanagerConfig } = config.current();
    scrape.applyConfig(prometheus.scrapeConfigs);
    discovery.applyConfig(prometheus.scrapeConfigs);
    await rules.applyConfig(ruleGroups, prometheus.global.externalLabels);
    await alertmanager.applyConfig(alertmanagerConfig);
  };
  const reload = async (): Promise<readonly ConfigProblem[]> => {
    const problems = await config.load();
    sayProblems(problems, log('config'));
    if (problems.length === 0) configuredMs = clock.nowMs();
    await applyConfig();
    announcer.changed('config');
    announcer.changed('status');
    return problems;
  };

  const metadata = new MetadataIndex(clock, () => scrape.metadata());
  const parts: ApiParts = {
    options,
    clock,
    startedMs,
    build: buildInfo(options.version),
    experimental: options.features.includes('promql-experimental-functions'),
    tsdb,
    queryable: tsdb,
    queryEngine,
    scrape,
    rules,
    alertmanager,
    store,
    configuration: () => config.current(),
    configProblems: () => config.problems(),
    configuredMs: () => configuredMs,
    configFiles,
    faces: () => faces.list(),
    reload,
    requestStop: outside.requestStop,
    metadataOf: (metric) => metadata.of(metric),
    ownMetrics: () => ownMetrics.text(),
  };
  const dispatcher = new Dispatcher(handlersFor(parts), log('api'));
  const announcer = new Announcer(clock, (event) => dispatcher.broadcast(event));
  const faces: Faces = new Faces(parts, dispatcher, {
    pushgateway,
    build: parts.build,
    startedMs,
    flags: options.flags,
    metrics: new PushMetrics(parts.build),
  });
  ownMetrics.register(parts);

  scrape.subscribe(() => announcer.changed('targets'));
  alertmanager.subscribe(() => {
    announcer.changed('alerts');
    announcer.changed('silences');
  });
  const tellProblems = () => post({ kind: 'problems', ...problemsOf(parts) });
  rules.subscribe(() => {
    announcer.changed('alerts');
    tellProblems();
  });

  await applyConfig();
  ownMetrics.start();
  pushgateway.start();
  await faces.start();
  alertmanager.start();
  tsdb.start();
  scrape.start();
  discovery.start();
  rules.start();
  post({ kind: 'ready', faces: faces.list() });
  outside.logger.info(
    { ms: Math.round(clock.nowMs() - startedMs), faces: faces.list().map((face) => face.url) },
    'Hearth is ready',
  );

  const sleep = {
    suspend: () => {
      scrape.suspend();
      rules.suspend();
      alertmanager.suspend();
    },
    resume: () => {
      alertmanager.resume(2 * config.current().prometheus.global.scrapeIntervalMs);
      scrape.resume();
      rules.resume();
    },
  };

  /** New data stops first, then what works on it, then what keeps it. */
  const stopAll = async () => {
    await faces.stop();
    discovery.stop();
    await rules.stop();
    await scrape.stop();
    await alertmanager.stop();
    pushgateway.stop();
    announcer.stop();
    ownMetrics.stop();
    await tsdb.close();
    store.close();
  };
  let stopping: Promise<void> | null = null;
  return {
    receive: (message) => receive(message, { dispatcher, desktop, post, reload, sleep }),
    stop: () => {
      stopping ??= stopAll();
      return stopping;
    },
  };
}

interface Wires {
  readonly dispatcher: Dispatcher;
  readonly desktop: Desktop;
  readonly post: (message: FromEngine) => void;
  readonly reload: () => Promise<readonly ConfigProblem[]>;
  readonly sleep: { readonly suspend: () => void; readonly resume: () => void };
}

function receive(message: ToEngine, { dispatcher, desktop, post, reload, sleep }: Wires): void {
  switch (message.kind) {
    case 'client-open':
      dispatcher.open(message.client, (frame) => post({ kind: 'client-frame', client: message.client, frame }));
      return;
    case 'client-frame':
      dispatcher.receive(message.client, message.frame);
      return;
    case 'client-close':
      dispatcher.close(message.client);
      return;
    case 'reload':
      void reload();
      return;
    case 'suspend':
      sleep.suspend();
      return;
    case 'resume':
      sleep.resume();
      return;
    case 'show-outcome':
      desktop.settle(message.id, message.error);
      return;
    case 'stop':
      return;
  }
}

function sayProblems(problems: readonly ConfigProblem[], logger: Logger): void {
  for (const { running, ...problem } of problems)
    logger.error({ ...problem, running }, 'a configuration file was refused');
}

function buildInfo(version: string): BuildInfo {
  return {
    version,
    revision: '',
    branch: '',
    buildUser: '',
    buildDate: '',
    goVersion: `node ${process.versions.node}`,
  };
}

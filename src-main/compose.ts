/**
 * Builds every part by hand, says who gets whom, and in which order they start, reload and stop. Knows no Electron:
 * the same engine runs under the window and headless.
 */
import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Logger as PinoLogger } from 'pino';
import type { ConfigProblem } from '../shared/status.ts';
import { Announcer } from './api/announcer.ts';
import { buildInfo } from './api/build-info.ts';
import { handlersFor } from './api/calls/handlers.ts';
import { Desktop } from './api/desktop.ts';
import { Dispatcher } from './api/dispatcher.ts';
import type { EngineOptions, Post, ToEngine } from './api/engine-port.ts';
import { Faces } from './api/http/faces.ts';
import { RequestCounts } from './api/http/request-counts.ts';
import { MetadataIndex } from './api/metadata-index.ts';
import { OwnMetrics } from './api/own-metrics.ts';
import type { ApiParts } from './api/parts.ts';
import { problemsOf } from './api/problems.ts';
import { PushMetrics } from './api/push-metrics.ts';
import { receiver } from './api/receiver.ts';
import { composeAlerting } from './compose-alerting.ts';
import { ActiveConfig } from './config/active-config.ts';
import { writeStarterFiles } from './config/starter.ts';
import { STARTER_ALERTMANAGER, STARTER_PROMETHEUS } from './config/starter-text.ts';
import { DiscoveryManager } from './discovery/discovery-manager.ts';
import { looksLikeExposition } from './discovery/local/probe.ts';
import { systemListeners } from './discovery/local/system-listeners.ts';
import { HostExporter } from './exporters/host/host-exporter.ts';
import { componentLogger } from './logger.ts';
import type { Clock } from './model/clock.ts';
import type { Logger } from './model/log.ts';
import { QueryEngine } from './promql/engine.ts';
import { Pushgateway } from './pushgateway/pushgateway.ts';
import { WriteReceiver } from './remote/write-receiver.ts';
import { templateProblem } from './rules/alert-template.ts';
import { ScrapeManager } from './scrape/scrape-manager.ts';
import { openStore, type Store } from './store/open-store.ts';
import { Tsdb } from './tsdb/tsdb.ts';

/** How long this machine's own figures are taken every second after a start. */
const OPENING_MS = 60_000;

/** What the engine is handed from outside. */
export interface Outside {
  readonly logger: PinoLogger;
  readonly clock: Clock;
  /** `transfer`: memory that goes over with the message. */
  readonly post: Post;
  readonly requestStop: () => void;
}

/** Opens the storage, loads the configuration, starts every part and says 'ready'. Rejects when it cannot serve. */
export async function compose(options: EngineOptions, outside: Outside): Promise<Engine> {
  await mkdir(options.userDataDir, { recursive: true });
  if (options.configFile === null || options.alertmanagerConfigFile === null)
    await writeStarterFiles(options.userDataDir);
  const tsdb = await openTsdb(options, outside);
  const store = await openStoreOrClose(options, outside, tsdb);
  const engine = new Engine({ options, outside, tsdb, store, config: activeConfig(options, store) });
  try {
    await engine.start();
  } catch (error) {
    await engine.stop();
    throw error;
  }
  return engine;
}

async function openStoreOrClose(options: EngineOptions, { clock }: Outside, tsdb: Tsdb): Promise<Store> {
  try {
    return openStore(options.userDataDir, clock.nowMs());
  } catch (error) {
    await tsdb.close();
    throw error;
  }
}

const MAX_REPLAYED_EXEMPLARS = 1_000_000;

function openTsdb(options: EngineOptions, { clock, logger }: Outside): Promise<Tsdb> {
  const { tsdbDir: dir, minBlockDurationMs, maxBlockDurationMs, retentionMs, retentionBytes } = options;
  return Tsdb.open({
    dir,
    clock,
    log: componentLogger(logger, 'tsdb'),
    minBlockDurationMs,
    maxBlockDurationMs,
    retention: { retentionMs, retentionBytes },
    // as many as may be in the log: the configuration, which is read later, says how many remain
    maxExemplars: options.features.includes('exemplar-storage') ? MAX_REPLAYED_EXEMPLARS : 0,
    keepsMetadata: options.features.includes('metadata-wal-records'),
  });
}

function activeConfig(options: EngineOptions, store: Store): ActiveConfig {
  return new ActiveConfig({
    prometheusFile: options.configFile ?? path.join(options.userDataDir, 'prometheus.yml'),
    alertmanagerFile: options.alertmanagerConfigFile ?? path.join(options.userDataDir, 'alertmanager.yml'),
    defaults: { prometheus: STARTER_PROMETHEUS, alertmanager: STARTER_ALERTMANAGER },
    rules: {
      checkTemplate: (text) => templateProblem('', text),
      experimental: options.features.includes('promql-experimental-functions'),
    },
    remember: (name, text) => store.settings.set(name, text),
    recall: (name) => store.settings.get(name),
  });
}

/** What is open before the engine is built; it belongs to the engine, which closes it. */
interface Ground {
  readonly options: EngineOptions;
  readonly outside: Outside;
  readonly tsdb: Tsdb;
  readonly store: Store;
  readonly config: ActiveConfig;
}

/** All parts between the storage and the web faces. */
export class Engine {
  readonly #ground: Ground;
  readonly #startedMs: number;
  #configuredMs: number;
  #stopActions: (() => Promise<void> | void)[] = [];
  #loading: Promise<readonly ConfigProblem[]> = Promise.resolve([]);
  #stopping: Promise<void> | null = null;
  #receive: (message: ToEngine) => void = () => {};

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#startedMs = ground.outside.clock.nowMs();
    this.#configuredMs = this.#startedMs;
  }

  receive(message: ToEngine): void {
    this.#receive(message);
  }

  /** Idempotent. New data stops first, then what works on it, then what keeps it; rejects when any of them failed. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    await this.#loading.catch(() => []);
    const { tsdb, store } = this.#ground;
    const failures: unknown[] = [];
    for (const action of [...this.#stopActions, () => tsdb.close(), () => store.close()]) {
      try {
        await action();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some parts did not stop cleanly');
  }

  async start(): Promise<void> {
    const { options, outside, config, store, tsdb } = this.#ground;
    const { clock, post } = outside;
    this.#sayProblems(await config.load());
    store.alertHistory.prune(clock.nowMs());

    const desktop = new Desktop(
      clock,
      options.hasDesktop ? (notification) => post({ kind: 'show', notification }) : null,
    );
    const queryEngine = this.#queryEngine();
    const alerting = composeAlerting({
      ...this.#ground,
      clock,
      log: (component) => this.#log(component),
      externalUrl: this.#externalUrl(),
      queryEngine,
      show: (notification) => desktop.show(notification),
      isOwn: (url) => faces.list().some((face) => face.url === url.origin),
    });
    const { alertmanager, notifier, rules } = alerting;
    const ownMetrics = new OwnMetrics();
    const scrape = this.#scrape(ownMetrics);
    const pushgateway = new Pushgateway({
      file: path.join(options.userDataDir, 'pushgateway.json'),
      clock,
      logger: this.#log('pushgateway'),
    });
    const isOwnPort = (port: number) => faces.list().some((face) => face.url.endsWith(`:${port}`));
    const discovery = this.#discovery(isOwnPort, (job, groups) => scrape.setGroups(job, groups));
    const alertmanagers = this.#discovery(isOwnPort, (set, groups) => notifier.setGroups(set, groups));

    const applyConfig = async () => {
      const current = config.current();
      tsdb.applyOutOfOrderWindow(current.prometheus.outOfOrderTimeWindowMs);
      if (options.features.includes('exemplar-storage')) tsdb.resizeExemplars(current.prometheus.maxExemplars);
      scrape.applyConfig(current.prometheus.scrapeConfigs);
      discovery.applyConfig(current.prometheus.scrapeConfigs);
      await notifier.applyConfig(current.prometheus.alerting);
      alertmanagers.applyConfig(current.prometheus.alerting.alertmanagers);
      await rules.applyConfig(current.ruleGroups, current.prometheus.global.externalLabels);
      await alertmanager.applyConfig(current.alertmanager);
    };
    const metadata = new MetadataIndex(clock, () => scrape.metadata());
    const parts: ApiParts = {
      ...this.#facts(),
      queryEngine,
      scrape,
      ...alerting,
      faces: () => faces.list(),
      reload: () => this.#reload(applyConfig, announcer),
      metadataOf: (metric) => metadata.of(metric),
      ownMetrics: () => ownMetrics.text(),
    };
    const dispatcher = new Dispatcher(handlersFor(parts), this.#log('api'));
    const announcer = new Announcer(clock, (event) => dispatcher.broadcast(event));
    const push = {
      pushgateway,
      build: parts.build,
      startedMs: this.#startedMs,
      flags: options.flags,
      metrics: new PushMetrics(parts.build),
    };
    const faces: Faces = new Faces({ parts, dispatcher, pushgateway: push, logger: this.#log('web') });
    this.#receive = receiver({ parts, dispatcher, desktop, post: outside.post });
    ownMetrics.register(parts);
    this.#announce(parts, announcer);

    this.#stopActions = [
      () => faces.stop(),
      () => discovery.stop(),
      () => alertmanagers.stop(),
      () => rules.stop(),
      () => notifier.stop(),
      () => scrape.stop(),
      () => alertmanager.stop(),
      () => pushgateway.stop(),
      () => announcer.stop(),
      () => ownMetrics.stop(),
    ];
    await applyConfig();
    pushgateway.start();
    alertmanager.start();
    await faces.start();
    this.#ground.tsdb.start();
    scrape.start();
    discovery.start();
    alertmanagers.start();
    rules.start();
    post({ kind: 'ready', faces: faces.list() });
    ownMetrics.start();
    outside.logger.info(
      { ms: Math.round(clock.nowMs() - this.#startedMs), faces: faces.list().map((face) => face.url) },
      'Hearth is ready',
    );
  }

  #log(component: string): Logger {
    return componentLogger(this.#ground.outside.logger, component);
  }

  #queryEngine(): QueryEngine {
    const { options, outside, config } = this.#ground;
    return new QueryEngine({
      maxSamples: options.queryMaxSamples,
      timeoutMs: options.queryTimeoutMs,
      lookbackMs: options.queryLookbackMs,
      defaultStepMs: () => config.current().prometheus.global.evaluationIntervalMs,
      maxConcurrency: options.queryMaxConcurrency,
      clock: outside.clock,
      delayedNameRemoval: options.features.includes('promql-delayed-name-removal'),
      useStartTimestamps: options.features.includes('use-start-timestamps'),
    });
  }

  #externalUrl(): string {
    const { externalUrl, listen } = this.#ground.options;
    return (externalUrl || `http://${listen.prometheus || 'localhost:9090'}`).replace(/\/$/, '');
  }

  #scrape(ownMetrics: OwnMetrics): ScrapeManager {
    const { options, outside, tsdb } = this.#ground;
    const host = new HostExporter({ clock: outside.clock, platform: process.platform });
    const exporters: Readonly<Record<string, () => Promise<Uint8Array>>> = {
      host: () => host.collect(),
      hearth: () => ownMetrics.collect(),
    };
    return new ScrapeManager({
      appendable: tsdb,
      clock: outside.clock,
      logger: this.#log('scrape'),
      collectBuiltin: (name) => exporters[name]?.() ?? Promise.reject(new Error(`there is no exporter named ${name}`)),
      version: options.version,
      hostName: os.hostname(),
      openingMs: OPENING_MS,
      extraScrapeMetrics: options.features.includes('extra-scrape-metrics'),
      ingestFeatures: {
        metadata: options.features.includes('metadata-wal-records'),
        createdZeros: options.features.includes('created-timestamp-zero-ingestion'),
      },
    });
  }

  #discovery(
    isOwnPort: (port: number) => boolean,
    onGroups: ConstructorParameters<typeof DiscoveryManager>[0]['onGroups'],
  ): DiscoveryManager {
    const listListeners = systemListeners(process.platform, process.getuid?.() ?? -1);
    return new DiscoveryManager({
      clock: this.#ground.outside.clock,
      hostname: os.hostname(),
      local: { listListeners, looksLikeMetrics: looksLikeExposition, isOwnPort },
      onGroups,
    });
  }

  #facts() {
    const { options, outside, tsdb, store, config } = this.#ground;
    return {
      options,
      clock: outside.clock,
      startedMs: this.#startedMs,
      build: buildInfo(options.version),
      experimental: options.features.includes('promql-experimental-functions'),
      tsdb,
      queryable: tsdb,
      store,
      writeReceiver: options.enableRemoteWriteReceiver ? new WriteReceiver(tsdb, outside.clock) : null,
      configuration: () => config.current(),
      configProblems: () => config.problems(),
      configuredMs: () => this.#configuredMs,
      configFiles: config.files,
      requestCounts: new RequestCounts(),
      requestStop: outside.requestStop,
    };
  }

  /** One at a time, in the order asked for. */
  #reload(applyConfig: () => Promise<void>, announcer: Announcer): Promise<readonly ConfigProblem[]> {
    const load = async () => {
      if (this.#stopping !== null) return this.#ground.config.problems();
      const problems = await this.#ground.config.load();
      this.#sayProblems(problems);
      if (problems.length === 0) this.#configuredMs = this.#ground.outside.clock.nowMs();
      await applyConfig();
      announcer.changed('config');
      announcer.changed('status');
      return problems;
    };
    this.#loading = this.#loading.then(load, load);
    return this.#loading;
  }

  #sayProblems(problems: readonly ConfigProblem[]): void {
    const logger = this.#log('config');
    for (const problem of problems) logger.error({ ...problem }, 'a configuration file was refused');
  }

  /** Changes reach the windows, and the tray. */
  #announce(parts: ApiParts, announcer: Announcer): void {
    const { scrape, rules, alertmanager } = parts;
    const tellProblems = () => this.#ground.outside.post({ kind: 'problems', ...problemsOf(parts) });
    scrape.subscribe(() => announcer.changed('targets'));
    rules.subscribe(() => {
      announcer.changed('alerts');
      tellProblems();
    });
    alertmanager.subscribe((topic) => {
      announcer.changed(topic);
      announcer.changed('alerts');
      tellProblems();
    });
  }
}

/** Alertmanager, embedded: takes alerts, groups, silences, inhibits, and tells receivers. */
import type { SilenceMatcher } from '../../shared/alerts.ts';
import type { AlertmanagerConfig, RouteMatcher } from '../config/alertmanager-config.ts';
import type { Alert } from '../model/alert.ts';
import type { Clock } from '../model/clock.ts';
import type { Labels } from '../model/labels.ts';
import type { Logger } from '../model/log.ts';
import type { NotificationLogTable } from '../store/notification-log-table.ts';
import type { SilenceTable } from '../store/silence-table.ts';
import type { FlushFn } from './alert-group.ts';
import { AlertProvider } from './alert-provider.ts';
import { buildIntegrations } from './build-integrations.ts';
import { Dispatcher } from './dispatcher.ts';
import { messageOf } from './errors.ts';
import { Inhibitor } from './inhibitor.ts';
import { type PostedAlert, takeIn } from './intake.ts';
import { MatcherList, routeMatcherOf } from './matchers.ts';
import type { Integration } from './notification.ts';
import { NotificationLog } from './notification-log.ts';
import { Desktop, type ShowFn } from './receivers/desktop.ts';
import { Route } from './route.ts';
import { type SilenceInput, Silences, type SilenceView } from './silences.ts';
import { newCounters, type PipelineCounters, type PipelineWorld, runPipeline } from './stages/pipeline.ts';
import { compareAlerts, isResolved, type StoredAlert } from './stored-alert.ts';
import { type AlertFilter, type AlertStatus, type AlertView, type GroupView, passes } from './views.ts';

export interface AlertmanagerOptions {
  readonly config: AlertmanagerConfig;
  readonly store: { readonly silences: SilenceTable; readonly notificationLog: NotificationLogTable };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly show: ShowFn;
  /** Without a slash at its end. */
  readonly externalUrl: string;
  /** Hearth's, for the User-Agent of webhooks. */
  readonly version: string;
  /** How long after the start nothing is told, while whoever sends alerts comes up. */
  readonly startDelayMs?: number;
  /** 0 <= n < 1. */
  readonly random?: () => number;
  /** The ways to tell each receiver, by its name; left out: those that the configuration names. */
  readonly integrations?: (config: AlertmanagerConfig) => ReadonlyMap<string, readonly Integration[]>;
}

export type AlertmanagerTopic = 'alerts' | 'silences';

const ALERT_COLLECTION_MS = 30 * 60_000;
const MAINTENANCE_MS = 15 * 60_000;
const LEAST_HOLD_MS = 60_000;

/** What a configuration brings with it; replaced as a whole. */
interface Running {
  readonly config: AlertmanagerConfig;
  readonly root: Route;
  readonly inhibitor: Inhibitor;
  readonly dispatcher: Dispatcher;
}

export class Alertmanager {
  readonly #options: AlertmanagerOptions;
  readonly #clock: Clock;
  readonly #provider: AlertProvider;
  readonly #silences: Silences;
  readonly #log: NotificationLog;
  readonly #desktop: Desktop;
  readonly #listeners = new Set<(topic: AlertmanagerTopic) => void>();
  readonly counters: PipelineCounters = newCounters();
  #running: Running;
  #isStarted = false;
  #suspendedAtMs: number | null = null;
  #heldUntilMs = 0;
  #cancelTimers: (() => void)[] = [];
  /** Alerts taken in, and refused as invalid. */
  received = 0;
  invalid = 0;

  constructor(options: AlertmanagerOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#provider = new AlertProvider(options.clock);
    this.#silences = new Silences(options.store.silences, options.clock);
    this.#log = new NotificationLog(options.store.notificationLog);
    this.#desktop = new Desktop(options.show, options.clock);
    this.#running = this.#build(options.config);
  }

  #build(config: AlertmanagerConfig): Running {
    const { externalUrl, logger, version, random = Math.random } = this.#options;
    const configured = (read: AlertmanagerConfig) =>
      buildIntegrations(read, { clock: this.#clock, desktop: this.#desktop, userAgent: `Hearth/${version}` });
    const integrations = this.#options.integrations ?? configured;
    const root = new Route(config.route);
    const inhibitor = new Inhibitor(config.inhibitRules);
    const world: PipelineWorld = {
      inhibitor,
      silences: this.#silences,
      log: this.#log,
      timeIntervals: new Map(config.timeIntervals.map((interval) => [interval.name, interval])),
      integrations: integrations(config),
      externalUrl,
      clock: this.#clock,
      random,
      logger,
      counters: this.counters,
    };
    const flush: FlushFn = async (group, { alerts, atMs, signal }) => {
      const muted = (names: readonly string[]) => {
        group.mutedBy = names;
      };
      const { route, key: groupKey, labels: groupLabels } = group;
      try {
        return await runPipeline({ route, groupKey, groupLabels, alerts, atMs, signal, muted }, world);
      } catch (error) {
        logger.error({ group: groupKey, error: messageOf(error) }, 'flushing a group failed');
        return false;
      } finally {
        this.#tell('alerts');
      }
    };
    const heldUntilMs = () => (this.#suspendedAtMs === null ? this.#heldUntilMs : this.#clock.nowMs() + LEAST_HOLD_MS);
    return { config, root, inhibitor, dispatcher: new Dispatcher({ root, clock: this.#clock, flush, heldUntilMs }) };
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#heldUntilMs = this.#clock.nowMs() + (this.#options.startDelayMs ?? 0);
    this.#silences.load();
    this.#every(ALERT_COLLECTION_MS, () => this.#provider.collect());
    this.#every(MAINTENANCE_MS, () => {
      this.#silences.collect();
      this.#log.collect(this.#clock.nowMs());
      this.#running.inhibitor.collect(this.#clock.nowMs());
    });
  }

  #every(intervalMs: number, action: () => void): void {
    const slot = this.#cancelTimers.length;
    const arm = () => {
      this.#cancelTimers[slot] = this.#clock.after(intervalMs, () => {
        if (this.#suspendedAtMs === null) this.#attempt(action); // what ended only by the sleep is still needed
        arm();
      });
    };
    arm();
  }

  /** A database that fails must not stop the loop. */
  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#options.logger.error({ error: messageOf(error) }, 'maintenance failed');
    }
  }

  /** Cancels what is being sent: what was not noted as told is told after the next start. Idempotent. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    for (const cancel of this.#cancelTimers) cancel();
    this.#cancelTimers = [];
    await this.#running.dispatcher.stop();
  }

  /** Puts a configuration in force: timers begin anew, what was told and the silences stay. Throws TemplateError. */
  async applyConfig(config: AlertmanagerConfig): Promise<void> {
    const next = this.#build(config);
    const previous = this.#running;
    this.#running = next;
    await previous.dispatcher.stop();
    for (const alert of this.#provider.all) this.#spread(alert);
    this.#tell('alerts');
  }

  #spread(alert: StoredAlert): void {
    this.#running.inhibitor.put(alert);
    this.#running.dispatcher.put(alert);
  }

  /** Takes alerts in (times 0 where they were left out) and returns why some were refused. */
  putAlerts(posted: readonly PostedAlert[] | readonly Alert[]): readonly string[] {
    const { alerts, problems } = takeIn(posted, this.#clock.nowMs(), this.#running.config.resolveTimeoutMs);
    this.received += posted.length;
    this.invalid += problems.length;
    for (const alert of alerts) {
      const merged = this.#provider.put(alert);
      if (merged !== null) this.#spread(merged);
    }
    if (alerts.length > 0) this.#tell('alerts');
    return problems;
  }

  /** Alerts that have not ended, by fingerprint. */
  listAlerts(filter: AlertFilter = {}): AlertView[] {
    const views: AlertView[] = [];
    for (const alert of this.#provider.all) {
      const view = this.#wanted(alert, filter);
      if (view !== null) views.push(view);
    }
    return views.sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  }

  /** The view of an alert that the filter lets pass. */
  #wanted(alert: StoredAlert, filter: AlertFilter): AlertView | null {
    if (isResolved(alert, this.#clock.nowMs()) || filter.matches?.(alert.labels) === false) return null;
    const receivers = this.#running.root.match(alert.labels).map((route) => route.config.receiver);
    if (filter.receiver !== undefined && !receivers.some(filter.receiver)) return null;
    const status = this.status(alert.labels);
    return passes(status, filter) ? viewOf(alert, receivers, status) : null;
  }

  /** What holds an alert with these labels back now. */
  status(labels: Labels, mutedBy: readonly string[] = []): AlertStatus {
    const silencedBy = this.#silences.silencing(labels);
    const inhibitor = this.#running.inhibitor.inhibitedBy(labels, this.#clock.nowMs());
    const inhibitedBy = inhibitor === null ? [] : [inhibitor];
    const isHeld = silencedBy.length + inhibitedBy.length + mutedBy.length > 0;
    return { state: isHeld ? 'suppressed' : 'active', silencedBy, inhibitedBy, mutedBy };
  }

  /** Names of the receivers that an alert with these labels goes to. */
  receiversOf(labels: Labels): string[] {
    return this.#running.root.match(labels).map((route) => route.config.receiver);
  }

  /** Groups by their labels, then receiver; those without a wanted alert are left out. */
  alertGroups(filter: AlertFilter = {}): GroupView[] {
    const groups: GroupView[] = [];
    for (const group of this.#running.dispatcher.groups) {
      const { receiver } = group.route.config;
      if (filter.receiver?.(receiver) === false || (filter.muted === false && group.mutedBy.length > 0)) continue;
      const alerts = [...group.alerts].sort(compareAlerts).flatMap((alert) => {
        const { receiver: _, ...rest } = filter;
        const view = this.#wanted(alert, rest);
        return view === null ? [] : [{ ...view, status: this.status(alert.labels, group.mutedBy) }];
      });
      if (alerts.length > 0) groups.push({ key: group.key, labels: group.labels, receiver, alerts });
    }
    return groups;
  }

  /** Creates or changes a silence and returns its id. Throws SilenceError. */
  setSilence(input: SilenceInput): string {
    const id = this.#silences.set(input);
    this.#tell('silences');
    return id;
  }

  /** Throws SilenceError. */
  expireSilence(id: string): void {
    this.#silences.expire(id);
    this.#tell('silences');
  }

  silence(id: string): SilenceView | null {
    return this.#silences.get(id);
  }

  /** Those that have each of the `filter` matchers word for word. */
  silences(filter: readonly RouteMatcher[] = []): SilenceView[] {
    return this.#silences.list(filter);
  }

  /** Alerts that a silence with these matchers would hold back. Throws RegexError. */
  preview(matchers: readonly SilenceMatcher[]): AlertView[] {
    const list = new MatcherList(matchers.map(routeMatcherOf));
    return this.listAlerts({ matches: (labels) => list.matches(labels) });
  }

  /** Names, in the order of the file. */
  receivers(): string[] {
    return this.#running.config.receivers.map((receiver) => receiver.name);
  }

  get config(): AlertmanagerConfig {
    return this.#running.config;
  }

  get groupCount(): number {
    return this.#running.dispatcher.groupCount;
  }

  /** The computer goes to sleep: nothing is told until `resume`. */
  suspend(): void {
    this.#suspendedAtMs ??= this.#clock.nowMs();
  }

  /**
   * It woke up. Nothing is told for `holdMs` (at least 60 s; the caller gives two scrape intervals), so that what fires
   * only because of the gap has ended by then; alerts that nobody could send again meanwhile do not end.
   */
  resume(holdMs = LEAST_HOLD_MS): void {
    if (this.#suspendedAtMs === null) return;
    const nowMs = this.#clock.nowMs();
    const heldMs = Math.max(LEAST_HOLD_MS, holdMs);
    this.#heldUntilMs = nowMs + heldMs;
    const shifted = this.#provider.shiftEnds(this.#suspendedAtMs, nowMs - this.#suspendedAtMs + heldMs);
    for (const alert of shifted) {
      this.#running.inhibitor.put(alert);
      this.#running.dispatcher.replace(alert);
    }
    this.#suspendedAtMs = null;
  }

  /** Calls `listener` when alerts or silences changed; the returned function ends it. */
  subscribe(listener: (topic: AlertmanagerTopic) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(topic: AlertmanagerTopic): void {
    for (const listener of this.#listeners) listener(topic);
  }
}

function viewOf(alert: StoredAlert, receivers: readonly string[], status: AlertStatus): AlertView {
  const { fingerprint, labels, annotations, startsAtMs, endsAtMs, updatedAtMs, generatorUrl } = alert;
  return { fingerprint, labels, annotations, startsAtMs, endsAtMs, updatedAtMs, generatorUrl, receivers, status };
}

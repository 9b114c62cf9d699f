/** Sends alerts to the Alertmanagers that prometheus.yml names, beside the one within (notifier/manager.go). */
import { checkAnswer } from '../alertmanager/sending/check-answer.ts';
import { HttpSender } from '../alertmanager/sending/http-sender.ts';
import type { AlertingConfig, AlertmanagerSetConfig } from '../config/alerting-config.ts';
import type { Alert } from '../model/alert.ts';
import type { Clock } from '../model/clock.ts';
import { getLabel, type Labels, labelEntries, labelsOf } from '../model/labels.ts';
import type { Logger } from '../model/log.ts';
import { type RelabelRule, relabel } from '../model/relabel.ts';
import type { TargetGroup } from '../model/target-group.ts';
import { type SendCounters, SendQueue } from './send-queue.ts';

export interface NotifierOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly userAgent: string;
  readonly queueCapacity: number;
  readonly batchSize: number;
  /** Whether an address is Hearth's own Alertmanager, which is told without HTTP. */
  readonly isOwn: (url: URL) => boolean;
}

/** How long stopping waits for what is to be sent. */
const DRAIN_MS = 10_000;
const API_PATH = '/api/v2/alerts';

interface AlertmanagerSet {
  readonly config: AlertmanagerSetConfig;
  readonly fingerprint: string;
  readonly sender: HttpSender;
  /** By address. */
  readonly queues: Map<string, SendQueue>;
  dropped: readonly string[];
}

/** Counters of one Alertmanager. */
export interface QueueReading extends Readonly<SendCounters> {
  readonly url: string;
  readonly waiting: number;
}

export class Notifier {
  readonly #options: NotifierOptions;
  #alertRelabel: readonly RelabelRule[] = [];
  readonly #sets = new Map<string, AlertmanagerSet>();
  /** Of Alertmanagers that are gone: counters do not go down. */
  readonly #past = new Map<string, SendCounters>();

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Sets that did not change go on with their queues. */
  async applyConfig({ alertRelabel, alertmanagers }: AlertingConfig): Promise<void> {
    this.#alertRelabel = alertRelabel;
    const wanted = new Map(
      alertmanagers.map((config) => [config.jobName, { config, fingerprint: JSON.stringify(config) }]),
    );
    const gone = [...this.#sets].filter(([name, set]) => wanted.get(name)?.fingerprint !== set.fingerprint);
    for (const [name] of gone) this.#sets.delete(name);
    for (const [name, { config, fingerprint }] of wanted) {
      if (this.#sets.has(name)) continue;
      const sender = new HttpSender(config.http, this.#options);
      this.#sets.set(name, { config, fingerprint, sender, queues: new Map(), dropped: [] });
    }
    await Promise.all(gone.flatMap(([, { queues }]) => [...queues].map(([url, queue]) => this.#end(url, queue))));
  }

  /** The Alertmanagers that the discoveries of one set found. */
  setGroups(name: string, groups: readonly TargetGroup[]): void {
    const set = this.#sets.get(name);
    if (set === undefined) return;
    const found = groups.flatMap((group) => group.targets.map((target) => addressOf(set.config, group, target)));
    const active = new Set(found.filter(({ keep }) => keep).map(({ url }) => url));
    set.dropped = found.filter(({ keep }) => !keep).map(({ url }) => url);
    for (const [url, queue] of set.queues) {
      if (active.has(url)) continue;
      set.queues.delete(url);
      void this.#end(url, queue);
    }
    for (const url of active) {
      if (set.queues.has(url) || !URL.canParse(url) || this.#options.isOwn(new URL(url))) continue;
      set.queues.set(url, this.#queue(set, url));
    }
  }

  #queue({ sender, config }: AlertmanagerSet, url: string): SendQueue {
    const { queueCapacity: capacity, batchSize, logger, clock } = this.#options;
    return new SendQueue({
      capacity,
      batchSize,
      monotonicMs: () => clock.monotonicMs(),
      post: async (body, signal) =>
        checkAnswer(await sender.postJson(url, body, { signal, timeoutMs: config.timeoutMs })),
      failed: (error, count) =>
        logger.error({ alertmanager: url, count, error: String(error) }, 'sending alerts failed'),
    });
  }

  async #end(url: string, queue: SendQueue): Promise<void> {
    await queue.stop();
    const past = this.#past.get(url);
    this.#past.set(url, past === undefined ? queue.counters : sum(past, queue.counters));
  }

  /** Relabels alerts, queues them for every Alertmanager, and returns them for the one within. */
  send(alerts: readonly Alert[]): readonly Alert[] {
    const relabelled = relabelAlerts(alerts, this.#alertRelabel);
    for (const { config, queues } of this.#sets.values()) {
      const own = relabelAlerts(relabelled, config.alertRelabel);
      if (own.length > 0) for (const queue of queues.values()) queue.put(own);
    }
    return relabelled;
  }

  /** Sends what waits, for a while. Idempotent. */
  async stop(): Promise<void> {
    const queues = [...this.#sets.values()].flatMap((set) => [...set.queues.values()]);
    let cancel = () => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(DRAIN_MS, resolve);
    });
    await Promise.race([Promise.all(queues.map((queue) => queue.drain())), late]);
    cancel();
    await Promise.all(queues.map((queue) => queue.stop()));
  }

  /** Addresses that alerts are sent to, and those that relabelling dropped. */
  alertmanagers(): { readonly active: readonly string[]; readonly dropped: readonly string[] } {
    const sets = [...this.#sets.values()];
    return { active: sets.flatMap((set) => [...set.queues.keys()]), dropped: sets.flatMap((set) => set.dropped) };
  }

  get queueCapacity(): number {
    return this.#options.queueCapacity;
  }

  /** Every Alertmanager that there is or was, by its address. */
  readings(): QueueReading[] {
    const readings = new Map<string, QueueReading>();
    for (const [url, counters] of this.#past) readings.set(url, { url, waiting: 0, ...counters });
    for (const { queues } of this.#sets.values()) {
      for (const [url, queue] of queues) {
        const past = readings.get(url);
        const counters = past === undefined ? queue.counters : sum(past, queue.counters);
        readings.set(url, { url, waiting: queue.length, ...counters });
      }
    }
    return [...readings.values()];
  }
}

function sum(a: Readonly<SendCounters>, b: Readonly<SendCounters>): SendCounters {
  return {
    sent: a.sent + b.sent,
    errors: a.errors + b.errors,
    dropped: a.dropped + b.dropped,
    requests: a.requests + b.requests,
    requestSeconds: a.requestSeconds + b.requestSeconds,
  };
}

/** Alerts that a rule drops are left out. */
function relabelAlerts(alerts: readonly Alert[], rules: readonly RelabelRule[]): readonly Alert[] {
  if (rules.length === 0) return alerts;
  return alerts.flatMap((alert) => {
    const { labels, keep } = relabel(alert.labels, rules);
    return keep && labels.length > 0 ? [{ ...alert, labels }] : [];
  });
}

function addressOf(
  config: AlertmanagerSetConfig,
  group: TargetGroup,
  target: Labels,
): { readonly url: string; readonly keep: boolean } {
  const path = `${config.pathPrefix.replace(/\/$/, '')}${API_PATH}`;
  const given: [string, string][] = [
    ['__scheme__', config.scheme],
    ['__alerts_path__', path.startsWith('/') ? path : `/${path}`],
    ...labelEntries(group.labels),
    ...labelEntries(target),
  ];
  const { labels, keep } = relabel(labelsOf(given), config.relabel);
  const scheme = getLabel(labels, '__scheme__');
  const address = withPort(getLabel(labels, '__address__'), scheme);
  return { url: `${scheme}://${address}${getLabel(labels, '__alerts_path__')}`, keep };
}

function withPort(address: string, scheme: string): string {
  return /:\d+$/.test(address) ? address : `${address}:${scheme === 'https' ? 443 : 80}`;
}

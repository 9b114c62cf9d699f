/** Finds programs of this user that expose metrics, by asking those that listen on this machine. */

import { errorText } from '../../config/errors.ts';
import type { LocalSdConfig } from '../../config/scrape-config.ts';
import type { Clock } from '../../model/clock.ts';
import { labelsOf } from '../../model/labels.ts';
import type { TargetGroup } from '../../model/target-group.ts';
import type { DiscoveryLog } from '../discovery-log.ts';
import type { Provider } from '../provider.ts';
import { jobNameOf } from './job-name.ts';
import type { Listener, ListListeners } from './listener.ts';
import { type LooksLikeMetrics, type ProbeResult, probe } from './probe.ts';
import { quietPort } from './quiet-ports.ts';

const MAX_CONCURRENT_PROBES = 4;
/** A port is asked at most this often; each answer without metrics doubles the time to the next question. */
const PROBE_PAUSE_MS = 60_000;
/** Answers without metrics after which a process is not asked again. */
const MAX_ANSWERS = 3;
/** Programs remembered with the path of their metrics, so that a restarted one is back at once. */
const MAX_REMEMBERED = 500;
/** Most targets told. */
const MAX_TARGETS = 500;

export interface LocalOptions {
  readonly job: string;
  readonly clock: Clock;
  readonly log: DiscoveryLog;
  /** Null where this system has no way to list them. */
  readonly listListeners: ListListeners | null;
  readonly looksLikeMetrics: LooksLikeMetrics;
  /** Hearth's own ports, which are not asked. */
  readonly isOwnPort: (port: number) => boolean;
}

type Standing =
  | { readonly kind: 'metrics'; readonly path: string }
  | { readonly kind: 'asking' }
  | { readonly kind: 'waiting'; readonly answers: number }
  | { readonly kind: 'given-up' };

interface Known {
  readonly listener: Listener;
  standing: Standing;
}

export class LocalProvider implements Provider {
  readonly #config: LocalSdConfig;
  readonly #options: LocalOptions;
  /** By the listener's id: those of the last look only. */
  readonly #known = new Map<string, Known>();
  /** When each port may be asked again. */
  readonly #askAgainMs = new Map<number, number>();
  readonly #remembered = new Map<string, string>();
  #tell: ((groups: readonly TargetGroup[]) => void) | null = null;
  #cancel = () => {};
  #abort = new AbortController();
  #lastProblem = '';

  constructor(config: LocalSdConfig, options: LocalOptions) {
    this.#config = config;
    this.#options = options;
  }

  start(tell: (groups: readonly TargetGroup[]) => void): void {
    const { listListeners } = this.#options;
    if (listListeners === null) {
      this.#log('skipped', 'this machine', 'local discovery is not available on this system');
      tell([]);
      return;
    }
    this.#tell = tell;
    this.#abort = new AbortController();
    this.#lookIn(0, listListeners);
  }

  stop(): void {
    this.#tell = null;
    this.#cancel();
    this.#abort.abort();
    this.#known.clear();
  }

  #log(verdict: 'found' | 'gone' | 'rejected' | 'skipped' | 'failed', subject: string, reason: string): void {
    this.#options.log.add(this.#options.job, verdict, { subject, reason });
  }

  #lookIn(delayMs: number, list: ListListeners): void {
    this.#cancel = this.#options.clock.after(delayMs, () => {
      void this.#look(list);
    });
  }

  /** One round: who listens now, who is gone, whom to ask. The next begins when this one is done. */
  async #look(list: ListListeners): Promise<void> {
    const { signal } = this.#abort;
    const listeners = await this.#list(list);
    if (signal.aborted) return;
    if (listeners !== null) {
      const changed = this.#takeOver(listeners);
      if (changed) this.#tellAll();
      await this.#askAll(signal);
    }
    if (!signal.aborted) this.#lookIn(this.#config.refreshIntervalMs, list);
  }

  async #list(list: ListListeners): Promise<readonly Listener[] | null> {
    try {
      const listeners = await list();
      this.#lastProblem = '';
      return listeners;
    } catch (error) {
      const problem = errorText(error);
      if (problem !== this.#lastProblem) this.#log('failed', 'this machine', problem);
      this.#lastProblem = problem;
      return null;
    }
  }

  /** True when a target came or went. */
  #takeOver(listeners: readonly Listener[]): boolean {
    const present = new Set(listeners.map((listener) => listener.id));
    let changed = false;
    for (const [id, { listener, standing }] of this.#known) {
      if (present.has(id)) continue;
      this.#known.delete(id);
      if (standing.kind !== 'metrics') continue;
      this.#log('gone', subjectOf(listener), 'the process no longer listens');
      changed = true;
    }
    for (const listener of listeners) {
      if (this.#known.has(listener.id)) continue;
      const standing = this.#firstStanding(listener);
      this.#known.set(listener.id, { listener, standing });
      changed ||= standing.kind === 'metrics';
    }
    return changed;
  }

  #firstStanding(listener: Listener): Standing {
    const refusal = this.#refusal(listener);
    if (refusal !== null) {
      this.#log('skipped', subjectOf(listener), refusal);
      return { kind: 'given-up' };
    }
    const path = this.#remembered.get(memoryKey(listener));
    if (path === undefined) return { kind: 'waiting', answers: 0 };
    this.#log('found', subjectOf(listener), `back again, metrics at ${path} as before`);
    return { kind: 'metrics', path };
  }

  #refusal(listener: Listener): string | null {
    if (listener.pid === process.pid || this.#options.isOwnPort(listener.port)) return 'this is Hearth itself';
    const protocol = quietPort(listener.port);
    return protocol === null ? null : `port of ${protocol}, which does not speak HTTP`;
  }

  async #askAll(signal: AbortSignal): Promise<void> {
    const nowMs = this.#options.clock.nowMs();
    for (const [port, againMs] of this.#askAgainMs) if (nowMs >= againMs) this.#askAgainMs.delete(port);
    const due = [...this.#known.values()].filter(
      ({ listener, standing }) => standing.kind === 'waiting' && !this.#askAgainMs.has(listener.port),
    );
    const workers = Array.from({ length: MAX_CONCURRENT_PROBES }, async () => {
      for (let known = due.shift(); known !== undefined && !signal.aborted; known = due.shift())
        await this.#ask(known, signal);
    });
    await Promise.all(workers);
  }

  async #ask(known: Known, signal: AbortSignal): Promise<void> {
    const { listener, standing } = known;
    const answers = standing.kind === 'waiting' ? standing.answers + 1 : 1;
    known.standing = { kind: 'asking' };
    const origin = `http://${listener.host}:${listener.port}`;
    const result = await probe(origin, this.#options.looksLikeMetrics, signal);
    if (signal.aborted) return;
    this.#askAgainMs.set(listener.port, this.#options.clock.nowMs() + PROBE_PAUSE_MS * 2 ** (answers - 1));
    this.#conclude(known, result, answers);
  }

  #conclude(known: Known, result: ProbeResult, answers: number): void {
    const { listener } = known;
    if (result.kind === 'metrics') {
      known.standing = result;
      this.#remember(listener, result.path);
      this.#log('found', subjectOf(listener), `answered ${result.path} with metrics`);
      this.#tellAll();
      return;
    }
    known.standing = answers >= MAX_ANSWERS ? { kind: 'given-up' } : { kind: 'waiting', answers };
    const last = answers >= MAX_ANSWERS ? '; not asked again until it restarts' : '';
    this.#log('rejected', subjectOf(listener), `${result.reason}${last}`);
  }

  #remember(listener: Listener, path: string): void {
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size < MAX_REMEMBERED) break;
      this.#remembered.delete(oldest);
    }
    this.#remembered.set(memoryKey(listener), path);
  }

  #tellAll(): void {
    const groups = [...this.#known.values()].flatMap(({ listener, standing }) =>
      standing.kind === 'metrics' ? [groupOf(listener, standing.path)] : [],
    );
    this.#tell?.(groups.slice(0, MAX_TARGETS));
  }
}

/** A program is the same again when it listens on the same port. */
function memoryKey(listener: Listener): string {
  return `${listener.executable}:${listener.port}`;
}

function subjectOf(listener: Listener): string {
  return `${listener.host}:${listener.port} (${listener.executable || `process ${listener.pid}`})`;
}

function groupOf(listener: Listener, path: string): TargetGroup {
  const address = `${listener.host}:${listener.port}`;
  return {
    source: `local/${listener.executable}/${listener.port}`,
    targets: [labelsOf([['__address__', address]])],
    labels: labelsOf([
      ['job', jobNameOf(listener)],
      ['__metrics_path__', path],
      ['__meta_local_executable', listener.executable],
      ['__meta_local_pid', String(listener.pid)],
      ['__meta_local_port', String(listener.port)],
      ['__meta_local_command', listener.command.join(' ').slice(0, 500)],
      ['__meta_local_folder', listener.folder],
    ]),
  };
}

import { readFile } from 'node:fs/promises';
import type { Status } from '../../../shared/status.ts';
import type { Handlers } from '../dispatcher.ts';
import type { ApiParts } from '../parts.ts';

type StatusCalls = Pick<Handlers, 'status.get' | 'config.get' | 'config.reload' | 'settings.get' | 'settings.set'>;

/** Settings of the window share their table with the engine's own keys: each has its part of the names. */
const WINDOW_KEY = 'window.';

export function statusCalls(parts: ApiParts): StatusCalls {
  const rate = new AppendRate();
  return {
    'status.get': async () => statusOf(parts, rate),
    'config.get': async () => ({
      prometheus: await readFile(parts.configFiles.prometheus, 'utf8').catch(() => ''),
      alertmanager: await readFile(parts.configFiles.alertmanager, 'utf8').catch(() => ''),
      configFile: parts.configFiles.prometheus,
      alertmanagerConfigFile: parts.configFiles.alertmanager,
    }),
    'config.reload': async () => ({ problems: [...(await parts.reload())] }),
    'settings.get': async ({ key }) => ({ value: parts.store.settings.get(WINDOW_KEY + key) }),
    'settings.set': async ({ key, value }) => {
      parts.store.settings.set(WINDOW_KEY + key, value);
      return {};
    },
  };
}

/** Samples a second between the last two times somebody asked, at least a second apart. */
class AppendRate {
  #atMs = 0;
  #appended = 0;
  #perSecond = 0;

  at(nowMs: number, appended: number): number {
    const elapsedMs = nowMs - this.#atMs;
    if (elapsedMs < 1000) return this.#perSecond;
    if (this.#atMs > 0) this.#perSecond = Math.max(0, ((appended - this.#appended) * 1000) / elapsedMs);
    this.#atMs = nowMs;
    this.#appended = appended;
    return this.#perSecond;
  }
}

function statusOf(parts: ApiParts, rate: AppendRate): Status {
  const nowMs = parts.clock.nowMs();
  const head = parts.tsdb.headStats();
  const targets = parts.scrape.targets();
  const alerts = parts.rules.snapshot().flatMap((group) => group.rules.flatMap((rule) => rule.alerts));
  const cpu = process.cpuUsage();
  return {
    version: parts.options.version,
    startedMs: parts.startedMs,
    nowMs,
    dataDir: parts.options.tsdbDir,
    configFile: parts.configFiles.prometheus,
    alertmanagerConfigFile: parts.configFiles.alertmanager,
    faces: [...parts.faces()],
    configProblems: [...parts.configProblems()],
    storageProblems: [...parts.tsdb.problems(), ...parts.store.problems],
    targetsUp: targets.filter((target) => target.health === 'up').length,
    targetsTotal: targets.length,
    alertsFiring: alerts.filter((alert) => alert.state === 'firing').length,
    alertsPending: alerts.filter((alert) => alert.state === 'pending').length,
    headSeries: head.series,
    samplesAppended: head.samplesAppended,
    samplesPerSecond: rate.at(nowMs, head.samplesAppended),
    blocks: parts.tsdb.blocks().length,
    storageBytes: parts.tsdb.storageBytes(),
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    residentBytes: process.memoryUsage.rss(),
    scrapeIntervalMs: parts.configuration().prometheus.global.scrapeIntervalMs,
  };
}

import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorText } from '../config/errors.ts';
import { expandGlob, globMatches } from '../config/glob.ts';
import type { FileSdConfig } from '../config/scrape-config.ts';
import type { Clock } from '../model/clock.ts';
import type { TargetGroup } from '../model/target-group.ts';
import type { DiscoveryLog } from './discovery-log.ts';
import type { Provider } from './provider.ts';
import { readTargetFile } from './read-target-file.ts';

/** An editor writes a file in several steps: they are waited for. */
const SETTLE_MS = 100;

interface FileState {
  readonly groups: readonly TargetGroup[];
  /** '' when the file was read well. */
  readonly problem: string;
}

/**
 * Targets from files, read again when their folder says that they changed and at every refresh interval
 * (discovery/file/file.go). A file that cannot be read or parsed keeps the groups that it had.
 */
export class FileProvider implements Provider {
  readonly #job: string;
  readonly #config: FileSdConfig;
  readonly #clock: Clock;
  readonly #log: DiscoveryLog;
  readonly #files = new Map<string, FileState>();
  readonly #watchers = new Map<string, FSWatcher>();
  #tell: ((groups: readonly TargetGroup[]) => void) | null = null;
  #cancelRefresh = () => {};
  #refreshing = false;
  #again = false;

  constructor(
    config: FileSdConfig,
    options: { readonly job: string; readonly clock: Clock; readonly log: DiscoveryLog },
  ) {
    this.#config = config;
    this.#job = options.job;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  start(tell: (groups: readonly TargetGroup[]) => void): void {
    this.#tell = tell;
    this.#refreshIn(0);
  }

  stop(): void {
    this.#tell = null;
    this.#cancelRefresh();
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #refreshIn(delayMs: number): void {
    this.#cancelRefresh();
    this.#cancelRefresh = this.#clock.after(delayMs, () => {
      void this.#refresh();
    });
  }

  async #refresh(): Promise<void> {
    if (this.#refreshing) {
      this.#again = true;
      return;
    }
    this.#refreshing = true;
    this.#watchFolders();
    await this.#readAll();
    this.#refreshing = false;
    if (this.#tell === null) return;
    this.#tell([...this.#files.values()].flatMap((file) => file.groups));
    this.#refreshIn(this.#again ? SETTLE_MS : this.#config.refreshIntervalMs);
    this.#again = false;
  }

  /** A folder that is not there yet is tried again at the next refresh. */
  #watchFolders(): void {
    if (this.#tell === null) return;
    for (const folder of new Set(this.#config.files.map((pattern) => path.dirname(pattern)))) {
      if (this.#watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, { persistent: false }, (_event, name) => this.#changed(folder, name));
        watcher.on('error', () => this.#unwatch(folder));
        this.#watchers.set(folder, watcher);
      } catch {
        this.#unwatch(folder);
      }
    }
  }

  #unwatch(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #changed(folder: string, name: string | null): void {
    if (this.#tell === null) return;
    const concerns =
      name === null || this.#config.files.some((pattern) => globMatches(pattern, path.join(folder, name)));
    if (!concerns) return;
    if (this.#refreshing) this.#again = true;
    else this.#refreshIn(SETTLE_MS);
  }

  async #readAll(): Promise<void> {
    const files = this.#expand();
    if (files === null) return;
    for (const file of this.#files.keys()) {
      if (files.has(file)) continue;
      this.#files.delete(file);
      this.#log.add(this.#job, 'gone', { subject: file, reason: 'the file is no longer there' });
    }
    for (const file of files) await this.#readFile(file);
  }

  /** Null when a folder cannot be read: what was known stays. */
  #expand(): ReadonlySet<string> | null {
    try {
      return new Set(this.#config.files.flatMap(expandGlob));
    } catch (error) {
      this.#log.add(this.#job, 'failed', { subject: this.#config.files.join(', '), reason: errorText(error) });
      return null;
    }
  }

  async #readFile(file: string): Promise<void> {
    const before = this.#files.get(file);
    try {
      const groups = readTargetFile(await readFile(file, 'utf8'), file);
      this.#files.set(file, { groups, problem: '' });
      if (before === undefined || before.problem !== '' || targetCount(before.groups) !== targetCount(groups))
        this.#log.add(this.#job, 'found', { subject: file, reason: `${targetCount(groups)} targets` });
    } catch (error) {
      const problem = errorText(error);
      this.#files.set(file, { groups: before?.groups ?? [], problem });
      if (before?.problem !== problem) this.#log.add(this.#job, 'failed', { subject: file, reason: problem });
    }
  }
}

function targetCount(groups: readonly TargetGroup[]): number {
  return groups.reduce((sum, group) => sum + group.targets.length, 0);
}

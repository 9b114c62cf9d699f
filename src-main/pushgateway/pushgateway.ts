import { renameSync } from 'node:fs';
import type { Clock } from '../model/clock.ts';
import type { Labels } from '../model/labels.ts';
import type { Logger } from '../model/log.ts';
import { PushError } from './errors.ts';
import { type Family, type PushFormat, parseFamilies } from './families.ts';
import { exposition, inconsistencies } from './gather.ts';
import { applyDelete, applyFailure, applyPush, groupKey, MAX_GROUPS, type PushGroups } from './groups.ts';
import { loadGroups, saveGroups } from './persistence.ts';

export interface PushgatewayOptions {
  /** Where pushed groups outlive the process. */
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const SAVE_DELAY_MS = 1000;
/** Over all groups. */
const MAX_METRICS = 1_000_000;

/** Keeps what short-lived jobs push until it is deleted, across restarts. */
export class Pushgateway {
  readonly #options: PushgatewayOptions;
  #groups: PushGroups = new Map();
  #cancelSave: (() => void) | null = null;

  constructor(options: PushgatewayOptions) {
    this.#options = options;
  }

  /** Reads what was saved; a file that cannot be read is logged and set aside, nothing is taken from it. */
  start(): void {
    try {
      this.#groups = loadGroups(this.#options.file);
    } catch (error) {
      const { file, logger, clock } = this.#options;
      const aside = `${file}.damaged-${clock.nowMs()}`;
      logger.error({ file, aside, err: error }, 'could not read the pushed metrics that were saved');
      setAside(file, aside, logger);
    }
  }

  /** Idempotent; saves what is not saved yet. */
  stop(): void {
    if (this.#cancelSave !== null) this.#save();
  }

  groups(): PushGroups {
    return this.#groups;
  }

  exposition(): string {
    return exposition(this.#groups);
  }

  /** PUT (`replace`) or POST of `body` to a group. Throws PushError and changes nothing but the group's failure time. */
  push(labels: Labels, body: Uint8Array, replace: boolean, format: PushFormat = 'text'): void {
    const { families, hasTimestamps } = parseFamilies(body, labels, format);
    const nowMs = this.#options.clock.nowMs();
    if (!this.#groups.has(groupKey(labels)) && this.#groups.size >= MAX_GROUPS)
      throw new PushError(`at most ${MAX_GROUPS} groups are kept`);
    const after = applyPush(this.#groups, { labels, families, replace }, nowMs);
    const reason = this.#refusal(families, hasTimestamps, after);
    this.#change(reason === '' ? after : applyFailure(this.#groups, labels, nowMs));
    if (reason !== '')
      throw new PushError(`pushed metrics are invalid or inconsistent with existing metrics: ${reason}`);
  }

  delete(labels: Labels): void {
    this.#change(applyDelete(this.#groups, labels));
  }

  wipe(): void {
    this.#change(new Map());
  }

  #refusal(families: readonly Family[], hasTimestamps: boolean, after: PushGroups): string {
    if (hasTimestamps) return 'pushed metrics must not have timestamps';
    if (metricCount(after) > MAX_METRICS) return `at most ${MAX_METRICS} metrics are kept`;
    const [first = '', ...others] = families.length === 0 ? [] : inconsistencies(after);
    if (others.length === 0) return first;
    return `${others.length + 1} error(s) occurred:${[first, ...others].map((e) => `\n* ${e}`).join('')}`;
  }

  #change(groups: PushGroups): void {
    this.#groups = groups;
    this.#cancelSave ??= this.#options.clock.after(SAVE_DELAY_MS, () => this.#save());
  }

  #save(): void {
    this.#cancelSave?.();
    this.#cancelSave = null;
    try {
      saveGroups(this.#options.file, this.#groups);
    } catch (error) {
      this.#options.logger.error({ file: this.#options.file, err: error }, 'could not save the pushed metrics');
    }
  }
}

function metricCount(groups: PushGroups): number {
  let count = 0;
  for (const group of groups.values()) for (const { family } of group.families.values()) count += family.metrics.length;
  return count;
}

function setAside(file: string, aside: string, logger: Logger): void {
  try {
    renameSync(file, aside);
  } catch (error) {
    logger.error({ file, aside, err: error }, 'could not set the damaged file aside');
  }
}

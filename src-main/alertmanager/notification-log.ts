/** Decides by what was told last whether to tell again (notify/notify.go DedupStage, nflog). */
import type { NotificationLogRow, NotificationLogTable } from '../store/notification-log-table.ts';
import type { NotificationReason, ReceiverData } from './notification.ts';

export interface Situation {
  /** Fingerprints of what fires and of what is resolved now. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  readonly sendResolved: boolean;
  readonly repeatIntervalMs: number;
  /** Of the flush. */
  readonly atMs: number;
}

type LogEntry = Pick<NotificationLogRow, 'firing' | 'resolved' | 'notifiedAtMs'>;

/** Why to tell, or null not to. */
export function reasonToNotify(entry: LogEntry | null, now: Situation): NotificationReason | null {
  if (entry === null) return now.firing.length > 0 ? 'first notification' : null;
  if (!isSubset(now.firing, entry.firing)) return entry.firing.length === 0 ? 'first notification' : 'new alerts added';
  if (now.firing.length === 0) return entry.firing.length > 0 ? 'all alerts resolved' : null;
  if (now.sendResolved && !isSubset(now.resolved, entry.resolved)) return 'some alerts resolved';
  return entry.notifiedAtMs < now.atMs - now.repeatIntervalMs ? 'repeat interval elapsed' : null;
}

function isSubset(part: readonly string[], whole: readonly string[]): boolean {
  const set = new Set(whole);
  return part.every((item) => set.has(item));
}

export const LOG_RETENTION_MS = 120 * 3_600_000;

export class NotificationLog {
  readonly #table: NotificationLogTable;

  constructor(table: NotificationLogTable) {
    this.#table = table;
  }

  /** Why to tell (null not to), and what was noted when it was told before; nothing of an earlier firing. */
  judge(key: string, now: Situation): { readonly reason: NotificationReason | null; readonly data: ReceiverData } {
    const entry = this.#table.get(key);
    const reason = reasonToNotify(entry, now);
    return { reason, data: entry === null || reason === 'first notification' ? {} : entry.receiverData };
  }

  /** Notes that `now` was told, and what its receiver wants to know the next time. */
  write(key: string, { firing, resolved, atMs, repeatIntervalMs }: Situation, receiverData: ReceiverData): void {
    const expiresAtMs = atMs + Math.min(LOG_RETENTION_MS, 2 * repeatIntervalMs);
    this.#table.put({ key, notifiedAtMs: Math.round(atMs), firing, resolved, expiresAtMs, receiverData });
  }

  collect(nowMs: number): void {
    this.#table.prune(nowMs);
  }
}

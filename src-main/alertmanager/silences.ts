/** Silences: made, changed, ended and asked about as upstream does (silence/silence.go), kept in the store. */
import { randomUUID } from 'node:crypto';
import type { SilenceMatcher } from '../../shared/alerts.ts';
import { checkRegex, MatcherError } from '../config/alert-matchers.ts';
import type { RouteMatcher } from '../config/alertmanager-config.ts';
import type { Clock } from '../model/clock.ts';
import type { Labels } from '../model/labels.ts';
import type { SilenceRow, SilenceTable } from '../store/silence-table.ts';
import { SilenceError } from './errors.ts';
import { MatcherList, matchesNothingToo, routeMatcherOf } from './matchers.ts';

export type SilenceState = 'active' | 'pending' | 'expired';

/** What is asked for; `id` null makes a new one. Times in ms, 0 for none. */
export interface SilenceInput {
  readonly id: string | null;
  readonly matchers: readonly SilenceMatcher[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
}

export interface SilenceView extends SilenceRow {
  readonly state: SilenceState;
}

interface Kept {
  readonly row: SilenceRow;
  readonly matchers: MatcherList;
}

/** Ended silences are kept for 5 days. */
export const RETENTION_MS = 120 * 3_600_000;
const MAX_SILENCES = 10_000;

export class Silences {
  readonly #table: SilenceTable;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(table: SilenceTable, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /** Reads what the last run left. */
  load(): void {
    this.collect();
    for (const row of this.#table.all()) this.#keep(row);
  }

  /** Creates or changes one and returns its id, which is a new one when it had to be replaced. Throws SilenceError. */
  set(input: SilenceInput): string {
    const nowMs = this.#clock.nowMs();
    const wanted = { ...input, startsAtMs: input.startsAtMs === 0 ? nowMs : input.startsAtMs };
    validate(wanted, nowMs);
    const previous = input.id === null || input.id === '' ? null : this.#mustGet(input.id).row;
    if (previous !== null && canUpdate(previous, wanted, nowMs)) {
      this.#write({ ...wanted, id: previous.id, updatedAtMs: nowMs });
      return previous.id;
    }
    if (this.#kept.size >= MAX_SILENCES) {
      const sizes = `${this.#kept.size + 1} (limit: ${MAX_SILENCES})`;
      throw new SilenceError('invalid', `exceeded maximum number of silences: ${sizes}`);
    }
    if (previous !== null) this.expire(previous.id);
    const id = randomUUID();
    this.#write({ ...wanted, id, startsAtMs: Math.max(wanted.startsAtMs, nowMs), updatedAtMs: nowMs });
    return id;
  }

  /** Ends one now; one that has ended already is left as it is. Throws SilenceError. */
  expire(id: string): void {
    const nowMs = this.#clock.nowMs();
    const { row } = this.#mustGet(id);
    if (stateOf(row, nowMs) === 'expired') return;
    this.#write({ ...row, startsAtMs: Math.min(row.startsAtMs, nowMs), endsAtMs: nowMs, updatedAtMs: nowMs });
  }

  get(id: string): SilenceView | null {
    const kept = this.#kept.get(id);
    return kept === undefined ? null : { ...kept.row, state: stateOf(kept.row, this.#clock.nowMs()) };
  }

  /**
   * Active ones by their end, then pending by their start, then expired, the last ended first; only those that have
   * each of the `filter` matchers word for word.
   */
  list(filter: readonly RouteMatcher[] = []): SilenceView[] {
    const nowMs = this.#clock.nowMs();
    const has = ({ matchers }: Kept) =>
      filter.every((f) => matchers.matchers.some((m) => m.name === f.name && m.type === f.type && m.value === f.value));
    const views = [...this.#kept.values()].filter(has).map(({ row }) => ({ ...row, state: stateOf(row, nowMs) }));
    return views.sort((a, b) => RANK[a.state] - RANK[b.state] || orderWithin(a, b));
  }

  /** Ids of the active silences that match, sorted. */
  silencing(labels: Labels): string[] {
    const nowMs = this.#clock.nowMs();
    const ids: string[] = [];
    for (const [id, { row, matchers }] of this.#kept) {
      if (row.startsAtMs <= nowMs && nowMs < row.endsAtMs && matchers.matches(labels)) ids.push(id);
    }
    return ids.sort();
  }

  /** Forgets what ended longer ago than the retention. */
  collect(): void {
    const nowMs = this.#clock.nowMs();
    this.#table.prune(nowMs);
    for (const [id, { row }] of this.#kept) if (row.endsAtMs + RETENTION_MS <= nowMs) this.#kept.delete(id);
  }

  #mustGet(id: string): Kept {
    const kept = this.#kept.get(id);
    if (kept === undefined) throw new SilenceError('not-found', 'silence not found');
    return kept;
  }

  #write({ id, matchers, startsAtMs, endsAtMs, updatedAtMs, createdBy, comment }: SilenceRow): void {
    const row = { id, matchers, startsAtMs, endsAtMs, updatedAtMs, createdBy, comment };
    this.#table.put(row, endsAtMs + RETENTION_MS);
    this.#keep(row);
  }

  #keep(row: SilenceRow): void {
    this.#kept.set(row.id, { row, matchers: new MatcherList(row.matchers.map(routeMatcherOf)) });
  }
}

const RANK = { active: 0, pending: 1, expired: 2 } as const;

function orderWithin(a: SilenceView, b: SilenceView): number {
  switch (a.state) {
    case 'active':
      return a.endsAtMs - b.endsAtMs;
    case 'pending':
      return a.startsAtMs - b.startsAtMs;
    case 'expired':
      return b.endsAtMs - a.endsAtMs;
  }
}

function stateOf({ startsAtMs, endsAtMs }: SilenceRow, nowMs: number): SilenceState {
  if (nowMs < startsAtMs) return 'pending';
  return nowMs >= endsAtMs ? 'expired' : 'active';
}

function validate({ matchers, startsAtMs, endsAtMs }: SilenceInput, nowMs: number): void {
  const refuse = (message: string) => new SilenceError('invalid', message);
  if (endsAtMs === 0) throw refuse('invalid silence: invalid zero end timestamp');
  if (startsAtMs >= endsAtMs) throw refuse('Failed to create silence: start time must be before end time');
  if (endsAtMs < nowMs) throw refuse("Failed to create silence: end time can't be in the past");
  if (matchers.length === 0) throw refuse('invalid silence: at least one matcher required');
  for (const [i, matcher] of matchers.entries()) {
    const problem = matcher.name === '' ? 'invalid label name ""' : regexProblem(routeMatcherOf(matcher));
    if (problem !== null) throw refuse(`invalid silence: invalid label matcher ${i}: ${problem}`);
  }
  if (new MatcherList(matchers.map(routeMatcherOf)).matchers.every(matchesNothingToo)) {
    throw refuse('invalid silence: matcher set 0: at least one matcher must not match the empty string');
  }
}

function regexProblem(matcher: RouteMatcher): string | null {
  try {
    checkRegex(matcher);
    return null;
  } catch (error) {
    if (error instanceof MatcherError) return error.message;
    throw error;
  }
}

/** Whether a silence can be changed in place; else it ends and another begins, so that the history stays true. */
function canUpdate(old: SilenceRow, next: SilenceInput, nowMs: number): boolean {
  const text = ({ matchers }: Pick<SilenceRow, 'matchers'>) =>
    JSON.stringify(matchers.map((m) => [m.name, m.value, m.isRegex, m.isEqual]));
  if (text(old) !== text(next)) return false;
  switch (stateOf(old, nowMs)) {
    case 'active':
      return Math.floor(next.startsAtMs / 1000) === Math.floor(old.startsAtMs / 1000) && next.endsAtMs >= nowMs;
    case 'pending':
      return next.startsAtMs >= nowMs;
    case 'expired':
      return false;
  }
}

import { type Labels, labelsKey } from '../model/labels.ts';
import type { Family } from './families.ts';

/** A family with the moment of the push that set it. */
export interface PushedFamily {
  readonly pushedAtMs: number;
  readonly family: Family;
}

export interface PushGroup {
  /** The grouping key. */
  readonly labels: Labels;
  /** By family name. */
  readonly families: ReadonlyMap<string, PushedFamily>;
  /** Last change that succeeded / failed; 0: never. */
  readonly pushTimeMs: number;
  readonly failureTimeMs: number;
}

/** Groups by grouping key, bounded: a push that would make one more is refused. */
export type PushGroups = ReadonlyMap<string, PushGroup>;

export const MAX_GROUPS = 10_000;

export function groupKey(labels: Labels): string {
  return labelsKey(labels);
}

/** The groups after a push: `replace` (PUT) drops what the group had, else (POST) families of the same name only. */
export function applyPush(
  groups: PushGroups,
  push: { readonly labels: Labels; readonly families: readonly Family[]; readonly replace: boolean },
  nowMs: number,
): PushGroups {
  const key = groupKey(push.labels);
  const before = groups.get(key);
  const kept = push.replace ? [] : [...(before?.families ?? [])];
  const pushed = push.families
    .filter((family) => !isOwnName(family.name))
    .map((family) => [family.name, { pushedAtMs: nowMs, family }] as const);
  return new Map(groups).set(key, {
    labels: push.labels,
    families: new Map([...kept, ...pushed]),
    pushTimeMs: nowMs,
    failureTimeMs: before?.failureTimeMs ?? 0,
  });
}

/** The groups after a push that was understood but refused: the group is there (made if need be) with its failure time. */
export function applyFailure(groups: PushGroups, labels: Labels, nowMs: number): PushGroups {
  const key = groupKey(labels);
  const before = groups.get(key) ?? { labels, families: new Map(), pushTimeMs: 0, failureTimeMs: 0 };
  return new Map(groups).set(key, { ...before, failureTimeMs: nowMs });
}

export function applyDelete(groups: PushGroups, labels: Labels): PushGroups {
  const after = new Map(groups);
  after.delete(groupKey(labels));
  return after;
}

/** Names that the Pushgateway writes itself. */
export function isOwnName(name: string): boolean {
  return name === 'push_time_seconds' || name === 'push_failure_time_seconds';
}

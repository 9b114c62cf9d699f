import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { formatGoFloat } from '../exposition/format-float.ts';
import { groupKey, type PushGroups } from './groups.ts';

/** JSON has no NaN, no infinities and no negative zero: those travel as words. */
const WORDS = {
  NaN: Number.NaN,
  '+Inf': Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
  '-0': -0,
} as const;
const number = z
  .union([z.number(), z.enum(['NaN', '+Inf', '-Inf', '-0'])])
  .transform((written) => (typeof written === 'number' ? written : WORDS[written]));

const metric = z.object({
  labels: z.array(z.string()),
  value: number,
  count: number,
  points: z.array(z.tuple([number, number])),
});
const family = z.object({
  name: z.string(),
  type: z.enum(['COUNTER', 'GAUGE', 'UNTYPED', 'SUMMARY', 'HISTOGRAM']),
  help: z.string(),
  metrics: z.array(metric),
});
const group = z.object({
  labels: z.array(z.string()),
  families: z.array(z.object({ pushedAtMs: z.number(), family })),
  pushTimeMs: z.number(),
  failureTimeMs: z.number(),
});
const file = z.object({ version: z.literal(1), groups: z.array(group) });

/** Pushed groups as they were saved. Empty when there is no file; throws when it cannot be read. */
export function loadGroups(path: string): PushGroups {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
  const saved = file.parse(JSON.parse(text)).groups;
  return new Map(
    saved.map((g) => [groupKey(g.labels), { ...g, families: new Map(g.families.map((f) => [f.family.name, f])) }]),
  );
}

/** Replaces the file in one step: whoever reads it sees the old groups or the new ones. */
export function saveGroups(target: string, groups: PushGroups): void {
  const saved = { version: 1, groups: [...groups.values()].map((g) => ({ ...g, families: [...g.families.values()] })) };
  const text = JSON.stringify(saved, (_key, value: unknown) =>
    typeof value === 'number' ? writtenNumber(value) : value,
  );
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(`${target}.tmp`, text, { mode: 0o600 });
  renameSync(`${target}.tmp`, target);
}

function writtenNumber(value: number): number | string {
  return Number.isFinite(value) && !Object.is(value, -0) ? value : formatGoFloat(value);
}

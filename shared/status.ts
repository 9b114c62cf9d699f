import { z } from 'zod';

/** One web face: where it listens, or why it does not. */
export const face = z.object({
  name: z.enum(['prometheus', 'alertmanager', 'pushgateway']),
  /** '' when it is off. */
  url: z.string(),
  /** The port that was asked for, when it was taken and another is used; else 0. */
  wantedPort: z.number(),
});

/** A configuration file that was refused; what it says is not in force. */
export const configProblem = z.object({
  file: z.string(),
  line: z.number(),
  column: z.number(),
  reason: z.string(),
  /** What is in force instead. */
  running: z.enum(['last-good', 'defaults']),
});

export const status = z.object({
  version: z.string(),
  startedMs: z.number(),
  nowMs: z.number(),
  dataDir: z.string(),
  configFile: z.string(),
  alertmanagerConfigFile: z.string(),
  faces: z.array(face),
  configProblems: z.array(configProblem),
  /** Things the storage set aside or lost, in words. */
  storageProblems: z.array(z.string()),
  targetsUp: z.number(),
  targetsTotal: z.number(),
  alertsFiring: z.number(),
  alertsPending: z.number(),
  headSeries: z.number(),
  samplesAppended: z.number(),
  samplesPerSecond: z.number(),
  blocks: z.number(),
  storageBytes: z.number(),
  /** This process: CPU seconds so far and resident memory. */
  cpuSeconds: z.number(),
  residentBytes: z.number(),
  scrapeIntervalMs: z.number(),
});
export type Status = z.infer<typeof status>;
export type Face = z.infer<typeof face>;
export type ConfigProblem = z.infer<typeof configProblem>;

export const configReply = z.object({
  prometheus: z.string(),
  alertmanager: z.string(),
  configFile: z.string(),
  alertmanagerConfigFile: z.string(),
});

/** What the window remembers between runs, one JSON value a key. */
export const settingsGetRequest = z.strictObject({ key: z.string().min(1).max(200) });
export const settingsSetRequest = z.strictObject({ key: z.string().min(1).max(200), value: z.string().max(1_000_000) });
export const settingsGetReply = z.object({ value: z.string().nullable() });

/** Queries that were run, newest first. */
export const historyEntry = z.object({ query: z.string(), lastRunMs: z.number(), runs: z.number() });
export const historyRequest = z.strictObject({
  search: z.string().max(1000),
  limit: z.number().int().min(1).max(1000).default(100),
});

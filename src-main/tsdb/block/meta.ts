/** meta.json of a block, version 1 (tsdb/block.go, BlockMeta). */
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { CorruptionError } from '../errors.ts';

const timeRange = z.object({ ulid: z.string(), minTime: z.number(), maxTime: z.number() });

const metaSchema = z.object({
  ulid: z.string(),
  minTime: z.number(),
  /** Exclusive. */
  maxTime: z.number(),
  stats: z
    .object({
      numSamples: z.number().default(0),
      numFloatSamples: z.number().optional(),
      numHistogramSamples: z.number().optional(),
      numSeries: z.number().default(0),
      numChunks: z.number().default(0),
      numTombstones: z.number().optional(),
    })
    .default({ numSamples: 0, numSeries: 0, numChunks: 0 }),
  compaction: z.object({
    level: z.number(),
    sources: z.array(z.string()).default([]),
    deletable: z.boolean().optional(),
    parents: z.array(timeRange).optional(),
    failed: z.boolean().optional(),
    hints: z.array(z.string()).optional(),
  }),
  version: z.literal(1),
});

const looseMeta = z.looseObject({ stats: z.looseObject({}).default({}) });

/** Hint of a block whose samples came after later ones: it says nothing about where the head begins. */
export const FROM_OUT_OF_ORDER = 'from-out-of-order';

export type BlockMeta = Readonly<z.infer<typeof metaSchema>>;

export function isFromOutOfOrder(meta: BlockMeta): boolean {
  return meta.compaction.hints?.includes(FROM_OUT_OF_ORDER) ?? false;
}

/** Where the head begins: behind what came in order; -Infinity when nothing did. */
export function inOrderMaxTime(metas: readonly BlockMeta[]): number {
  return Math.max(Number.NEGATIVE_INFINITY, ...metas.filter((m) => !isFromOutOfOrder(m)).map((m) => m.maxTime));
}

/** Throws CorruptionError. */
export function readMeta(blockDir: string): BlockMeta {
  const file = path.join(blockDir, 'meta.json');
  let json: unknown;
  try {
    json = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new CorruptionError(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const parsed = metaSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new CorruptionError(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is no block metadata'}`);
  }
  return parsed.data;
}

/** Written beside and renamed, so that there is never half a file. */
export function writeMeta(blockDir: string, meta: BlockMeta): void {
  writeJson(blockDir, meta);
}

/** Notes how many tombstones there are; what others wrote into the file stays in it. Returns the new meta. */
export function writeTombstoneCount(blockDir: string, meta: BlockMeta, numTombstones: number): BlockMeta {
  const file = looseMeta.parse(JSON.parse(fs.readFileSync(path.join(blockDir, 'meta.json'), 'utf8')));
  writeJson(blockDir, { ...file, stats: { ...file.stats, numTombstones } });
  return { ...meta, stats: { ...meta.stats, numTombstones } };
}

function writeJson(blockDir: string, meta: object): void {
  const file = path.join(blockDir, 'meta.json');
  fs.writeFileSync(`${file}.tmp`, JSON.stringify(meta, null, '\t'), { flush: true });
  fs.renameSync(`${file}.tmp`, file);
}

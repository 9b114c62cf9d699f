import { z } from 'zod';
import { labelRecord } from './labels.ts';

/** Milliseconds since the epoch. */
export const timeMs = z.number().int().min(-8.64e15).max(8.64e15);
const expression = z.string().min(1).max(100_000);

export const instantQueryRequest = z.strictObject({
  query: expression,
  timeMs,
  limit: z.number().int().min(0).default(0),
  /** The user ran it, it goes into the history; queries that the window makes by itself do not. */
  remember: z.boolean().default(false),
});

export const rangeQueryRequest = z.strictObject({
  query: expression,
  startMs: timeMs,
  endMs: timeMs,
  /** (endMs - startMs) / stepMs is at most 11,000. */
  stepMs: z.number().int().min(1),
  /** At most so many series come back; 0: all. The reply says how many there were. */
  limit: z.number().int().min(0).default(0),
  /** As for an instant query. */
  remember: z.boolean().default(false),
});

export const queryStats = z.object({
  samplesRead: z.number(),
  peakSamples: z.number(),
  prepareMs: z.number(),
  evalMs: z.number(),
});

const common = {
  warnings: z.array(z.string()),
  infos: z.array(z.string()),
  stats: queryStats,
  /** Series before `limit` was applied. */
  totalSeries: z.number(),
};

/**
 * Columns of doubles; in a row-major matrix a value that does not exist is NaN with its `present` byte 0, and so is a
 * native histogram, with 2.
 */
const column = z.custom<Float64Array>((value) => value instanceof Float64Array);
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** A native histogram in columns, since JSON has no infinities. */
export const shownHistogram = z.object({
  /** Whose sample it is: the place of a vector's element, or of a sample within its series. */
  at: z.number(),
  /** Count and sum. */
  totals: column,
  /** Lower bound, upper bound and count of each bucket that holds something, by ascending bounds. */
  buckets: column,
  /** Of each bucket: 0 the upper bound belongs to it, 1 the lower, 2 neither, 3 both. */
  rules: bytes,
});

export const rangeQueryReply = z.object({
  ...common,
  /** Row-major: series s at step k is values[s * stepCount + k]. */
  labels: z.array(labelRecord),
  startMs: timeMs,
  stepMs: z.number(),
  stepCount: z.number(),
  values: column,
  present: bytes,
});

export const instantQueryReply = z.object({
  ...common,
  value: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('vector'),
      labels: z.array(labelRecord),
      /** NaN where the element is a histogram. */
      values: column,
      histograms: z.array(shownHistogram),
    }),
    /** A column of one: JSON has no NaN and no infinities. */
    z.object({ kind: z.literal('scalar'), value: column }),
    z.object({ kind: z.literal('string'), value: z.string() }),
    z.object({
      kind: z.literal('raw'),
      series: z.array(
        z.object({ labels: labelRecord, timesMs: column, values: column, histograms: z.array(shownHistogram) }),
      ),
    }),
  ]),
});

export type InstantQueryRequest = z.infer<typeof instantQueryRequest>;
export type RangeQueryRequest = z.infer<typeof rangeQueryRequest>;
export type ShownHistogram = z.infer<typeof shownHistogram>;
export type RangeQueryReply = z.infer<typeof rangeQueryReply>;
export type InstantQueryReply = z.infer<typeof instantQueryReply>;

import { z } from 'zod';
import { labelRecord } from './labels.ts';

export const targetState = z.enum(['unknown', 'up', 'down', 'gone']);

export const target = z.object({
  /** Stable while the target's identity (labels and URL) is. */
  id: z.string(),
  job: z.string(),
  url: z.string(),
  state: targetState,
  labels: labelRecord,
  discoveredLabels: labelRecord,
  /** 0: not scraped yet. */
  lastScrapeMs: z.number(),
  lastDurationMs: z.number(),
  /** '' when the last scrape went well. */
  lastError: z.string(),
  samplesScraped: z.number(),
  intervalMs: z.number(),
  timeoutMs: z.number(),
  /** Health of the last scrapes, oldest first, at most 20. */
  recent: z.array(z.boolean()),
});
export type Target = z.infer<typeof target>;

export const targetsReply = z.object({
  targets: z.array(target),
  dropped: z.array(z.object({ job: z.string(), discoveredLabels: labelRecord })),
});
export const scrapeNowRequest = z.strictObject({ id: z.string() });

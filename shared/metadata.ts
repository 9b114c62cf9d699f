import { z } from 'zod';

export const metricMetadata = z.object({ type: z.string(), help: z.string(), unit: z.string() });
export type MetricMetadata = z.infer<typeof metricMetadata>;

/** Metric names for the completion list: best matches first, never the whole list. */
export const metricSearchRequest = z.strictObject({
  text: z.string().max(500),
  limit: z.number().int().min(1).max(1000).default(100),
});
export const metricSearchReply = z.object({
  total: z.number(),
  metrics: z.array(metricMetadata.extend({ name: z.string() })),
});

/** Label names, or values of one label, among the series that `match` (a selector, '' for all) selects. */
export const labelNamesRequest = z.strictObject({
  match: z.string().max(10_000),
  limit: z.number().int().min(1).max(10_000).default(1000),
});
export const labelValuesRequest = labelNamesRequest.extend({ name: z.string().min(1).max(1000) });
export const stringList = z.array(z.string());

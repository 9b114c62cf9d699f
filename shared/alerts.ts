import { z } from 'zod';
import { labelRecord } from './labels.ts';

export const alertState = z.enum(['inactive', 'pending', 'firing', 'silenced', 'inhibited', 'resolved']);

/** One alert with rule state and alertmanager state in one row. */
export const alert = z.object({
  /** Hash of the labels, hexadecimal: also its address in links. */
  fingerprint: z.string(),
  name: z.string(),
  state: alertState,
  labels: labelRecord,
  annotations: labelRecord,
  activeAtMs: z.number(),
  /** When it began to fire; 0 while pending. */
  firedAtMs: z.number(),
  /** As Prometheus prints it (`1`, `NaN`, `+Inf`); '' when it is not known. */
  value: z.string(),
  /** Ids of the silences that silence it. */
  silencedBy: z.array(z.string()),
  inhibitedBy: z.array(z.string()),
  receivers: z.array(z.string()),
  rule: z.object({ group: z.string(), query: z.string(), forMs: z.number() }).nullable(),
});
export type AlertRow = z.infer<typeof alert>;

export const ruleHealth = z.enum(['unknown', 'ok', 'err']);
export const rule = z.object({
  kind: z.enum(['alerting', 'recording']),
  name: z.string(),
  query: z.string(),
  labels: labelRecord,
  annotations: labelRecord,
  forMs: z.number(),
  keepFiringForMs: z.number(),
  state: z.enum(['unknown', 'inactive', 'pending', 'firing']),
  health: ruleHealth,
  lastError: z.string(),
  lastEvaluationMs: z.number(),
  evaluationDurationMs: z.number(),
});
export const ruleGroup = z.object({ name: z.string(), file: z.string(), intervalMs: z.number(), rules: z.array(rule) });
export type Rule = z.infer<typeof rule>;
export type RuleGroup = z.infer<typeof ruleGroup>;

export const alertsReply = z.object({ alerts: z.array(alert), groups: z.array(ruleGroup) });

export const silenceMatcher = z.strictObject({
  name: z.string().min(1),
  value: z.string(),
  isRegex: z.boolean(),
  isEqual: z.boolean(),
});
export const silence = z.object({
  id: z.string(),
  state: z.enum(['active', 'pending', 'expired']),
  matchers: z.array(silenceMatcher),
  startsAtMs: z.number(),
  endsAtMs: z.number(),
  updatedAtMs: z.number(),
  createdBy: z.string(),
  comment: z.string(),
  /** Alerts that it silences now. */
  matches: z.number(),
});
export type SilenceMatcher = z.infer<typeof silenceMatcher>;
export type Silence = z.infer<typeof silence>;

export const setSilenceRequest = z.strictObject({
  /** null makes a new one; an id changes that one (or replaces it when it is expired or its matchers change). */
  id: z.string().nullable(),
  matchers: z.array(silenceMatcher).min(1),
  startsAtMs: z.number(),
  endsAtMs: z.number(),
  createdBy: z.string(),
  comment: z.string(),
});
export const setSilenceReply = z.object({ id: z.string() });
export const previewSilenceRequest = z.strictObject({ matchers: z.array(silenceMatcher) });
export const previewSilenceReply = z.object({ matched: z.array(alert), total: z.number() });
export const expireSilenceRequest = z.strictObject({ id: z.string() });

/**
 * Every call and event between a window and the engine. The engine validates each request and each reply against these
 * schemas; types on both sides are inferred from them. Adding a call: one entry here, one handler in src-main/api.
 */
import { z } from 'zod';
import * as alerts from './alerts.ts';
import * as metadata from './metadata.ts';
import * as query from './query.ts';
import * as statusShapes from './status.ts';
import * as targets from './targets.ts';

const nothing = z.strictObject({});

export const calls = {
  'status.get': { request: nothing, reply: statusShapes.status },
  'config.get': { request: nothing, reply: statusShapes.configReply },
  /** Reads the files again; refused files are in the reply (and in status) and change nothing. */
  'config.reload': { request: nothing, reply: z.object({ problems: z.array(statusShapes.configProblem) }) },
  'query.instant': { request: query.instantQueryRequest, reply: query.instantQueryReply },
  'query.range': { request: query.rangeQueryRequest, reply: query.rangeQueryReply },
  'query.history': { request: statusShapes.historyRequest, reply: z.array(statusShapes.historyEntry) },
  'metrics.search': { request: metadata.metricSearchRequest, reply: metadata.metricSearchReply },
  'labels.names': { request: metadata.labelNamesRequest, reply: metadata.stringList },
  'labels.values': { request: metadata.labelValuesRequest, reply: metadata.stringList },
  'targets.list': { request: nothing, reply: targets.targetsReply },
  /** Scrapes one target at once; replies when it is done. */
  'targets.scrapeNow': { request: targets.scrapeNowRequest, reply: nothing },
  'alerts.list': { request: nothing, reply: alerts.alertsReply },
  'silences.list': { request: nothing, reply: z.array(alerts.silence) },
  'silences.set': { request: alerts.setSilenceRequest, reply: alerts.setSilenceReply },
  'silences.expire': { request: alerts.expireSilenceRequest, reply: nothing },
  'silences.preview': { request: alerts.previewSilenceRequest, reply: alerts.previewSilenceReply },
  'settings.get': { request: statusShapes.settingsGetRequest, reply: statusShapes.settingsGetReply },
  'settings.set': { request: statusShapes.settingsSetRequest, reply: nothing },
} as const;

export type CallName = keyof typeof calls;
/** What the caller writes (defaults may be left out) and what the handler gets. */
export type CallRequest<N extends CallName> = z.input<(typeof calls)[N]['request']>;
export type ParsedRequest<N extends CallName> = z.output<(typeof calls)[N]['request']>;
export type CallReply<N extends CallName> = z.infer<(typeof calls)[N]['reply']>;

/** Something changed: ask again. Revisions grow by one per topic. */
export const topics = ['targets', 'alerts', 'silences', 'config', 'status'] as const;
export const engineEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('changed'), topic: z.enum(topics), revision: z.number() }),
  /** The user asked, outside the window (notification, tray, link), to see something. `path` is a route of the window. */
  z.object({ kind: z.literal('open'), path: z.string() }),
]);
export type EngineEvent = z.infer<typeof engineEvent>;
export type Topic = (typeof topics)[number];

/** Why a call failed. `span` is the place in the query text (UTF-16 offsets) when it has one. */
export const wireError = z.object({
  kind: z.enum(['bad-request', 'parse', 'execution', 'timeout', 'cancelled', 'not-found', 'unavailable', 'internal']),
  message: z.string(),
  span: z.object({ from: z.number(), to: z.number() }).optional(),
});
export type WireError = z.infer<typeof wireError>;

/** Frames on the port between a window and the engine. `id` is chosen by the window, unique while in flight. */
export const clientFrame = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('call'), id: z.number().int(), call: z.string(), request: z.unknown() }),
  z.strictObject({ kind: z.literal('cancel'), id: z.number().int() }),
]);
export type ClientFrame = z.infer<typeof clientFrame>;
export type ServerFrame =
  | { readonly kind: 'reply'; readonly id: number; readonly reply: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WireError }
  | { readonly kind: 'event'; readonly event: EngineEvent };

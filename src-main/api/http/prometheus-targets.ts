import type { FastifyInstance } from 'fastify';
import { formatDurationMs } from '../../config/duration.ts';
import { compareStrings, labelsToRecord } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { TargetMetadata } from '../../scrape/scrape-manager.ts';
import type { TargetSnapshot } from '../../scrape/target-state.ts';
import type { ApiParts } from '../parts.ts';
import { ApiError, sendData } from './envelope.ts';
import { parametersOf, selectorParameters } from './params.ts';
import { guarded } from './prometheus-query.ts';
import { route } from './server.ts';

const NEVER = '0001-01-01T00:00:00Z';
const UNLIMITED = -1;

/** /targets, /scrape_pools, /targets/metadata, /metadata. */
export function addTargetRoutes(app: FastifyInstance, parts: ApiParts): void {
  route(app, '/api/v1/targets', {
    GET: guarded(async (request, reply) => sendData(reply, JSON.stringify(targetsData(parts, parametersOf(request))))),
  });
  route(app, '/api/v1/scrape_pools', {
    GET: guarded(async (_request, reply) =>
      sendData(reply, JSON.stringify({ scrapePools: [...parts.scrape.jobs()].sort(compareStrings) })),
    ),
  });
  route(app, '/api/v1/targets/metadata', {
    GET: guarded(async (request, reply) =>
      sendData(reply, JSON.stringify(targetMetadata(parts, parametersOf(request)))),
    ),
  });
  route(app, '/api/v1/metadata', {
    GET: guarded(async (request, reply) =>
      sendData(reply, JSON.stringify(metadataByMetric(parts, parametersOf(request)))),
    ),
  });
}

function targetsData(parts: ApiParts, parameters: URLSearchParams): Record<string, unknown> {
  const state = (parameters.get('state') ?? '').toLowerCase();
  const pool = parameters.get('scrapePool') ?? '';
  const inPool = ({ job }: { readonly job: string }) => pool === '' || job === pool;
  const showActive = state === '' || state === 'any' || state === 'active';
  const showDropped = state === '' || state === 'any' || state === 'dropped';
  return {
    activeTargets: showActive ? parts.scrape.targets().filter(inPool).map(targetJson) : [],
    droppedTargets: showDropped
      ? parts.scrape
          .droppedTargets()
          .filter(inPool)
          .map(({ job, discoveredLabels }) => ({ discoveredLabels: labelsToRecord(discoveredLabels), scrapePool: job }))
      : [],
    droppedTargetCounts: showDropped ? Object.fromEntries(parts.scrape.droppedCounts()) : null,
  };
}

function targetJson(target: TargetSnapshot): Record<string, unknown> {
  return {
    discoveredLabels: labelsToRecord(target.discoveredLabels),
    labels: labelsToRecord(target.labels),
    scrapePool: target.job,
    scrapeUrl: target.url,
    globalUrl: target.globalUrl,
    lastError: target.lastError,
    lastScrape: target.lastScrapeMs === 0 ? NEVER : new Date(target.lastScrapeMs).toISOString(),
    lastScrapeDuration: target.lastDurationMs / 1000,
    health: target.health,
    scrapeInterval: formatDurationMs(target.intervalMs),
    scrapeTimeout: formatDurationMs(target.timeoutMs),
  };
}

/** Here a limit of 0 means none at all, and a missing or negative one no limit. */
function limitOf(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? '';
  if (text === '') return UNLIMITED;
  if (!/^[+-]?\d+$/.test(text)) throw new ApiError('bad_data', `${name} must be a number`);
  return Number(text);
}

function targetMetadata(parts: ApiParts, parameters: URLSearchParams): Record<string, unknown>[] {
  const limit = limitOf(parameters, 'limit');
  const metric = parameters.get('metric') ?? '';
  const [matchers = []] = parameters.get('match_target') ? selectorParameters(parameters, 'match_target') : [];
  const found: Record<string, unknown>[] = [];
  for (const entry of parts.scrape.metadata()) {
    if (limit >= 0 && found.length >= limit) break;
    if ((metric !== '' && entry.metric !== metric) || !matchesTarget(entry, matchers)) continue;
    found.push({
      target: labelsToRecord(entry.target),
      ...(metric === '' ? { metric: entry.metric } : {}),
      type: entry.type,
      help: entry.help,
      unit: entry.unit,
    });
  }
  return found;
}

function matchesTarget({ target }: TargetMetadata, matchers: readonly Matcher[]): boolean {
  const labels = labelsToRecord(target);
  return matchers.every((matcher) => matcher.matches(labels[matcher.name] ?? ''));
}

function metadataByMetric(parts: ApiParts, parameters: URLSearchParams): Record<string, unknown> {
  const limit = limitOf(parameters, 'limit');
  const perMetric = limitOf(parameters, 'limit_per_metric');
  const metric = parameters.get('metric') ?? '';
  const byMetric = new Map<string, Map<string, unknown>>();
  for (const { metric: name, type, help, unit } of parts.scrape.metadata()) {
    if (metric !== '' && name !== metric) continue;
    const known = byMetric.get(name) ?? new Map();
    if (!byMetric.has(name) && limit >= 0 && byMetric.size >= limit) continue;
    if (perMetric <= 0 || known.size < perMetric) known.set(`${type}\uffff${help}\uffff${unit}`, { type, help, unit });
    byMetric.set(name, known);
  }
  return Object.fromEntries([...byMetric].map(([name, entries]) => [name, [...entries.values()]]));
}

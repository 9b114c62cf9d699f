import type { FastifyInstance, FastifyRequest } from 'fastify';
import { compareStrings, type Labels, labelsKey } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import type { Querier } from '../../model/storage.ts';
import type { ApiParts } from '../parts.ts';
import { ApiError, sendData, sendWritten } from './envelope.ts';
import { limitParameter, parametersOf, selectorParameters, timeParameter } from './params.ts';
import { both, guarded } from './prometheus-query.ts';
import { pathParameter, route } from './server.ts';

const TRUNCATED = ['results truncated due to limit'];

/** A label set takes about so much. */
const SERIES_BYTES = 320;

interface Selection {
  /** Several selectors are alternatives; none selects everything. */
  readonly selectors: readonly (readonly Matcher[])[];
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number;
}

/** /series, /labels, /label/<name>/values. */
export function addSeriesRoutes(app: FastifyInstance, parts: ApiParts): void {
  const series = guarded(async (request, reply) => {
    const selection = selectionOf(parametersOf(request));
    if (selection.selectors.length === 0) throw new ApiError('bad_data', 'no match[] parameter provided');
    const { items, truncated } = withQuerier(parts, selection, (querier) =>
      cut(matchingSeries(querier, selection.selectors), selection.limit),
    );
    return sendWritten(reply, items.length * SERIES_BYTES, (out) => {
      for (const [i, labels] of items.entries()) out.raw(i === 0 ? '[' : ',').labels(labels);
      out.raw(items.length === 0 ? '[]' : ']');
      return { warnings: truncated ? TRUNCATED : [] };
    });
  });
  const dropSeries = guarded(async () => {
    throw new ApiError('internal', 'not implemented');
  });
  route(app, '/api/v1/series', { GET: series, POST: series, DELETE: dropSeries });
  both(app, '/api/v1/labels', async (request, reply) => {
    const selection = selectionOf(parametersOf(request));
    const { items, truncated } = withQuerier(parts, selection, (querier) =>
      cut(
        union(
          selection.selectors.length === 0
            ? [querier.labelNames([])]
            : selection.selectors.map((s) => querier.labelNames(s)),
        ),
        selection.limit,
      ),
    );
    return sendData(reply, JSON.stringify(items), { warnings: truncated ? TRUNCATED : [] });
  });
  const values = guarded(async (request, reply) => {
    const name = labelName(request);
    const selection = selectionOf(parametersOf(request));
    const { items, truncated } = withQuerier(parts, selection, (querier) =>
      cut(
        union(
          selection.selectors.length === 0
            ? [querier.labelValues(name, [])]
            : selection.selectors.map((s) => querier.labelValues(name, s)),
        ),
        selection.limit,
      ),
    );
    return sendData(reply, JSON.stringify(items), { warnings: truncated ? TRUNCATED : [] });
  });
  route(app, '/api/v1/label/:name/values', { GET: values });
}

function labelName(request: FastifyRequest): string {
  const name = pathParameter(request, 'name');
  if (name === '') throw new ApiError('bad_data', 'invalid label name: ""');
  return name.startsWith('U__') ? unescapeName(name) : name;
}

/** Undoes the `values` escaping of names that are not legacy-valid: `U__foo_2e_bar` (model/metric.go, UnescapeName). */
function unescapeName(escaped: string): string {
  return escaped
    .slice(3)
    .replace(/__|_([0-9a-fA-F]+)_/g, (all, hex: string | undefined) =>
      all === '__' ? '_' : String.fromCodePoint(Number.parseInt(hex ?? '0', 16)),
    );
}

function selectionOf(parameters: URLSearchParams): Selection {
  return {
    selectors: selectorParameters(parameters, 'match[]'),
    startMs: timeParameter(parameters, 'start', Number.MIN_SAFE_INTEGER),
    endMs: timeParameter(parameters, 'end', Number.MAX_SAFE_INTEGER),
    limit: limitParameter(parameters),
  };
}

function withQuerier<T>(parts: ApiParts, selection: Selection, read: (querier: Querier) => T): T {
  const querier = parts.queryable.querier(selection.startMs, selection.endMs);
  try {
    return read(querier);
  } finally {
    querier.close();
  }
}

function matchingSeries(querier: Querier, selectors: Selection['selectors']): Labels[] {
  const sets = selectors.map((matchers) => querier.select(matchers, { labels: [] }));
  const all = sets.flatMap((set) => Array.from({ length: set.length }, (_, i) => set.labels(i)));
  if (sets.length === 1) return all;
  return [...new Map(all.map((labels) => [labelsKey(labels), labels])).values()];
}

function union(lists: readonly (readonly string[])[]): string[] {
  if (lists.length === 1) return [...(lists[0] ?? [])];
  return [...new Set(lists.flat())].sort(compareStrings);
}

function cut<T>(items: readonly T[], limit: number): { readonly items: readonly T[]; readonly truncated: boolean } {
  return limit > 0 && items.length > limit
    ? { items: items.slice(0, limit), truncated: true }
    : { items, truncated: false };
}

/** GET /federate: the latest samples of what is selected, for another Prometheus to scrape (web/federate.go). */
import type { FastifyInstance } from 'fastify';
import { PromqlParseError } from '../../../shared/promql/ast.ts';
import { type ExposedFamily, writeText } from '../../exposition/write-text.ts';
import { compareLabels, getLabel, type Labels, labelEntries, labelsKey, METRIC_NAME } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { RegexError } from '../../model/regex.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { isStaleAt } from '../../model/staleness.ts';
import type { Querier } from '../../model/storage.ts';
import type { ApiParts } from '../parts.ts';
import { selectorMatchers } from '../selectors.ts';
import { parametersOf } from './params.ts';
import { route } from './server.ts';

interface Latest {
  readonly labels: Labels;
  readonly value: number;
  readonly timeMs: number;
}

export function addFederateRoute(app: FastifyInstance, parts: ApiParts): void {
  route(app, '/federate', {
    GET: async (request, reply) => {
      try {
        const selectors = parametersOf(request).getAll('match[]').map(selectorMatchers);
        const samples = latestSamples(parts, selectors);
        const { externalLabels } = parts.configuration().prometheus.global;
        return reply
          .type('text/plain; version=0.0.4; charset=utf-8')
          .send(writeText(familiesOf(samples, externalLabels)));
      } catch (error) {
        if (!(error instanceof PromqlParseError || error instanceof RegexError)) throw error;
        return reply.code(400).type('text/plain; charset=utf-8').send(`${error.message}\n`);
      }
    },
  });
}

/** The last sample of each series within the lookback time; a series that has gone stale has none. Sorted by labels. */
function latestSamples(parts: ApiParts, selectors: readonly (readonly Matcher[])[]): Latest[] {
  const nowMs = parts.clock.nowMs();
  const querier = parts.queryable.querier(nowMs - parts.options.queryLookbackMs + 1, nowMs);
  try {
    const found = new Map(selectors.flatMap((matchers) => selected(querier, matchers, nowMs)));
    return [...found.values()].sort((a, b) => compareLabels(a.labels, b.labels));
  } finally {
    querier.close();
  }
}

function selected(querier: Querier, matchers: readonly Matcher[], nowMs: number): [key: string, sample: Latest][] {
  const set = querier.select(matchers);
  const columns = new SampleColumns();
  const found: [string, Latest][] = [];
  for (let i = 0; i < set.length; i++) {
    columns.length = 0;
    const last = set.read(i, Number.MIN_SAFE_INTEGER, nowMs, columns) - 1;
    if (last < 0 || isStaleAt(columns.halves, last)) continue;
    const labels = set.labels(i);
    found.push([labelsKey(labels), { labels, value: columns.values[last] ?? 0, timeMs: columns.times[last] ?? 0 }]);
  }
  return found;
}

function familiesOf(samples: readonly Latest[], externalLabels: Labels): ExposedFamily[] {
  const byName = new Map<string, Latest[]>();
  for (const sample of samples) {
    const name = getLabel(sample.labels, METRIC_NAME);
    const own = byName.get(name) ?? [];
    own.push({ ...sample, labels: federated(sample.labels, externalLabels) });
    byName.set(name, own);
  }
  return [...byName].map(([name, own]) => ({ name, type: 'unknown', help: '', samples: own }));
}

/** An `instance` that is there, empty if need be, keeps the scraper from adding its own. */
function federated(labels: Labels, externalLabels: Labels): Labels {
  const names = new Set([...labelEntries(labels)].map(([name]) => name));
  const added = [...new Map([['instance', ''], ...labelEntries(externalLabels)])].filter(([name]) => !names.has(name));
  return [...labels, ...added.sort(([a], [b]) => (a < b ? -1 : 1)).flat()];
}

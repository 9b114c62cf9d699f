/** GET /federate: the latest samples of what is selected, for another Prometheus to scrape (web/federate.go). */
import type { FastifyInstance } from 'fastify';
import { PromqlParseError } from '../../../shared/promql/ast.ts';
import { formatGoFloat } from '../../exposition/format-float.ts';
import {
  cumulativeBuckets,
  type FamilyOfSamples,
  type FamilySample,
  writeFamilies,
} from '../../exposition/protobuf/write-families.ts';
import { type ExposedFamily, type ExposedSample, writeText } from '../../exposition/write-text.ts';
import { compareLabels, getLabel, type Labels, labelEntries, labelsKey, METRIC_NAME } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '../../model/native-histogram.ts';
import { RegexError } from '../../model/regex.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { isStaleAt } from '../../model/staleness.ts';
import type { Querier } from '../../model/storage.ts';
import type { ApiParts } from '../parts.ts';
import { selectorMatchers } from '../selectors.ts';
import { parametersOf } from './params.ts';
import { route } from './server.ts';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const PROTOBUF = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited';

export function addFederateRoute(app: FastifyInstance, parts: ApiParts): void {
  route(app, '/federate', {
    GET: async (request, reply) => {
      try {
        const selectors = parametersOf(request).getAll('match[]').map(selectorMatchers);
        const { externalLabels } = parts.configuration().prometheus.global;
        const families = familiesOf(latestSamples(parts, selectors), externalLabels);
        if (prefersProtobuf(String(request.headers.accept ?? '')))
          return reply.type(PROTOBUF).send(Buffer.from(writeFamilies(families)));
        return reply.type(TEXT).send(writeText(families.flatMap(textFamily)));
      } catch (error) {
        if (!(error instanceof PromqlParseError || error instanceof RegexError)) throw error;
        return reply.code(400).type('text/plain; charset=utf-8').send(`${error.message}\n`);
      }
    },
  });
}

/** Whether protobuf is asked for, and not less than text. */
export function prefersProtobuf(accept: string): boolean {
  let protobuf = 0;
  let text = 0;
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    const isFamilies = parameters.includes('proto=io.prometheus.client.metricfamily');
    if (type === 'application/vnd.google.protobuf' && isFamilies && parameters.includes('encoding=delimited'))
      protobuf = Math.max(protobuf, weight);
    else if (type === 'text/plain') text = Math.max(text, weight);
  }
  return protobuf > 0 && protobuf >= text;
}

/** The last sample of each series within the lookback time; a series that has gone stale has none. Sorted by labels. */
function latestSamples(parts: ApiParts, selectors: readonly (readonly Matcher[])[]): FamilySample[] {
  const nowMs = parts.clock.nowMs();
  const querier = parts.queryable.querier(nowMs - parts.options.queryLookbackMs + 1, nowMs);
  try {
    const found = new Map(selectors.flatMap((matchers) => selected(querier, matchers, nowMs)));
    return [...found.values()].sort((a, b) => compareLabels(a.labels, b.labels));
  } finally {
    querier.close();
  }
}

function selected(querier: Querier, matchers: readonly Matcher[], nowMs: number): [key: string, FamilySample][] {
  const set = querier.select(matchers);
  const columns = new SampleColumns();
  const found: [string, FamilySample][] = [];
  for (let i = 0; i < set.length; i++) {
    columns.clear();
    const last = set.read(i, Number.MIN_SAFE_INTEGER, nowMs, columns) - 1;
    if (last < 0 || isStaleAt(columns.halves, last)) continue;
    const labels = set.labels(i);
    const value = columns.histograms?.[last] ?? columns.values[last] ?? 0;
    found.push([labelsKey(labels), { labels, value, timeMs: columns.times[last] ?? 0 }]);
  }
  return found;
}

/** A family has one kind of samples: where a name has several, there are several families of it. */
function familiesOf(samples: readonly FamilySample[], externalLabels: Labels): FamilyOfSamples[] {
  const byKind = new Map<string, { readonly name: string; readonly samples: FamilySample[] }>();
  for (const sample of samples) {
    const name = getLabel(sample.labels, METRIC_NAME);
    const key = `${name}\uffff${kindOf(sample.value)}`;
    const family = byKind.get(key) ?? { name, samples: [] };
    family.samples.push({ ...sample, labels: federated(sample.labels, externalLabels) });
    byKind.set(key, family);
  }
  return [...byKind.values()];
}

function kindOf(value: number | NativeHistogram): string {
  if (typeof value === 'number') return 'value';
  return value.counterReset === 'gauge' ? 'gauge histogram' : 'histogram';
}

/** Text has no form for native histograms: those with custom buckets become classic ones, the others are left out. */
function textFamily({ name, samples }: FamilyOfSamples): ExposedFamily[] {
  const isHistogram = typeof samples[0]?.value === 'object';
  const lines = samples.flatMap(textSamples);
  return lines.length === 0 ? [] : [{ name, type: isHistogram ? 'histogram' : 'unknown', help: '', samples: lines }];
}

function textSamples({ labels, value, timeMs }: FamilySample): ExposedSample[] {
  if (typeof value === 'number') return [{ labels, value, timeMs }];
  if (value.schema !== CUSTOM_BUCKETS_SCHEMA) return [];
  // An empty label is to stay one.
  const part = (suffix: string, of: number, le: readonly string[] = []): ExposedSample => ({
    labels: [...labels.map((text, i) => (labels[i - 1] === METRIC_NAME && i % 2 === 1 ? text + suffix : text)), ...le],
    value: of,
    timeMs,
  });
  return [
    ...cumulativeBuckets(value).map(([upper, count]) => part('_bucket', count, ['le', formatGoFloat(upper)])),
    part('_sum', value.sum),
    part('_count', value.count),
  ];
}

/** An `instance` that is there, empty if need be, keeps the scraper from adding its own. */
function federated(labels: Labels, externalLabels: Labels): Labels {
  const names = new Set([...labelEntries(labels)].map(([name]) => name));
  const added = [...new Map([['instance', ''], ...labelEntries(externalLabels)])].filter(([name]) => !names.has(name));
  return [...labels, ...added.sort(([a], [b]) => (a < b ? -1 : 1)).flat()];
}

/** The functions of alert templates (template/template.go of Prometheus). */
import { isIP } from 'node:net';
import { parsePromql } from '../../shared/promql/parse.ts';
import { parseDurationMs } from '../config/duration.ts';
import { queryEscape } from '../model/go-template/builtins.ts';
import { TemplateError } from '../model/go-template/errors.ts';
import type { FunctionTable } from '../model/go-template/function-table.ts';
import * as human from '../model/go-template/humanize.ts';
import { textFunctions } from '../model/go-template/text-functions.ts';
import {
  GoDuration,
  GoMap,
  GoObject,
  GoTime,
  type GoValue,
  itemsOf,
  NO_VALUE,
  stringMap,
  typeName,
} from '../model/go-template/value.ts';
import { labelEntries } from '../model/labels.ts';
import { messageOf } from './errors.ts';
import { expressionLink } from './expression-link.ts';
import type { QueryFn, Sample } from './query.ts';

/** Answers of the queries that a template asked for, by their text: samples, or why there are none. */
export type Answers = Map<string, readonly Sample[] | TemplateError>;

/** Thrown by `query` when its answer is not there yet: the caller gets it and executes the template again. */
export class PendingQuery extends Error {
  override readonly name = 'PendingQuery';
  readonly query: string;

  constructor(query: string) {
    super(`the answer of ${query} is not there yet`);
    this.query = query;
  }
}

export interface TemplateWorld {
  readonly timeMs: number;
  readonly externalUrl: string;
  readonly answers: Answers;
}

const text = (value: GoValue | undefined) => (typeof value === 'string' ? value : '');

export function templateFunctions({ timeMs, externalUrl, answers }: TemplateWorld): FunctionTable {
  return {
    ...fixedFunctions,
    query: { params: ['string'], call: (query) => answerOf(answers, text(query)) },
    externalURL: { params: [], call: () => externalUrl },
    pathPrefix: { params: [], call: () => pathOf(externalUrl) },
    now: { params: [], call: () => timeMs / 1000 },
  };
}

/** Asks for one query of a template. */
export async function answerQuery(
  query: QueryFn,
  text: string,
  timeMs: number,
): Promise<readonly Sample[] | TemplateError> {
  try {
    return await query(parsePromql(text), timeMs);
  } catch (error) {
    return new TemplateError(messageOf(error));
  }
}

const fixedFunctions: FunctionTable = {
  ...textFunctions,
  first: { params: ['any'], call: (list = null) => firstOf(list) },
  label: { params: ['string', 'any'], call: (name, sample = null) => labelOf(sample, text(name)) },
  value: { params: ['any'], call: (sample = null) => sampleField(sample, 'Value') },
  strvalue: { params: ['any'], call: (sample = null) => labelOf(sample, '__value__') },
  sortByLabel: { params: ['string', 'any'], call: (name, list = null) => sortByLabel(text(name), list) },
  args: { params: [], rest: 'any', call: (...values) => argsMap(values) },
  stripPort: { params: ['string'], call: (address) => splitPort(text(address))?.host ?? text(address) },
  stripDomain: { params: ['string'], call: (address) => stripDomain(text(address)) },
  urlQueryEscape: { params: ['string'], call: (value) => queryEscape(text(value)) },
  graphLink: { params: ['string'], call: (query) => expressionLink(text(query), 0) },
  tableLink: { params: ['string'], call: (query) => expressionLink(text(query), 1) },
  humanize: { params: ['any'], call: (value = null) => human.humanize(value) },
  humanize1024: { params: ['any'], call: (value = null) => human.humanize1024(value) },
  humanizePercentage: { params: ['any'], call: (value = null) => human.humanizePercentage(value) },
  humanizeTimestamp: { params: ['any'], call: (value = null) => human.humanizeTimestamp(value) },
  toTime: { params: ['any'], call: (value = null) => human.secondsToTime(human.toFloat(value)) },
  toDuration: { params: ['any'], call: (value = null) => new GoDuration(human.toFloat(value)) },
  parseDuration: { params: ['string'], call: (duration) => durationSeconds(text(duration)) },
  query: { params: ['string'], call: () => null },
  externalURL: { params: [], call: () => '' },
  pathPrefix: { params: [], call: () => '' },
  now: { params: [], call: () => new GoTime(0) },
};

/** Enough to parse a template: which functions there are. */
export const knownFunctions = fixedFunctions;

function answerOf(answers: Answers, query: string): GoValue {
  const samples = answers.get(query);
  if (samples === undefined) throw new PendingQuery(query);
  if (samples instanceof TemplateError) throw samples;
  return samples.map(
    ({ labels, value }) => new GoObject('*template.sample', { Labels: stringMap(labelEntries(labels)), Value: value }),
  );
}

function firstOf(list: GoValue): GoValue {
  const [first] = listOf(list);
  if (first === undefined) throw new TemplateError('first() called on vector with no elements');
  return first;
}

function listOf(value: GoValue): readonly GoValue[] {
  const items = itemsOf(value);
  if (items === null)
    throw new TemplateError(`wrong type for value; expected template.queryResult; got ${typeName(value)}`);
  return items;
}

function sampleField(sample: GoValue, field: 'Labels' | 'Value'): GoValue {
  const value = sample instanceof GoObject ? sample.fields[field] : undefined;
  if (value === undefined) {
    throw new TemplateError(`wrong type for value; expected *template.sample; got ${typeName(sample)}`);
  }
  return value;
}

function labelOf(sample: GoValue, name: string): string {
  const labels = sampleField(sample, 'Labels');
  return labels instanceof GoMap ? text(labels.get(name)) : '';
}

function sortByLabel(name: string, list: GoValue): GoValue {
  return [...listOf(list)].sort((a, b) => naturalOrder(labelOf(a, name), labelOf(b, name)));
}

/** Runs of digits compare as numbers, what is between them as text. */
function naturalOrder(a: string, b: string): number {
  const [as, bs] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (const [i, x] of as.entries()) {
    const y = bs[i];
    if (y === undefined) return 1;
    if (x === y) continue;
    const [nx, ny] = [Number(x), Number(y)];
    if (!Number.isNaN(nx) && !Number.isNaN(ny) && nx !== ny) return nx - ny;
    return x < y ? -1 : 1;
  }
  return as.length - bs.length;
}

function argsMap(values: readonly GoValue[]): GoValue {
  return new GoMap(new Map(values.map((value, i) => [`arg${i}`, value])), NO_VALUE);
}

/** Go's net.SplitHostPort; null when there is no port. */
function splitPort(address: string): { readonly host: string; readonly port: string } | null {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(address);
  return match === null ? null : { host: match[1] ?? match[2] ?? '', port: match[3] ?? '' };
}

function stripDomain(address: string): string {
  const split = splitPort(address);
  const host = split?.host ?? address;
  if (isIP(host) !== 0) return address;
  const name = host.split('.')[0] ?? '';
  return split !== null && split.port !== '' ? `${name}:${split.port}` : name;
}

function durationSeconds(duration: string): number {
  const ms = parseDurationMs(duration);
  if (ms === null) throw new TemplateError(`not a valid duration string: ${JSON.stringify(duration)}`);
  return ms / 1000;
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname.replace(/\/$/, '') : '';
}

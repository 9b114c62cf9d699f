import type { FastifyRequest } from 'fastify';
import { PromqlParseError } from '../../../shared/promql/ast.ts';
import { parseDurationMs } from '../../config/duration.ts';
import type { Matcher } from '../../model/matcher.ts';
import { RegexError } from '../../model/regex.ts';
import { selectorMatchers } from '../selectors.ts';
import { ApiError } from './envelope.ts';

/** Query and form parameters of a request as one multimap; a form wins over the query for the same name. */
export function parametersOf(request: FastifyRequest): URLSearchParams {
  const questionMark = request.url.indexOf('?');
  const fromUrl = new URLSearchParams(questionMark < 0 ? '' : request.url.slice(questionMark + 1));
  if (!(request.body instanceof URLSearchParams)) return fromUrl;
  const all = new URLSearchParams(request.body);
  for (const [name, value] of fromUrl) all.append(name, value);
  return all;
}

/** The bounds that Prometheus accepts by name: its smallest and largest time (web/api/v1/api.go). */
const NAMED_TIMES: ReadonlyMap<string, number> = new Map([
  ['-292273086-05-16T16:47:06Z', Number.MIN_SAFE_INTEGER],
  ['292277025-08-18T07:12:54.999999999Z', Number.MAX_SAFE_INTEGER],
]);

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
/** Go converts a float that is no number to its smallest integer: a time with no samples. */
const NOT_FINITE = /^(?:nan|[+-]?inf(?:inity)?)$/i;
const GO_FLOAT = /^[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Float seconds or RFC 3339, in milliseconds. Null when it is neither. */
export function parseTimeMs(text: string): number | null {
  const named = NAMED_TIMES.get(text);
  if (named !== undefined) return named;
  if (GO_FLOAT.test(text)) return Math.round(Number(text) * 1000);
  if (NOT_FINITE.test(text)) return Number.MIN_SAFE_INTEGER;
  if (!RFC3339.test(text)) return null;
  const ms = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(ms) ? null : ms;
}

export function timeParameter(parameters: URLSearchParams, name: string, missing: number): number {
  const text = parameters.get(name);
  if (text === null || text === '') return missing;
  return requiredTime(parameters, name);
}

export function requiredTime(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? '';
  const ms = parseTimeMs(text);
  if (ms === null) throw badParameter(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`);
  return ms;
}

/** Float seconds or a duration (`5m`), in milliseconds. */
export function durationParameter(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? '';
  const seconds = GO_FLOAT.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(seconds)) {
    if (Math.abs(seconds) * 1000 > Number.MAX_SAFE_INTEGER)
      throw badParameter(name, `cannot parse ${JSON.stringify(text)} to a valid duration. It overflows int64`);
    return Math.trunc(seconds * 1000);
  }
  const ms = parseDurationMs(text);
  if (ms === null) throw badParameter(name, `cannot parse ${JSON.stringify(text)} to a valid duration`);
  return ms;
}

/** A whole number >= 0; 0 (no limit) when it is missing. */
export function limitParameter(parameters: URLSearchParams): number {
  const text = parameters.get('limit');
  if (text === null || text === '') return 0;
  const limit = Number(text);
  if (!/^[+-]?\d+$/.test(text)) throw badParameter('limit', `cannot parse ${JSON.stringify(text)} to a valid limit`);
  if (limit < 0) throw badParameter('limit', 'limit must be non-negative');
  return limit;
}

/** The matchers of every selector given under a name. */
export function selectorParameters(parameters: URLSearchParams, name: string): (readonly Matcher[])[] {
  try {
    return parameters.getAll(name).map(selectorMatchers);
  } catch (error) {
    if (error instanceof PromqlParseError || error instanceof RegexError) throw badParameter(name, error.message);
    throw error;
  }
}

export function badParameter(name: string, reason: string): ApiError {
  return new ApiError('bad_data', `invalid parameter ${JSON.stringify(name)}: ${reason}`);
}

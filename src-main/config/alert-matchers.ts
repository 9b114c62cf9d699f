/**
 * The matchers of Alertmanager (matcher/compat): the classic grammar where it accepts the text, else the UTF-8 one;
 * when neither does, the classic refusal is told.
 */
import type { MatchType } from '../../shared/promql/ast.ts';
import { readString } from '../../shared/promql/go-string.ts';
import { compareStrings } from '../model/labels.ts';
import { compileAnchored, RegexError } from '../model/regex.ts';
import type { RouteMatcher } from './alertmanager-config.ts';

/** Refusal of a matcher's text. */
export class MatcherError extends Error {
  override readonly name = 'MatcherError';
}

const CLASSIC = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*(.*?)\s*$/s;
const RESERVED = /[\s{}!=~,\\"'`]/;
const OPERATORS: readonly MatchType[] = ['=~', '!~', '!=', '='];

/** Reads `a="b", c=~"d"`, braces around or not, none being none. Throws MatcherError. */
export function parseMatchers(text: string): readonly RouteMatcher[] {
  const classic = classicList(text);
  const matchers = typeof classic === 'string' ? utf8List(text) : classic;
  if (matchers === null) throw new MatcherError(typeof classic === 'string' ? classic : text);
  for (const matcher of matchers) checkRegex(matcher);
  return matchers;
}

/** Reads exactly one matcher without braces, as the API's `filter` wants it. Throws MatcherError. */
export function parseMatcher(text: string): RouteMatcher {
  if (/^\s*\{|\}\s*$/.test(text)) throw new MatcherError(`unexpected open or close brace: ${text}`);
  const matchers = parseMatchers(text);
  const [only] = matchers;
  if (only === undefined) throw new MatcherError('no matchers');
  if (matchers.length > 1) throw new MatcherError(`expected 1 matcher, found ${matchers.length}`);
  return only;
}

/** By name, then value, then type: how Alertmanager orders a route's matchers. */
export function sortMatchers(matchers: readonly RouteMatcher[]): readonly RouteMatcher[] {
  return [...matchers].sort(
    (a, b) =>
      compareStrings(a.name, b.name) ||
      compareStrings(a.value, b.value) ||
      TYPE_ORDER.indexOf(a.type) - TYPE_ORDER.indexOf(b.type),
  );
}

const TYPE_ORDER: readonly MatchType[] = ['=', '!=', '=~', '!~'];

/** Throws MatcherError when the matcher's expression is none. */
export function checkRegex(matcher: RouteMatcher): void {
  if (matcher.type !== '=~' && matcher.type !== '!~') return;
  try {
    compileAnchored(matcher.value);
  } catch (error) {
    if (error instanceof RegexError) throw new MatcherError(error.message);
    throw error;
  }
}

/** The matchers, or why the classic grammar refuses. */
function classicList(text: string): readonly RouteMatcher[] | string {
  const inner = text.trim().replace(/^\{/, '').replace(/\}$/, '');
  const parts = splitOutsideQuotes(inner);
  if (parts.at(-1)?.trim() === '') parts.pop();
  const matchers: RouteMatcher[] = [];
  for (const part of parts) {
    const matcher = classicOne(part);
    if (typeof matcher === 'string') return matcher;
    matchers.push(matcher);
  }
  return matchers;
}

function splitOutsideQuotes(text: string): string[] {
  const parts = [''];
  let quoted = false;
  let escaped = false;
  for (const char of text) {
    if (char === ',' && !quoted) {
      parts.push('');
      continue;
    }
    if (char === '"' && !escaped) quoted = !quoted;
    escaped = char === '\\' && !escaped;
    parts.push((parts.pop() ?? '') + char);
  }
  return parts;
}

function classicOne(text: string): RouteMatcher | string {
  const found = CLASSIC.exec(text);
  const type = OPERATORS.find((operator) => operator === found?.[2]);
  if (found === null || type === undefined) return `bad matcher format: ${text}`;
  const raw = found[3] ?? '';
  const value = classicValue(raw);
  return value === null
    ? `matcher value contains unescaped double quote: ${raw}`
    : { name: found[1] ?? '', type, value };
}

/** Only `\\`, `\"` and `\n` are escapes; null where a quote stands alone. */
function classicValue(raw: string): string | null {
  const quoted = raw.startsWith('"');
  const inner = quoted ? raw.slice(1) : raw;
  let out = '';
  for (let i = 0; i < inner.length; i++) {
    const char = inner.charAt(i);
    const next = inner.charAt(i + 1);
    if (char === '\\' && '\\"n'.includes(next) && next !== '') {
      out += next === 'n' ? '\n' : next;
      i++;
    } else if (char === '"') return quoted && i === inner.length - 1 ? out : null;
    else out += char;
  }
  return quoted ? null : out;
}

function utf8List(text: string): readonly RouteMatcher[] | null {
  let rest = text.trim();
  if (rest.startsWith('{') !== rest.endsWith('}')) return null;
  if (rest.startsWith('{')) rest = rest.slice(1, -1).trim();
  const matchers: RouteMatcher[] = [];
  while (rest !== '') {
    const read = utf8One(rest);
    if (read === null) return null;
    matchers.push(read.matcher);
    rest = read.rest.trimStart();
    if (rest === '') break;
    if (!rest.startsWith(',')) return null;
    rest = rest.slice(1).trimStart();
  }
  return matchers;
}

function utf8One(text: string): { readonly matcher: RouteMatcher; readonly rest: string } | null {
  const name = utf8Token(text);
  if (name === null || name.value === '') return null;
  const behindName = name.rest.trimStart();
  const type = OPERATORS.find((operator) => behindName.startsWith(operator));
  if (type === undefined) return null;
  const value = utf8Token(behindName.slice(type.length).trimStart());
  return value === null ? null : { matcher: { name: name.value, type, value: value.value }, rest: value.rest };
}

/** A quoted string, or a run of characters that mean nothing else. */
function utf8Token(text: string): { readonly value: string; readonly rest: string } | null {
  if (text.startsWith('"')) {
    const read = readString(text, 0);
    return read.ok ? { value: read.value, rest: text.slice(read.to) } : null;
  }
  const end = [...text].findIndex((char) => RESERVED.test(char));
  const value = end < 0 ? text : [...text].slice(0, end).join('');
  return value === '' ? null : { value, rest: text.slice(value.length) };
}

import { RE2JS, RE2JSException } from 're2js';
import { literalsOf, wildcardMatcher } from './regex-literals.ts';
import { compileNative, type NativeRegex } from './regex-native.ts';
import { type ParsedRegex, parseRegex } from './regex-syntax.ts';

/** Refusal of a regular expression; the message is RE2's, as Go prints it. */
export class RegexError extends Error {
  override readonly name = 'RegexError';
}

export interface Submatches {
  /** By number; 0 is the whole match. A group that took no part is ''. */
  readonly groups: readonly string[];
  readonly named: Readonly<Record<string, string>>;
}

/** A compiled RE2 expression. */
export interface Regex {
  readonly source: string;
  matches(value: string): boolean;
  /** Submatches by number, then by name; null when the value does not match. */
  submatches(value: string): Submatches | null;
  /** When the expression is a plain alternation of literals: exactly those; else null. */
  readonly literals: readonly string[] | null;
}

/** An expression that is looked for anywhere in a text: what templates use. */
export interface SearchRegex {
  readonly source: string;
  /** Whether it occurs in `text`. */
  test(text: string): boolean;
  /** Replaces every occurrence, `$1` and `${name}` in `template` being its submatches (Go's ReplaceAllString). */
  replaceAll(text: string, template: string): string;
}

const MAX_CACHED = 2_000;
const anchoredCache = new Map<string, Regex>();
const searchCache = new Map<string, SearchRegex>();

/** Compiles `^(?s:source)$`: how every matcher and relabelling expression of Prometheus is meant. Throws RegexError. */
export function compileAnchored(source: string): Regex {
  return cached(anchoredCache, source, buildAnchored);
}

/** Compiles an expression for searching; `.` does not take a newline, as in Go without flags. Throws RegexError. */
export function compileSearch(source: string): SearchRegex {
  return cached(searchCache, source, buildSearch);
}

/** The oldest entry makes room: hits move to the young end. */
function cached<T>(cache: Map<string, T>, source: string, build: (source: string) => T): T {
  const hit = cache.get(source);
  if (hit !== undefined) {
    cache.delete(source);
    cache.set(source, hit);
    return hit;
  }
  const built = build(source);
  for (const oldest of cache.keys()) {
    if (cache.size < MAX_CACHED) break;
    cache.delete(oldest);
  }
  cache.set(source, built);
  return built;
}

function compileRe2(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException) throw new RegexError(error.message);
    throw error;
  }
}

function buildAnchored(source: string): Regex {
  // By itself first: the message then shows what was written, and `a)(b` is refused.
  compileRe2(source);
  const re2 = compileRe2(`^(?s:${source})$`);
  const parsed = parseRegex(source, true);
  const native = parsed === null ? null : compileNative(parsed, true);
  const literals = parsed === null ? null : literalsOf(parsed);
  const names = captureNames(re2);
  return {
    source,
    literals,
    matches: anchoredMatcher(re2, native, { parsed, literals }),
    submatches: (value) => {
      const groups = nativeGroups(native, value) ?? re2Groups(re2, value);
      return groups === null ? null : { groups, named: namedGroups(names, groups) };
    },
  };
}

function anchoredMatcher(
  re2: RE2JS,
  native: NativeRegex | null,
  shape: { readonly parsed: ParsedRegex | null; readonly literals: readonly string[] | null },
): (value: string) => boolean {
  const { parsed, literals } = shape;
  if (literals?.length === 1) {
    const [only] = literals;
    return (value) => value === only;
  }
  if (literals !== null) {
    const set = new Set(literals);
    return (value) => set.has(value);
  }
  const wildcard = parsed === null ? null : wildcardMatcher(parsed);
  if (wildcard !== null) return wildcard;
  if (native === null) return (value) => re2.test(value);
  const { regexp, maxLength } = native;
  return (value) => (value.length <= maxLength ? regexp.test(value) : re2.test(value));
}

/** Undefined: not to be asked. */
function nativeGroups(native: NativeRegex | null, value: string): readonly string[] | null | undefined {
  if (native === null || !native.sameSubmatches || value.length > native.maxLength) return undefined;
  const match = native.regexp.exec(value);
  return match === null ? null : Array.from(match, (group: string | undefined) => group ?? '');
}

function re2Groups(re2: RE2JS, value: string): readonly string[] | null {
  const matcher = re2.matcher(value);
  if (!matcher.find()) return null;
  return Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '');
}

function captureNames(re2: RE2JS): ReadonlyMap<string, number> {
  return new Map(Object.entries(re2.namedGroups()).map(([name, index]) => [name, Number(index)]));
}

function namedGroups(names: ReadonlyMap<string, number>, groups: readonly string[]): Record<string, string> {
  return Object.fromEntries([...names].map(([name, index]) => [name, groups[index] ?? '']));
}

interface Occurrence {
  readonly from: number;
  readonly to: number;
  readonly groups: readonly string[];
}

function buildSearch(source: string): SearchRegex {
  const re2 = compileRe2(source);
  const parsed = parseRegex(source, false);
  const native = parsed === null ? null : compileNative(parsed, false);
  const names = captureNames(re2);
  const occurrences = (text: string) =>
    native?.sameSubmatches && text.length <= native.maxLength ? nativeAll(native.regexp, text) : re2All(re2, text);
  return {
    source,
    test: (text) => re2.test(text),
    replaceAll: (text, template) => {
      let out = '';
      let last = 0;
      let end = -1;
      for (const { from, to, groups } of occurrences(text)) {
        // Go takes no empty match right behind another match.
        if (from === to && from === end) continue;
        out += text.slice(last, from) + expandTemplate(template, { groups, named: namedGroups(names, groups) });
        last = to;
        end = to;
      }
      return out + text.slice(last);
    },
  };
}

function* nativeAll(regexp: RegExp, text: string): Generator<Occurrence> {
  for (const match of text.matchAll(regexp)) {
    const groups = Array.from(match, (group: string | undefined) => group ?? '');
    yield { from: match.index, to: match.index + match[0].length, groups };
  }
}

function* re2All(re2: RE2JS, text: string): Generator<Occurrence> {
  const matcher = re2.matcher(text);
  while (matcher.find()) {
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '');
    yield { from: matcher.start(), to: matcher.end(), groups };
  }
}

/** Go's Regexp.Expand: `$1`, `$name`, `${name}`, `$$`; a group that is not there is ''; a lone `$` stays. */
export function expandTemplate(template: string, submatches: Submatches): string {
  if (!template.includes('$')) return template;
  return template.replace(
    /\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})?/gu,
    (whole, bare: string | undefined, braced: string | undefined) => {
      if (whole === '$' || whole === '$$') return '$';
      const name = bare ?? braced ?? '';
      if (/^(?:0|[1-9]\d{0,7})$/.test(name)) return submatches.groups[Number(name)] ?? '';
      return Object.hasOwn(submatches.named, name) ? (submatches.named[name] ?? '') : '';
    },
  );
}

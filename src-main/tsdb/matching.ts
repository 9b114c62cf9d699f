import type { Matcher } from '../model/matcher.ts';
import { intersect, NO_POSTINGS, subtract, union } from './postings.ts';

/** An inverted index, of the head or of a block. */
export interface LabelPostings {
  /** Every series. */
  all(): Uint32Array;
  /** In any order. */
  values(name: string): readonly string[];
  /** Empty when no series has the pair. */
  postings(name: string, value: string): Uint32Array;
}

/** The ids of the series that all matchers match (tsdb/querier.go, PostingsForMatchers). */
export function matchPostings(index: LabelPostings, matchers: readonly Matcher[]): Uint32Array {
  const wanted: Uint32Array[] = [];
  const unwanted: Uint32Array[] = [];
  for (const matcher of matchers) {
    if (matchesEverything(matcher)) continue;
    if (matcher.matches('')) {
      unwanted.push(union(mismatching(index, matcher)));
    } else {
      const ids = union(matching(index, matcher));
      if (ids.length === 0) return NO_POSTINGS;
      wanted.push(ids);
    }
  }
  wanted.sort((a, b) => a.length - b.length);
  let result = wanted[0] ?? index.all();
  for (let i = 1; i < wanted.length && result.length > 0; i++) result = intersect(result, wanted[i]!);
  for (const ids of unwanted) result = subtract(result, ids);
  return result;
}

function matchesEverything(matcher: Matcher): boolean {
  return matcher.type === '=~' && matcher.value === '.*';
}

function matching(index: LabelPostings, matcher: Matcher): Uint32Array[] {
  const { name, type } = matcher;
  if (type === '=') return [index.postings(name, matcher.value)];
  if (type === '=~' && matcher.regex?.literals) return matcher.regex.literals.map((v) => index.postings(name, v));
  const lists: Uint32Array[] = [];
  const takesAll = (type === '=~' && matcher.value === '.+') || (type === '!=' && matcher.value === '');
  for (const value of index.values(name)) {
    if (takesAll || matcher.matches(value)) lists.push(index.postings(name, value));
  }
  return lists;
}

function mismatching(index: LabelPostings, matcher: Matcher): Uint32Array[] {
  const { name, type } = matcher;
  if (type === '!=') return [index.postings(name, matcher.value)];
  if (type === '!~' && matcher.regex?.literals) return matcher.regex.literals.map((v) => index.postings(name, v));
  const lists: Uint32Array[] = [];
  for (const value of index.values(name)) {
    if (!matcher.matches(value)) lists.push(index.postings(name, value));
  }
  return lists;
}

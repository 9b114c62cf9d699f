/** Matchers over whole label sets, and how they are printed (pkg/labels). Their grammar is config/alert-matchers.ts. */
import type { SilenceMatcher } from '../../shared/alerts.ts';
import type { RouteMatcher } from '../config/alertmanager-config.ts';
import { goQuote } from '../model/go-template/go-quote.ts';
import { getLabel, type Labels, labelEntries } from '../model/labels.ts';
import { Matcher } from '../model/matcher.ts';

/** Compiled once; an absent label counts as empty. Throws RegexError for a bad expression. */
export class MatcherList {
  readonly matchers: readonly Matcher[];

  constructor(matchers: readonly RouteMatcher[]) {
    this.matchers = matchers.map(({ name, type, value }) => new Matcher(name, type, value));
  }

  matches(labels: Labels): boolean {
    return this.matchers.every((matcher) => matcher.matches(getLabel(labels, matcher.name)));
  }

  toString(): string {
    return `{${this.matchers.map(printMatcher).join(',')}}`;
  }
}

const RESERVED = /[\s{}!=~,\\"'`]/;

function printMatcher({ name, type, value }: RouteMatcher): string {
  if (RESERVED.test(name)) return `${goQuote(name)}${type}${goQuote(value)}`;
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `${name}${type}"${escaped}"`;
}

/** `{a="v", b="w"}`: a label set as Go's LabelSet prints it. */
export function printLabelSet(labels: Labels): string {
  return `{${[...labelEntries(labels)].map(([name, value]) => `${name}=${goQuote(value)}`).join(', ')}}`;
}

export function routeMatcherOf({ name, value, isRegex, isEqual }: SilenceMatcher): RouteMatcher {
  return { name, value, type: isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=' };
}

/** Whether a matcher lets pass what has no such label; a negative one is never counted so. */
export function matchesNothingToo(matcher: Matcher): boolean {
  return (matcher.type === '=' || matcher.type === '=~') && matcher.matches('');
}

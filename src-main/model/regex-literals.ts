import { ANY_CHAR } from './regex-charset.ts';
import type { ParsedRegex, RegexNode } from './regex-syntax.ts';

/** Most literals that an expression is taken apart into. */
const MAX_LITERALS = 512;
/** Largest class (`[a-f]`) that counts as an alternation of its members. */
const MAX_CLASS_MEMBERS = 16;

/** Exactly the values that an anchored expression matches, when they are few; else null. */
export function literalsOf(parsed: ParsedRegex): readonly string[] | null {
  if (parsed.ignoreCase) return null;
  const found = expand(withoutAnchors(parsed.root));
  return found === null ? null : [...new Set(found)];
}

/** `^foo$` is `foo` where the whole expression is anchored. */
function withoutAnchors(root: RegexNode): RegexNode {
  if (root.kind !== 'concat') return root;
  let items = root.items;
  while (items[0]?.kind === 'assert' && items[0].source === '^') items = items.slice(1);
  for (let last = items.at(-1); last?.kind === 'assert' && last.source === '$'; last = items.at(-1))
    items = items.slice(0, -1);
  return { kind: 'concat', items };
}

function expand(node: RegexNode): string[] | null {
  switch (node.kind) {
    case 'assert':
      return null;
    case 'group':
      return expand(node.item);
    case 'char':
      return expandClass(node);
    case 'repeat': {
      if (node.max !== 1) return null;
      const inner = expand(node.item);
      if (inner === null) return null;
      return node.min === 0 ? [...inner, ''] : inner;
    }
    case 'alternate': {
      const all: string[] = [];
      for (const item of node.items) {
        const found = expand(item);
        if (found === null || all.length + found.length > MAX_LITERALS) return null;
        all.push(...found);
      }
      return all;
    }
    case 'concat':
      return expandConcat(node.items);
  }
}

function expandConcat(items: readonly RegexNode[]): string[] | null {
  let all = [''];
  for (const item of items) {
    const found = expand(item);
    if (found === null || all.length * found.length > MAX_LITERALS) return null;
    all = all.flatMap((head) => found.map((tail) => head + tail));
  }
  return all;
}

function expandClass(node: RegexNode & { kind: 'char' }): string[] | null {
  if (node.set === null) return null;
  const size = node.set.reduce((sum, [lo, hi]) => sum + hi - lo + 1, 0);
  if (size > MAX_CLASS_MEMBERS) return null;
  return node.set.flatMap(([lo, hi]) => Array.from({ length: hi - lo + 1 }, (_, i) => String.fromCodePoint(lo + i)));
}

/** An expression of literals and `.*` / `.+` only (`foo.*`, `.*bar.+`): how such a one matches; else null. */
export function wildcardMatcher(parsed: ParsedRegex): ((value: string) => boolean) | null {
  if (parsed.ignoreCase) return null;
  const parts: string[] = [''];
  const gaps: number[] = [];
  for (const item of flatten(withoutAnchors(parsed.root))) {
    const only = item.kind === 'char' ? item.set?.[0] : undefined;
    if (only !== undefined && item.kind === 'char' && item.set?.length === 1 && only[0] === only[1]) {
      parts.push((parts.pop() ?? '') + String.fromCodePoint(only[0]));
    } else if (isWildcard(item)) {
      parts.push('');
      gaps.push(item.min);
    } else return null;
  }
  if (gaps.length === 0) return null;
  return (value) => matchParts(value, parts, gaps);
}

function flatten(node: RegexNode): readonly RegexNode[] {
  if (node.kind === 'concat') return node.items.flatMap(flatten);
  return node.kind === 'group' ? flatten(node.item) : [node];
}

function isWildcard(node: RegexNode): node is RegexNode & { kind: 'repeat' } {
  return (
    node.kind === 'repeat' &&
    node.item.kind === 'char' &&
    node.item.set === ANY_CHAR &&
    node.max === Number.POSITIVE_INFINITY &&
    node.min <= 1
  );
}

/** `parts[i]` and `parts[i + 1]` stand at least `gaps[i]` apart; the first begins the value, the last ends it. */
function matchParts(value: string, parts: readonly string[], gaps: readonly number[]): boolean {
  const head = parts[0] ?? '';
  if (!value.startsWith(head)) return false;
  let pos = head.length;
  for (let i = 1; i < parts.length - 1; i++) {
    const part = parts[i] ?? '';
    const found = value.indexOf(part, pos + (gaps[i - 1] ?? 0));
    if (found < 0) return false;
    if (part === '' && found < pos + (gaps[i - 1] ?? 0)) return false;
    pos = found + part.length;
  }
  const tail = parts.at(-1) ?? '';
  return value.length - tail.length >= pos + (gaps.at(-1) ?? 0) && value.endsWith(tail);
}

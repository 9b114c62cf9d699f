import { ANY_CHAR, type CharSet, setsIntersect } from './regex-charset.ts';
import type { ParsedRegex, RegexNode } from './regex-syntax.ts';

/** A JavaScript RegExp that answers as RE2 would, for values short enough that backtracking stays cheap. */
export interface NativeRegex {
  readonly regexp: RegExp;
  /** Longest value to hand to it, in UTF-16 units. */
  readonly maxLength: number;
  /** Whether its submatches are RE2's, not only its verdict. */
  readonly sameSubmatches: boolean;
}

/** Backtracking steps that one match may cost at worst: some milliseconds. */
const MAX_STEPS = 2_000_000;
/** Below this a native expression is not worth having. */
const MIN_USEFUL_LENGTH = 32;

/** Upper bound of the ways in which a value of length n can be tried: coefficient * n^degree. */
interface Ways {
  readonly coefficient: number;
  readonly degree: number;
}

const ONE_WAY: Ways = { coefficient: 1, degree: 0 };
const HOPELESS: Ways = { coefficient: Number.POSITIVE_INFINITY, degree: 0 };

/** Null when only RE2 can be trusted with the expression. */
export function compileNative(parsed: ParsedRegex, anchored: boolean): NativeRegex | null {
  const cost = ways(parsed.root, [], parsed.ignoreCase);
  const degree = cost.degree + (anchored ? 1 : 2);
  const maxLength = Math.floor((MAX_STEPS / cost.coefficient) ** (1 / degree));
  if (!(maxLength >= MIN_USEFUL_LENGTH)) return null;
  const body = emit(parsed.root);
  const flags = `${parsed.ignoreCase ? 'i' : ''}u${anchored ? '' : 'g'}`;
  try {
    const regexp = new RegExp(anchored ? `^(?:${body})$` : body, flags);
    return { regexp, maxLength, sameSubmatches: !repeatsCapture(parsed.root, false) };
  } catch (error) {
    // A Unicode class that this V8 does not know by that name.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function emit(node: RegexNode): string {
  switch (node.kind) {
    case 'char':
    case 'assert':
      return node.source;
    case 'concat':
      return node.items.map((item) => (item.kind === 'alternate' ? `(?:${emit(item)})` : emit(item))).join('');
    case 'alternate':
      return node.items.map(emit).join('|');
    case 'group':
      return `(${node.capture ? '' : '?:'}${emit(node.item)})`;
    case 'repeat':
      return `${emit(node.item)}{${node.min},${node.max === Number.POSITIVE_INFINITY ? '' : node.max}}${node.lazy ? '?' : ''}`;
  }
}

/** What a node can begin with, and whether it can match nothing. */
function first(node: RegexNode): { readonly set: CharSet; readonly nullable: boolean } {
  switch (node.kind) {
    case 'char':
      return { set: node.set ?? ANY_CHAR, nullable: false };
    case 'assert':
      return { set: [], nullable: true };
    case 'group':
      return first(node.item);
    case 'repeat': {
      const item = first(node.item);
      return { set: item.set, nullable: item.nullable || node.min === 0 };
    }
    case 'alternate': {
      const items = node.items.map(first);
      return { set: items.flatMap((item) => item.set), nullable: items.some((item) => item.nullable) };
    }
    case 'concat': {
      const set: (readonly [number, number])[] = [];
      for (const item of node.items) {
        const { set: itemSet, nullable } = first(item);
        set.push(...itemSet);
        if (!nullable) return { set, nullable: false };
      }
      return { set, nullable: true };
    }
  }
}

/** `follow`: what may come after the node. Where it and a loop share no character there is one way only. */
function ways(node: RegexNode, follow: CharSet, ignoreCase: boolean): Ways {
  switch (node.kind) {
    case 'char':
    case 'assert':
      return ONE_WAY;
    case 'group':
      return ways(node.item, follow, ignoreCase);
    case 'concat':
      return concatWays(node.items, follow, ignoreCase);
    case 'alternate':
      return alternateWays(node.items, follow, ignoreCase);
    case 'repeat': {
      const ambiguous = ignoreCase || setsIntersect(first(node.item).set, follow);
      if (node.item.kind !== 'char') return optionalWays(node, follow, { ambiguous, ignoreCase });
      if (!ambiguous || node.min === node.max) return ONE_WAY;
      if (node.max === Number.POSITIVE_INFINITY) return { coefficient: 1, degree: 1 };
      return { coefficient: node.max - node.min + 1, degree: 0 };
    }
  }
}

/** A group may be optional, no more: loops over groups nest, and JavaScript and RE2 differ on empty rounds. */
function optionalWays(
  node: RegexNode & { kind: 'repeat' },
  follow: CharSet,
  options: { readonly ambiguous: boolean; readonly ignoreCase: boolean },
): Ways {
  if (node.max !== 1 || first(node.item).nullable) return HOPELESS;
  const inner = ways(node.item, follow, options.ignoreCase);
  return options.ambiguous && node.min === 0 ? { ...inner, coefficient: inner.coefficient + 1 } : inner;
}

function concatWays(items: readonly RegexNode[], follow: CharSet, ignoreCase: boolean): Ways {
  let total = ONE_WAY;
  let next = follow;
  for (const item of [...items].reverse()) {
    const own = ways(item, next, ignoreCase);
    total = { coefficient: total.coefficient * own.coefficient, degree: total.degree + own.degree };
    const { set, nullable } = first(item);
    next = nullable ? [...set, ...next] : set;
  }
  return total;
}

function alternateWays(items: readonly RegexNode[], follow: CharSet, ignoreCase: boolean): Ways {
  const each = items.map((item) => ways(item, follow, ignoreCase));
  const degree = Math.max(...each.map((way) => way.degree));
  return { coefficient: each.reduce((sum, way) => sum + way.coefficient, 0), degree };
}

/** JavaScript forgets a capture at every round of the loop around it; RE2 does not. */
function repeatsCapture(node: RegexNode, inRepeat: boolean): boolean {
  switch (node.kind) {
    case 'char':
    case 'assert':
      return false;
    case 'group':
      return (node.capture && inRepeat) || repeatsCapture(node.item, inRepeat);
    case 'repeat':
      return repeatsCapture(node.item, inRepeat || node.max > 1);
    case 'concat':
    case 'alternate':
      return node.items.some((item) => repeatsCapture(item, inRepeat));
  }
}

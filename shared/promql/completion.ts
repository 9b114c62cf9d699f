/**
 * What can stand at the cursor. Pure: the editor asks the engine for names and values and offers functions, keywords
 * and the like from the tables here.
 */
import type { Span } from './ast.ts';
import { selectorsNear, selectorText } from './completion-selectors.ts';
import { unquote } from './go-string.ts';
import { lex, type Token } from './lexer.ts';
import { enclosing, groupingOf } from './syntax-context.ts';

/**
 * One kind of thing that fits. `prefix` is what of it stands before the cursor, `span` what a choice replaces (the
 * whole word, what is behind the cursor included).
 */
export type Situation = Completed &
  (
    | { readonly kind: 'metric' }
    | { readonly kind: 'function' }
    | { readonly kind: 'aggregation' }
    /** Any of these words or signs. */
    | { readonly kind: 'keyword'; readonly words: readonly string[] }
    /** A label of the series these selectors match; of any series when there is none. */
    | { readonly kind: 'labelName'; readonly selectors: readonly string[] }
    /**
     * A value of the label within the series the selector matches ('' for all). `quoted`: the span lies between
     * quotes; else a choice brings its own.
     */
    | { readonly kind: 'labelValue'; readonly label: string; readonly selector: string; readonly quoted: boolean }
    /** A duration such as `5m`; `units` when a number is already there and only its unit is missing. */
    | { readonly kind: 'duration'; readonly units: boolean }
  );

interface Completed {
  readonly prefix: string;
  readonly span: Span;
}

const OPERATOR_WORDS = ['and', 'or', 'unless', 'atan2', 'offset', '@'] as const;
const MATCH_OPERATORS = ['=', '!=', '=~', '!~'] as const;
const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const WORD = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Nothing within comments, and nothing where only a number or an own string makes sense. */
export function completionSituation(text: string, offset: number): Situation[] {
  const lexed = lex(text.slice(0, offset));
  const inComment = lexed.tokens.at(-1)?.kind === 'comment' && lexed.tokens.at(-1)?.span.to === offset;
  if (inComment) return [];
  const code = lexed.tokens.filter((token) => token.kind !== 'comment');
  const openString = lexed.error === null ? null : stringAt(text, lexed.error.span.from, offset);
  if (openString !== null) return inString(text, code, openString);
  const bad = lexed.error !== null && lexed.error.span.from < offset;
  if (bad) return [];
  const last = code.at(-1);
  const typed = last !== undefined && last.span.to === offset && isPartial(last) ? last : null;
  const before = typed === null ? code : code.slice(0, -1);
  const cursor = typed === null ? empty(offset) : partial(text, typed, offset);
  return new Place(text, before, typed, cursor).situations();
}

function isPartial(token: Token): boolean {
  return (
    (WORD.test(token.text) && token.kind !== 'punctuation') || token.kind === 'number' || token.kind === 'duration'
  );
}

function empty(offset: number): Completed {
  return { prefix: '', span: { from: offset, to: offset } };
}

function partial(text: string, token: Token, offset: number): Completed {
  const rest = /^[a-zA-Z0-9_:]*/.exec(text.slice(offset))?.[0].length ?? 0;
  return { prefix: token.text, span: { from: token.span.from, to: offset + rest } };
}

interface OpenString {
  readonly quote: string;
  /** Behind the quote. */
  readonly from: number;
  readonly prefix: string;
  readonly to: number;
}

/** The string that the lexer found without an end at `from`. */
function stringAt(text: string, from: number, offset: number): OpenString | null {
  const quote = text.charAt(from);
  if (quote !== '"' && quote !== "'" && quote !== '`') return null;
  const prefix = text.slice(from + 1, offset);
  if (quote !== '`' && prefix.includes('\n')) return null;
  const rest = text.slice(offset);
  const end = rest.search(quote === '`' ? /`/ : new RegExp(`${quote}|[\\n,})]`));
  return { quote, from: from + 1, prefix, to: offset + Math.max(end, 0) };
}

function inString(text: string, before: readonly Token[], open: OpenString): Situation[] {
  const opening = enclosing(before, before.length - 1);
  const last = before.at(-1);
  const whole = { prefix: open.prefix, span: { from: open.from, to: open.to } };
  if (before[opening]?.text === '{') {
    if (last?.text === '{' || last?.text === ',') {
      return [{ kind: 'labelName', selectors: [selectorText(text, before, opening, null)].filter(Boolean), ...whole }];
    }
    const label = labelBefore(before);
    if (label === null) return [];
    const selector = selectorText(text, before, opening, label.span.from);
    const value = isRegex(last) ? lastAlternative(whole) : whole;
    return [{ kind: 'labelValue', label: nameOf(label), selector, quoted: true, ...value }];
  }
  if (groupingOf(before, opening) === null) return [];
  return [{ kind: 'labelName', selectors: selectorsNear(text, before), ...whole }];
}

/** In `a|b` only the alternative at the cursor is completed. */
function lastAlternative({ prefix, span }: Completed): Completed {
  const at = prefix.lastIndexOf('|') + 1;
  return { prefix: prefix.slice(at), span: { from: span.from + at, to: span.to } };
}

function isRegex(token: Token | undefined): boolean {
  return token?.text === '=~' || token?.text === '!~';
}

/** The label whose value is about to be written behind a match operator. */
function labelBefore(before: readonly Token[]): Token | null {
  const operator = before.at(-1);
  if (operator === undefined || !MATCH_OPERATORS.some((op) => op === operator.text)) return null;
  return before.at(-2) ?? null;
}

function nameOf(token: Token): string {
  return token.kind === 'string' ? unquote(token.text) : token.text;
}

/** The tokens before the cursor's word, and that word. */
class Place {
  readonly #text: string;
  readonly #before: readonly Token[];
  readonly #typed: Token | null;
  readonly #cursor: Completed;

  constructor(text: string, before: readonly Token[], typed: Token | null, cursor: Completed) {
    this.#text = text;
    this.#before = before;
    this.#typed = typed;
    this.#cursor = cursor;
  }

  situations(): Situation[] {
    const opening = enclosing(this.#before, this.#before.length - 1);
    const bracket = this.#before[opening]?.text;
    const last = this.#before.at(-1);
    if (bracket === '{') return this.#inBraces(opening, last);
    if (bracket === '[' || (last?.kind === 'keyword' && last.text.toLowerCase() === 'offset')) return this.#duration();
    if (groupingOf(this.#before, opening) !== null) return this.#inGrouping(last);
    if (last?.text === '@') return [this.#keywords(['start()', 'end()'])];
    if (this.#typed?.kind === 'number' || this.#typed?.kind === 'duration') return [];
    return endsOperand(this.#before) ? [this.#behindOperand()] : this.#operand(last);
  }

  #inBraces(opening: number, last: Token | undefined): Situation[] {
    if (last?.text === '{' || last?.text === ',') {
      const selectors = [selectorText(this.#text, this.#before, opening, null)].filter(Boolean);
      return [{ kind: 'labelName', selectors, ...this.#cursor }];
    }
    const label = labelBefore(this.#before);
    if (label !== null) {
      const selector = selectorText(this.#text, this.#before, opening, label.span.from);
      return [{ kind: 'labelValue', label: nameOf(label), selector, quoted: false, ...this.#cursor }];
    }
    const beforeLast = this.#before.at(-2)?.text;
    const named = beforeLast === '{' || beforeLast === ',';
    return named ? [this.#keywords([...MATCH_OPERATORS])] : [];
  }

  #duration(): Situation[] {
    const digits = this.#typed?.kind === 'number' && /^\d+$/.test(this.#typed.text);
    if (this.#typed !== null && !digits && this.#typed.kind !== 'duration' && !WORD.test(this.#typed.text)) return [];
    const duration: Situation = { kind: 'duration', units: digits, ...this.#cursor };
    return digits ? [duration] : [duration, this.#keywords(['step()', 'range()', 'min_of()', 'max_of()'])];
  }

  #inGrouping(last: Token | undefined): Situation[] {
    if (last?.text !== '(' && last?.text !== ',') return [];
    return [{ kind: 'labelName', selectors: selectorsNear(this.#text, this.#before), ...this.#cursor }];
  }

  #operand(last: Token | undefined): Situation[] {
    const cursor = this.#cursor;
    const found: Situation[] = [
      { kind: 'metric', ...cursor },
      { kind: 'function', ...cursor },
      { kind: 'aggregation', ...cursor },
    ];
    const words = modifierWords(this.#before, last);
    if (words.length > 0) found.push(this.#keywords(words));
    return found;
  }

  #behindOperand(): Situation {
    const words: string[] = [...OPERATOR_WORDS];
    if (behindAggregation(this.#before)) words.unshift('by', 'without');
    return this.#keywords(words);
  }

  #keywords(words: readonly string[]): Situation {
    return { kind: 'keyword', words, ...this.#cursor };
  }
}

/** Whether the tokens end with a complete operand: what follows joins it to another one. */
function endsOperand(before: readonly Token[]): boolean {
  const last = before.at(-1);
  if (last === undefined || last.kind === 'operator' || last.kind === 'keyword') return false;
  if (last.text === ')') return !closesModifier(before);
  return last.kind !== 'punctuation' || last.text === '}' || last.text === ']';
}

/** Behind `on (...)` or `by (...)` the operand is still to come. */
function closesModifier(before: readonly Token[]): boolean {
  const opening = enclosing(before, before.length - 2);
  const word = groupingOf(before, opening);
  if (word === null) return false;
  // `sum(x) by (job)` is complete, `sum by (job)` waits for its parenthesis.
  const isAggregation = word === 'by' || word === 'without';
  return !isAggregation || before[opening - 2]?.text !== ')';
}

function behindAggregation(before: readonly Token[]): boolean {
  const last = before.at(-1);
  if (last?.kind === 'aggregator') return true;
  if (last?.text !== ')') return false;
  return before[enclosing(before, before.length - 2) - 1]?.kind === 'aggregator';
}

/** What may stand between an operator and its right side, from there on. */
function modifierWords(before: readonly Token[], last: Token | undefined): string[] {
  if (last?.kind === 'operator' && before.length > 1) {
    return [...(COMPARISONS.has(last.text) ? ['bool'] : []), 'on', 'ignoring'];
  }
  if (last?.kind === 'keyword' && last.text.toLowerCase() === 'bool') return ['on', 'ignoring'];
  if (last?.text !== ')') return [];
  const word = groupingOf(before, enclosing(before, before.length - 2));
  return word === 'on' || word === 'ignoring' ? ['group_left', 'group_right'] : [];
}

/**
 * In what a syntax error happened and what was expected there, in the words of Prometheus's grammar
 * (promql/parser/generated_parser.y): the innermost rule around the token that has an error message of its own.
 */
import type { Token } from './lexer.ts';

export interface SyntaxContext {
  /** '' when nothing more is known. */
  readonly context: string;
  readonly expected: string;
}

const NOWHERE: SyntaxContext = { context: '', expected: '' };
const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
/** Keywords that are names of metrics where an operand begins. */
const METRIC_WORDS: ReadonlySet<string> = new Set(['offset', 'by', 'without', 'anchored', 'smoothed']);
const GROUPING_WORDS: ReadonlySet<string> = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);

/** For the token at `index` (or the end of the text) that could not be there. */
export function syntaxContext(tokens: readonly Token[], index: number): SyntaxContext {
  const before = tokens[index - 1];
  if (before === undefined) return NOWHERE;
  const word = before.text.toLowerCase();
  const opening = enclosing(tokens, index - 1);
  if (groupingOf(tokens, opening) !== null) return inGrouping(before);
  const isMetric = isOperandPlace(tokens, index - 1) && METRIC_WORDS.has(word);
  if (isMetric) return inAggregation(tokens, index);
  if (isWithinOffset(tokens, index)) {
    return { context: 'offset', expected: 'number, duration, step(), or range()' };
  }
  if (isTimestampStart(tokens, index)) return { context: '@', expected: 'timestamp' };
  if (before.kind === 'keyword' && GROUPING_WORDS.has(word)) {
    return { context: 'grouping opts', expected: '"("' };
  }
  if (tokens[opening]?.text === '{') return inBraces(tokens, opening, index);
  const bracket = openBracket(tokens, opening);
  return bracket < 0 ? inAggregation(tokens, index) : inBrackets(tokens, bracket, index);
}

/** Whether an operand may begin with this token, judged by the one before it. */
export function isOperandPlace(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1];
  if (before === undefined) return true;
  if (before.kind === 'operator') return before.text !== '@' && tokens[index]?.text.toLowerCase() !== 'bool';
  if (before.kind === 'punctuation') return before.text === '(' || before.text === ',';
  return before.kind === 'keyword' && /^(?:bool|group_left|group_right)$/i.test(before.text);
}

/** Behind `offset` and before its duration is complete. */
function isWithinOffset(tokens: readonly Token[], index: number): boolean {
  const offset = tokens.findLastIndex(
    ({ kind, text }, i) =>
      i < index && kind === 'keyword' && text.toLowerCase() === 'offset' && !isOperandPlace(tokens, i),
  );
  if (offset < 0) return false;
  let at = offset + 1;
  while (tokens[at]?.text === '-' || tokens[at]?.text === '+') at++;
  if (at < index && /^[a-z]/i.test(tokens[at]?.text ?? '') && tokens[at]?.kind !== 'number') at++;
  if (at >= index) return true;
  if (tokens[at]?.text !== '(') return false;
  for (let opening = enclosing(tokens, index - 1); opening >= at; opening = enclosing(tokens, opening - 1)) {
    if (opening === at) return true;
  }
  return false;
}

/** Behind `@`, `@ start` or `@ start(`. */
function isTimestampStart(tokens: readonly Token[], index: number): boolean {
  const paren = tokens[index - 1]?.text === '(' ? 1 : 0;
  const word = tokens[index - 1 - paren]?.kind === 'preprocessor' ? 1 : 0;
  return tokens[index - 1 - paren - word]?.text === '@' && (paren === 0 || word === 1);
}

/** The comma before the token at `index` when it ends a list of arguments. */
export function trailingComma(tokens: readonly Token[], index: number): Token | null {
  const comma = tokens[index - 1];
  const opening = enclosing(tokens, index - 1);
  if (comma?.text !== ',' || opening === index - 2) return null;
  if (tokens[opening]?.text !== '(' || groupingOf(tokens, opening) !== null) return null;
  return tokens[enclosing(tokens, opening - 1)]?.text !== '[' && isCall(tokens, opening) ? comma : null;
}

function isCall(tokens: readonly Token[], opening: number): boolean {
  const callee = tokens[opening - 1]?.kind;
  return callee === 'identifier' || callee === 'preprocessor' || aggregationBefore(tokens, opening);
}

/** Index of the innermost bracket still open behind token `index`; -1 when there is none. */
export function enclosing(tokens: readonly Token[], index: number): number {
  const closed: string[] = [];
  for (let i = index; i >= 0; i--) {
    const text = tokens[i]?.kind === 'punctuation' ? (tokens[i]?.text ?? '') : '';
    const opening = OPENING[text];
    if (opening !== undefined) closed.push(opening);
    else if (text === '(' || text === '[' || text === '{') {
      if (closed.length === 0) return i;
      closed.pop();
    }
  }
  return -1;
}

/** The word whose labels the parenthesis at `opening` encloses: `by`, `on`, ...; null when it is another parenthesis. */
export function groupingOf(tokens: readonly Token[], opening: number): string | null {
  const word = tokens[opening - 1];
  const lower = word?.text.toLowerCase() ?? '';
  return tokens[opening]?.text === '(' && word?.kind === 'keyword' && GROUPING_WORDS.has(lower) ? lower : null;
}

function inGrouping(before: Token): SyntaxContext {
  const expected = before.text === '(' || before.text === ',' ? 'label' : '"," or ")"';
  return { context: 'grouping opts', expected };
}

function inBraces(tokens: readonly Token[], opening: number, index: number): SyntaxContext {
  const context = 'label matching';
  const before = tokens[index - 1];
  const isOperator = before?.kind === 'operator' || before?.text === '=';
  if (isOperator) return { context, expected: 'string' };
  if (before?.kind === 'identifier') return { context, expected: 'label matching operator' };
  if (index - 1 === opening || before?.text === ',') return { context, expected: 'identifier or "}"' };
  return { context, expected: '"," or "}"' };
}

/** The `[` that is still open at or around the bracket at `opening`; -1 when there is none. */
function openBracket(tokens: readonly Token[], opening: number): number {
  let at = opening;
  while (at >= 0 && tokens[at]?.text !== '[') at = enclosing(tokens, at - 1);
  return at;
}

function inBrackets(tokens: readonly Token[], opening: number, index: number): SyntaxContext {
  const inside = tokens.slice(opening + 1, index);
  const colon = inside.findIndex((token) => token.text === ':');
  const complete = isComplete(inside.at(-1)) && enclosing(tokens, index - 1) === opening;
  if (colon < 0) {
    return complete
      ? { context: 'subquery or range', expected: '":" or "]"' }
      : { context: 'subquery or range selector', expected: 'number, duration, step(), or range()' };
  }
  return complete
    ? { context: 'subquery selector', expected: '"]"' }
    : { context: 'subquery selector', expected: 'number, duration, step(), range(), or "]"' };
}

function isComplete(last: Token | undefined): boolean {
  return last?.kind === 'number' || last?.kind === 'duration' || last?.text === ')';
}

/** Within an aggregation's parentheses, and between its operator and those. */
function inAggregation(tokens: readonly Token[], index: number): SyntaxContext {
  for (let i = index - 1; i >= 0; ) {
    const opening = enclosing(tokens, i);
    if (aggregationBefore(tokens, opening < 0 ? index : opening)) return { context: 'aggregation', expected: '' };
    if (opening < 0) return NOWHERE;
    i = opening - 1;
  }
  return NOWHERE;
}

/** Whether `sum` or `sum by (...)` ends right before the token at `end`, which is the body's parenthesis or the error. */
function aggregationBefore(tokens: readonly Token[], end: number): boolean {
  let i = end - 1;
  if (tokens[i]?.text === ')') {
    const opening = enclosing(tokens, i - 1);
    const word = tokens[opening - 1]?.text.toLowerCase();
    if (word !== 'by' && word !== 'without') return false;
    i = opening - 2;
  } else if (tokens[end]?.text !== '(') return false;
  return tokens[i]?.kind === 'aggregator';
}

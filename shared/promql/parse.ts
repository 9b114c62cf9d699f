/**
 * PromQL as of Prometheus 3.14, from text to a checked syntax tree. The grammar is the official one
 * (@prometheus-io/lezer-promql); messages and their positions are those of promql/parser.
 */
import { type Diagnostic, type Expr, PromqlParseError, type VectorSelector } from './ast.ts';
import { buildExpr } from './build.ts';
import { describeToken, lex, type Token } from './lexer.ts';
import { parseTree, syntaxErrors } from './tree.ts';
import { checkTypes } from './typecheck.ts';

export interface ParseOptions {
  /** Allows what Prometheus hides behind feature flags: experimental functions, aggregations and modifiers. */
  readonly experimental?: boolean;
}

/** Deeper texts are refused: every later pass over the tree may recurse. */
const MAX_DEPTH = 1500;

/** Throws PromqlParseError, which has all that is wrong. */
export function parsePromql(text: string, options: ParseOptions = {}): Expr {
  const { expr, diagnostics } = analysePromql(text, options);
  if (expr === null) throw refusal(text, diagnostics);
  return expr;
}

/** What is wrong with the text, first to last as Prometheus would find it; empty when it can be run. */
export function promqlDiagnostics(text: string, options: ParseOptions = {}): readonly Diagnostic[] {
  return analysePromql(text, options).diagnostics;
}

/**
 * A selector alone, as `match[]` wants it: nothing behind its braces, and it may not match everything. Throws
 * PromqlParseError.
 */
export function parseSelector(text: string): VectorSelector {
  const lexed = lex(text);
  const code = lexed.tokens.filter((token) => token.kind !== 'comment');
  const end = selectorLength(code);
  const beyond = code[end] ?? (end === 0 ? code[0] : undefined);
  if (beyond !== undefined && (lexed.error === null || beyond.span.from < lexed.error.span.from)) {
    throw refusal(text, [{ message: `unexpected ${describeToken(beyond)}`, span: beyond.span }]);
  }
  const expr = parsePromql(text);
  if (expr.kind !== 'vectorSelector') throw refusal(text, [{ message: 'expected a selector', span: expr.span }]);
  return expr;
}

/** How many tokens are a name and braces. */
function selectorLength(tokens: readonly Token[]): number {
  const first = tokens[0];
  const named = first !== undefined && /^[a-z_:]/i.test(first.text) && first.kind !== 'number';
  const opening = named ? 1 : 0;
  if (tokens[opening]?.text !== '{') return opening;
  const closing = tokens.findIndex((token) => token.kind === 'punctuation' && token.text === '}');
  return closing < 0 ? tokens.length : closing + 1;
}

type Analysed =
  | { readonly expr: Expr; readonly diagnostics: readonly [] }
  | { readonly expr: null; readonly diagnostics: readonly Diagnostic[] };

function analysePromql(text: string, options: ParseOptions): Analysed {
  const lexed = lex(text);
  if (lexed.error === null && lexed.tokens.every((token) => token.kind === 'comment')) {
    return { expr: null, diagnostics: [{ message: 'no expression found in input', span: { from: 0, to: 0 } }] };
  }
  const tree = parseTree(text, lexed.tokens);
  const syntax = syntaxErrors(tree, lexed, text.length);
  if (syntax.length > 0) return { expr: null, diagnostics: syntax };
  const top = tree.topNode.firstChild;
  if (top === null || depthOf(tree) > MAX_DEPTH) {
    return {
      expr: null,
      diagnostics: [{ message: 'expression is nested too deeply', span: { from: 0, to: text.length } }],
    };
  }
  const built = buildExpr(top, text, options.experimental ?? false);
  if (built.errors.length > 0) return { expr: null, diagnostics: built.errors };
  const types = [...checkTypes(built.expr), ...built.matchingErrors];
  return types.length > 0 ? { expr: null, diagnostics: types } : { expr: built.expr, diagnostics: [] };
}

function depthOf(tree: ReturnType<typeof parseTree>): number {
  let depth = 0;
  let deepest = 0;
  tree.iterate({
    enter: () => {
      deepest = Math.max(deepest, ++depth);
    },
    leave: () => {
      depth--;
    },
  });
  return deepest;
}

function refusal(text: string, diagnostics: readonly Diagnostic[]): PromqlParseError {
  const first = diagnostics[0];
  const place = first === undefined ? 'unknown position' : placeOf(text, first.span.from);
  return new PromqlParseError(`${place}: parse error: ${first?.message ?? ''}`, diagnostics);
}

/** `line:col`, both from 1; columns count bytes of UTF-8, as Prometheus's do. */
function placeOf(text: string, offset: number): string {
  if (text === '') return 'unknown position';
  const before = text.slice(0, offset).split('\n');
  const line = before.at(-1) ?? '';
  let bytes = 0;
  for (const char of line) bytes += utf8Length(char.codePointAt(0) ?? 0);
  return `${before.length}:${bytes + 1}`;
}

function utf8Length(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

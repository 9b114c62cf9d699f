/**
 * The abstract syntax tree of PromQL as of Prometheus 3.14 (promql/parser/ast.go). Every node knows its place in the
 * text. Durations are integer milliseconds. Built by parse.ts, checked by typecheck.ts, printed by print.ts.
 */

/** Half-open range of UTF-16 offsets into the query text. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

export type MatchType = '=' | '!=' | '=~' | '!~';

export interface LabelMatcher {
  readonly name: string;
  readonly type: MatchType;
  readonly value: string;
  readonly span: Span;
}

/** `@ 1609746000`, `@ start()`, `@ end()`. */
export type AtModifier =
  | { readonly kind: 'time'; readonly timeMs: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

/** A duration that is an expression (`[2 * step()]`): evaluated once a query, in seconds, truncated to milliseconds. */
export type DurationExpr =
  | { readonly kind: 'literal'; readonly seconds: number; readonly text: string; readonly span: Span }
  | { readonly kind: 'unary'; readonly op: '+' | '-'; readonly operand: DurationExpr; readonly span: Span }
  | {
      readonly kind: 'binary';
      readonly op: '+' | '-' | '*' | '/' | '%' | '^';
      readonly left: DurationExpr;
      readonly right: DurationExpr;
      readonly span: Span;
    }
  | { readonly kind: 'call'; readonly fn: 'step' | 'range'; readonly span: Span }
  | {
      readonly kind: 'call2';
      readonly fn: 'min_of' | 'max_of';
      readonly left: DurationExpr;
      readonly right: DurationExpr;
      readonly span: Span;
    }
  | { readonly kind: 'paren'; readonly inner: DurationExpr; readonly span: Span };

/** A duration: fixed milliseconds, or an expression still to be evaluated. */
export type Duration =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'expression'; readonly expression: DurationExpr };

export interface NumberLiteral {
  readonly kind: 'number';
  readonly value: number;
  /** As written (`5m`, `0x1F`), for the printer. */
  readonly text: string;
  readonly span: Span;
}

export interface StringLiteral {
  readonly kind: 'string';
  readonly value: string;
  readonly span: Span;
}

export interface VectorSelector {
  readonly kind: 'vectorSelector';
  /** The metric name when written before the braces, else '': a name within them is but a matcher. */
  readonly name: string;
  /** All matchers; the one for `name` is the last. */
  readonly matchers: readonly LabelMatcher[];
  readonly offset: Duration | null;
  readonly at: AtModifier | null;
  readonly anchored: boolean;
  readonly smoothed: boolean;
  readonly span: Span;
}

export interface MatrixSelector {
  readonly kind: 'matrixSelector';
  readonly vector: VectorSelector;
  readonly range: Duration;
  readonly span: Span;
}

export interface Subquery {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly range: Duration;
  /** null: the default evaluation interval. */
  readonly step: Duration | null;
  readonly offset: Duration | null;
  readonly at: AtModifier | null;
  readonly span: Span;
}

export type UnaryOp = '+' | '-';
export interface Unary {
  readonly kind: 'unary';
  readonly op: UnaryOp;
  readonly expr: Expr;
  readonly span: Span;
}

export interface Paren {
  readonly kind: 'paren';
  readonly expr: Expr;
  readonly span: Span;
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOp = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type TrimOp = '</' | '>/';
export type SetOp = 'and' | 'or' | 'unless';
export type BinaryOp = ArithmeticOp | ComparisonOp | TrimOp | SetOp;

export type Cardinality = 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';

/** How the elements of two vectors find each other. */
export interface VectorMatching {
  readonly cardinality: Cardinality;
  /** `on(...)`: true; `ignoring(...)` or nothing: false. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels of the "one" side to be taken over: `group_left(include)`. */
  readonly include: readonly string[];
  readonly fillLeft: number | null;
  readonly fillRight: number | null;
}

export interface Binary {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  /** null unless both sides are vectors. Between set operators the cardinality is many-to-many. */
  readonly matching: VectorMatching | null;
  readonly bool: boolean;
  readonly span: Span;
  /** Where the operator itself stands. */
  readonly opSpan: Span;
}

export type AggregateOp =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'limitk'
  | 'limit_ratio'
  | 'count_values'
  | 'quantile';

export interface Aggregate {
  readonly kind: 'aggregate';
  readonly op: AggregateOp;
  readonly expr: Expr;
  readonly param: Expr | null;
  readonly without: boolean;
  readonly grouping: readonly string[];
  readonly span: Span;
}

export interface Call {
  readonly kind: 'call';
  readonly fn: string;
  readonly args: readonly Expr[];
  readonly span: Span;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Unary
  | Paren
  | Binary
  | Aggregate
  | Call;

/** What is wrong with a query and where. `message` is Prometheus's wording without the position. */
export interface Diagnostic {
  readonly message: string;
  readonly span: Span;
}

/** Refusal of a query text. `message` reads `line:col: parse error: ...`, as Prometheus's. */
export class PromqlParseError extends Error {
  override readonly name = 'PromqlParseError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(message: string, diagnostics: readonly Diagnostic[]) {
    super(message);
    this.diagnostics = diagnostics;
  }
}

/** Binary operations: their operators, and how the elements of two vectors find each other. */
import type { SyntaxNode } from '@lezer/common';
import type { Binary, BinaryOp, Cardinality, Expr, VectorMatching } from './ast.ts';
import { childrenOf } from './duration-expr.ts';
import type { Link } from './operator-chain.ts';
import type { Report } from './suffixes.ts';
import { isSetOp, valueTypeOf } from './typecheck.ts';

const BINARY_OPS = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  'atan2',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '</',
  '>/',
  'and',
  'or',
  'unless',
] as const satisfies readonly BinaryOp[];

export function isBinaryOp(text: string): text is BinaryOp {
  return BINARY_OPS.some((op) => op === text);
}

/** What stands between an operator and its right side. */
export interface BinaryModifiers {
  readonly bool: boolean;
  readonly matching: VectorMatching;
  /** Whether any `fill` was written. */
  readonly fill: boolean;
}

/** How the modifiers' parts are read. */
export interface ModifierReaders {
  labels(node: SyntaxNode): readonly string[];
  number(node: SyntaxNode): number;
}

export function readModifiers(nodes: readonly SyntaxNode[], read: ModifierReaders): BinaryModifiers {
  const clause = nodes.find((node) => node.name === 'MatchingModifierClause');
  const fill = nodes.find((node) => node.name === 'FillModifier');
  const filled = fill === undefined ? { fillLeft: null, fillRight: null } : readFill(fill, read);
  const matching: VectorMatching = { ...readClause(clause, read), ...filled };
  return { bool: nodes.some((node) => node.name === 'BoolModifier'), matching, fill: fill !== undefined };
}

type Clause = Omit<VectorMatching, 'fillLeft' | 'fillRight'>;

function readClause(clause: SyntaxNode | undefined, read: ModifierReaders): Clause {
  if (clause === undefined) return { cardinality: 'one-to-one', on: false, labels: [], include: [] };
  const groupings = clause.getChildren('GroupingLabels').map((node) => read.labels(node));
  let cardinality: Cardinality = 'one-to-one';
  if (clause.getChild('GroupLeft') !== null) cardinality = 'many-to-one';
  if (clause.getChild('GroupRight') !== null) cardinality = 'one-to-many';
  return {
    cardinality,
    on: clause.getChild('On') !== null,
    labels: groupings[0] ?? [],
    include: groupings[1] ?? [],
  };
}

function readFill(fill: SyntaxNode, read: ModifierReaders): Pick<VectorMatching, 'fillLeft' | 'fillRight'> {
  let fillLeft: number | null = null;
  let fillRight: number | null = null;
  for (const clause of childrenOf(fill)) {
    const literal = clause.getChild('NumberDurationLiteral');
    const value = literal === null ? null : read.number(literal);
    if (clause.name !== 'FillRightClause') fillLeft = value;
    if (clause.name !== 'FillLeftClause') fillRight = value;
  }
  return { fillLeft, fillRight };
}

type OperatorLink = Extract<Link<BinaryModifiers>, { kind: 'operator' }>;

/** Matching has a meaning between two vectors only: elsewhere it is dropped, and reported where it was written out. */
export function joinBinary(link: OperatorLink, left: Expr, right: Expr, report: Report): Binary {
  const { op, opSpan, modifiers } = link;
  const span = { from: left.span.from, to: right.span.to };
  const node = { kind: 'binary', op, left, right, bool: modifiers.bool, span, opSpan } as const;
  const { matching } = modifiers;
  if (valueTypeOf(left) !== 'vector' || valueTypeOf(right) !== 'vector') {
    if (matching.labels.length > 0) report('vector matching only allowed between instant vectors', span);
    if (modifiers.fill) report('filling in missing series only allowed between instant vectors', span);
    return { ...node, matching: null };
  }
  const everyToEvery = isSetOp(op) && matching.cardinality === 'one-to-one';
  return { ...node, matching: everyToEvery ? { ...matching, cardinality: 'many-to-many' } : matching };
}

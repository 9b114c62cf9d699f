/** What completion and hover say of the words of the language. */
import type { ValueType } from './ast.ts';
import { FUNCTIONS, type FunctionSignature } from './functions.ts';
import { documentedType } from './typecheck.ts';

export interface WordDoc {
  readonly name: string;
  readonly kind: 'function' | 'aggregation' | 'keyword';
  /** `rate(range vector) instant vector`; for a keyword how it is written. */
  readonly signature: string;
  readonly doc: string;
  /** Refused unless experimental features are allowed. */
  readonly experimental: boolean;
}

type Row = readonly [name: string, signature: string, doc: string];

const AGGREGATIONS: readonly Row[] = [
  ['sum', 'sum by (label) (instant vector)', 'Sum over the elements of each group.'],
  ['avg', 'avg by (label) (instant vector)', 'Mean over the elements of each group.'],
  ['count', 'count by (label) (instant vector)', 'Number of elements of each group.'],
  ['min', 'min by (label) (instant vector)', 'Least element of each group.'],
  ['max', 'max by (label) (instant vector)', 'Greatest element of each group.'],
  ['group', 'group by (label) (instant vector)', '1 for each group that has elements.'],
  ['stddev', 'stddev by (label) (instant vector)', 'Standard deviation over the elements of each group.'],
  ['stdvar', 'stdvar by (label) (instant vector)', 'Variance over the elements of each group.'],
  ['topk', 'topk by (label) (scalar, instant vector)', 'The k greatest elements of each group.'],
  ['bottomk', 'bottomk by (label) (scalar, instant vector)', 'The k least elements of each group.'],
  ['count_values', 'count_values by (label) (string, instant vector)', 'How many elements have each value.'],
  ['quantile', 'quantile by (label) (scalar, instant vector)', 'Quantile (0 to 1) over the elements of each group.'],
  ['limitk', 'limitk by (label) (scalar, instant vector)', 'k elements of each group, always the same.'],
  ['limit_ratio', 'limit_ratio by (label) (scalar, instant vector)', 'A share of the elements of each group.'],
];

const KEYWORDS: readonly Row[] = [
  ['by', 'sum by (label, ...) (...)', 'Groups by these labels and keeps only them.'],
  ['without', 'sum without (label, ...) (...)', 'Groups by all labels but these.'],
  ['on', 'a / on (label, ...) b', 'Matches elements by these labels alone.'],
  ['ignoring', 'a / ignoring (label, ...) b', 'Matches elements by all labels but these.'],
  ['group_left', 'a * on (label) group_left (label, ...) b', 'Many elements on the left match one on the right.'],
  ['group_right', 'a * on (label) group_right (label, ...) b', 'One element on the left matches many on the right.'],
  ['bool', 'a > bool b', 'Answers 0 or 1 instead of filtering.'],
  ['offset', 'selector offset 1h', 'Looks so much earlier.'],
  ['start', 'selector @ start()', 'At the start of the query.'],
  ['end', 'selector @ end()', 'At the end of the query.'],
  ['and', 'a and b', 'Elements of the left side that have a match on the right.'],
  ['or', 'a or b', 'Elements of the left side, and those of the right without a match.'],
  ['unless', 'a unless b', 'Elements of the left side without a match on the right.'],
  ['atan2', 'a atan2 b', 'Angle of the point (b, a), in radians.'],
];

function functionDoc(signature: FunctionSignature): WordDoc {
  const { name, doc, experimental } = signature;
  return { name, kind: 'function', signature: printSignature(signature), doc, experimental };
}

/** `round(instant vector, [scalar]) instant vector` */
export function printSignature({ name, args, variadic, returns }: FunctionSignature): string {
  const shown = args.map((type, i) =>
    variadic !== 0 && i === args.length - 1 ? optional(type, variadic) : documentedType(type),
  );
  return `${name}(${shown.join(', ')}) ${documentedType(returns)}`;
}

function optional(type: ValueType, variadic: number): string {
  return `[${documentedType(type)}${variadic === 1 ? '' : ', ...'}]`;
}

function rowDoc([name, signature, doc]: Row, kind: 'aggregation' | 'keyword'): WordDoc {
  return { name, kind, signature, doc, experimental: name.startsWith('limit') };
}

/** All functions, by name. */
export const functionDocs: ReadonlyMap<string, WordDoc> = new Map(
  [...FUNCTIONS].map(([name, signature]) => [name, functionDoc(signature)]),
);

/** All aggregations, by name. */
export const aggregationDocs: ReadonlyMap<string, WordDoc> = new Map(
  AGGREGATIONS.map((row) => [row[0], rowDoc(row, 'aggregation')]),
);

/** The other words, by name in lower case. */
export const keywordDocs: ReadonlyMap<string, WordDoc> = new Map(
  KEYWORDS.map((row) => [row[0], rowDoc(row, 'keyword')]),
);

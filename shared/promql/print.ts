/**
 * Queries as text again: on one line (promql/parser/printer.go, `Expr.String()`) and, longer than a line, indented
 * (prettier.go, what /api/v1/format_query answers).
 */
import type {
  Aggregate,
  AtModifier,
  Binary,
  Duration,
  DurationExpr,
  Expr,
  LabelMatcher,
  MatrixSelector,
  Subquery,
  VectorMatching,
  VectorSelector,
} from './ast.ts';
import { formatDuration } from './duration.ts';
import { quote } from './go-string.ts';
import { formatPlain, formatShort, isDurationText } from './number.ts';

const LINE_LENGTH = 100;
const INDENT = '  ';
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The query on one line, in the one form all its spellings share. */
export function printPromql(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return printNumber(expr.value, expr.text);
    case 'string':
      return quote(expr.value);
    case 'vectorSelector':
      return printSelector(expr) + printAt(expr.at) + printExtension(expr) + printOffset(expr.offset);
    case 'matrixSelector':
      return printMatrix(expr);
    case 'subquery':
      return printPromql(expr.expr) + subquerySuffix(expr);
    case 'unary':
      return expr.op + printPromql(expr.expr);
    case 'paren':
      return `(${printPromql(expr.expr)})`;
    case 'binary':
      return `${printPromql(expr.left)} ${operatorText(expr)} ${printPromql(expr.right)}`;
    case 'aggregate': {
      const param = expr.param === null ? '' : `${printPromql(expr.param)}, `;
      return `${aggregateHead(expr)}(${param}${printPromql(expr.expr)})`;
    }
    case 'call':
      return `${expr.fn}(${expr.args.map(printPromql).join(', ')})`;
  }
}

/** The query over several lines where one of over 100 characters would be needed. */
export function prettyPromql(expr: Expr): string {
  return pretty(expr, 0);
}

function pretty(expr: Expr, level: number): string {
  const indent = INDENT.repeat(level);
  const line = printPromql(expr);
  const fits = line.length <= LINE_LENGTH;
  switch (expr.kind) {
    case 'unary':
      return indent + expr.op + pretty(expr.expr, level).trim();
    case 'subquery':
      return fits ? line : pretty(expr.expr, level) + subquerySuffix(expr);
    case 'aggregate': {
      if (fits) return indent + line;
      const param = expr.param === null ? '' : `${pretty(expr.param, level + 1)},\n`;
      return `${indent}${aggregateHead(expr)}(\n${param}${pretty(expr.expr, level + 1)}\n${indent})`;
    }
    case 'binary':
      if (fits) return indent + line;
      return `${pretty(expr.left, level + 1)}\n${indent}${operatorText(expr)}\n${pretty(expr.right, level + 1)}`;
    case 'call': {
      if (fits) return indent + line;
      const args = expr.args.map((arg) => pretty(arg, level + 1)).join(',\n');
      return `${indent}${expr.fn}(\n${args}\n${indent})`;
    }
    case 'paren':
      return fits ? indent + line : `${indent}(\n${pretty(expr.expr, level + 1)}\n${indent})`;
    default:
      return indent + line;
  }
}

function printNumber(value: number, text: string): string {
  return isDurationText(text) ? formatDuration(Math.trunc(value * 1000)) : formatPlain(value);
}

function printLabels(labels: readonly string[]): string {
  return `(${labels.map(printLabel).join(', ')})`;
}

function printLabel(name: string): string {
  return LABEL_NAME.test(name) ? name : quote(name);
}

/** One matcher, `name="value"`. */
export function printMatcher({ name, type, value }: Pick<LabelMatcher, 'name' | 'type' | 'value'>): string {
  return printLabel(name) + type + quote(value);
}

/** The selector without what may follow its braces. */
function printSelector(expr: VectorSelector): string {
  const shown = expr.matchers.filter(
    ({ name, type, value }) => name !== '__name__' || type !== '=' || value !== expr.name || value === '',
  );
  if (shown.length === 0) return expr.name === '' ? '{}' : expr.name;
  return `${expr.name}{${shown.map(printMatcher).sort(byCodePoint).join(',')}}`;
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function printMatrix({ vector, range }: MatrixSelector): string {
  const suffix = printExtension(vector) + printAt(vector.at) + printOffset(vector.offset);
  return `${printSelector(vector)}[${printDuration(range)}]${suffix}`;
}

function subquerySuffix({ range, step, at, offset }: Subquery): string {
  const stepText = step === null ? '' : printDuration(step);
  return `[${printDuration(range)}:${stepText}]${printAt(at)}${printOffset(offset)}`;
}

function printExtension({ anchored, smoothed }: VectorSelector): string {
  if (anchored) return ' anchored';
  return smoothed ? ' smoothed' : '';
}

function printAt(at: AtModifier | null): string {
  if (at === null) return '';
  return at.kind === 'time' ? ` @ ${(at.timeMs / 1000).toFixed(3)}` : ` @ ${at.kind}()`;
}

function printOffset(offset: Duration | null): string {
  if (offset === null || (offset.kind === 'fixed' && offset.ms === 0)) return '';
  return ` offset ${printDuration(offset)}`;
}

function printDuration(duration: Duration): string {
  return duration.kind === 'fixed' ? formatDuration(duration.ms) : printDurationExpr(duration.expression);
}

function printDurationExpr(expr: DurationExpr): string {
  switch (expr.kind) {
    case 'literal':
      return printNumber(expr.seconds, expr.text);
    case 'unary':
      return (expr.op === '-' ? '-' : '') + printDurationExpr(expr.operand);
    case 'binary':
      return `${printDurationExpr(expr.left)} ${expr.op} ${printDurationExpr(expr.right)}`;
    case 'call':
      return `${expr.fn}()`;
    case 'call2':
      return `${expr.fn}(${printDurationExpr(expr.left)}, ${printDurationExpr(expr.right)})`;
    case 'paren':
      return `(${printDurationExpr(expr.inner)})`;
  }
}

function aggregateHead({ op, without, grouping }: Aggregate): string {
  if (without) return `${op} without ${printLabels(grouping)} `;
  return grouping.length > 0 ? `${op} by ${printLabels(grouping)} ` : op;
}

function operatorText({ op, bool, matching }: Binary): string {
  return op + (bool ? ' bool' : '') + (matching === null ? '' : matchingText(matching));
}

function matchingText({ cardinality, on, labels, include, fillLeft, fillRight }: VectorMatching): string {
  const grouped = cardinality === 'many-to-one' || cardinality === 'one-to-many';
  let text = '';
  if (labels.length > 0 || on || grouped) text += ` ${on ? 'on' : 'ignoring'} ${printLabels(labels)}`;
  if (grouped) text += ` group_${cardinality === 'many-to-one' ? 'left' : 'right'} ${printLabels(include)}`;
  if (fillLeft !== null && Object.is(fillLeft, fillRight)) return `${text} fill (${formatShort(fillLeft)})`;
  if (fillLeft !== null) text += ` fill_left (${formatShort(fillLeft)})`;
  if (fillRight !== null) text += ` fill_right (${formatShort(fillRight)})`;
  return text;
}

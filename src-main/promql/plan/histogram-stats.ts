/**
 * Selectors of which only the counts and sums of histograms are asked need not carry buckets along
 * (engine.go, detectHistogramStatsDecoding).
 *   before: histogram_count(sum(rate(x[5m])))      buckets are decoded, subtracted and added up for nothing
 *   after:  histogram_count(sum(rate(x'[5m])))     with x' having a count and a sum alone
 */
import type { BinaryOp, Expr, VectorSelector } from '../../../shared/promql/ast.ts';

const STATS: ReadonlySet<string> = new Set(['histogram_count', 'histogram_sum', 'histogram_avg']);
const WHOLE: ReadonlySet<string> = new Set(['histogram_quantile', 'histogram_quantiles', 'histogram_fraction']);

export function statsOnlySelectors(root: Expr): ReadonlySet<Expr> {
  const found = new Set<VectorSelector>();
  visit(root, 'plain', found);
  return found;
}

/** What is asked of a part by those around it; where one of them needs buckets, those further out do not matter. */
type Demand = 'plain' | 'stats' | 'buckets';

function visit(expr: Expr, demand: Demand, found: Set<VectorSelector>): void {
  switch (expr.kind) {
    case 'vectorSelector':
      if (demand === 'stats') found.add(expr);
      break;
    case 'matrixSelector':
      visit(expr.vector, demand, found);
      break;
    case 'subquery':
      visit(expr.expr, 'buckets', found);
      break;
    case 'unary':
    case 'paren':
      visit(expr.expr, demand, found);
      break;
    case 'binary':
      for (const side of [expr.left, expr.right]) visit(side, isTrim(expr.op) ? 'buckets' : demand, found);
      break;
    case 'aggregate':
      for (const part of [expr.expr, expr.param]) if (part !== null) visit(part, demand, found);
      break;
    case 'call':
      for (const arg of expr.args) visit(arg, demandOf(expr.fn, demand), found);
      break;
    default:
  }
}

function isTrim(op: BinaryOp): boolean {
  return op === '</' || op === '>/';
}

/** Once buckets are needed, or a subquery compares them, nothing further in changes that. */
function demandOf(fn: string, demand: Demand): Demand {
  if (demand === 'buckets' || WHOLE.has(fn)) return 'buckets';
  return STATS.has(fn) ? 'stats' : demand;
}

import { useQuery } from '@tanstack/react-query';
import type { Expr, VectorSelector } from '../../../shared/promql/ast.ts';
import { quote } from '../../format/labels.ts';
import { localTime } from '../../format/time.ts';
import { type Interval, readableRange } from '../../format/time-range.ts';
import type { EngineClient } from '../../ipc/client.ts';
import { useEngine } from '../../ipc/engine-context.tsx';
import { Empty } from '../../ui/Notice.tsx';

interface WhyEmptyProps {
  readonly query: string;
  readonly interval: Interval;
  readonly atOnce: boolean;
}

/** An empty answer is a question: which part of the query found nothing? */
export function WhyEmpty({ query, interval, atOnce }: WhyEmptyProps) {
  const engine = useEngine();
  const reasons = useQuery({
    queryKey: ['why-empty', query],
    queryFn: ({ signal }) => findReasons(engine, query, signal),
  });
  const when = atOnce ? `at ${localTime(interval.endMs)}` : `for ${readableRange({ kind: 'absolute', ...interval })}`;
  return (
    <Empty title={`The query found nothing ${when}`}>
      {(reasons.data ?? []).map((reason) => (
        <div key={reason}>{reason}</div>
      ))}
      {reasons.data?.length === 0 &&
        'Its series exist, but too few of their samples lie there, or no two sides of an operation match.'}
    </Empty>
  );
}

const MOST_SELECTORS = 5;

async function findReasons(engine: EngineClient, query: string, signal: AbortSignal): Promise<readonly string[]> {
  const { parsePromql } = await import('../../../shared/promql/parse.ts');
  const selectors = selectorsOf(parsePromql(query, { experimental: true })).slice(0, MOST_SELECTORS);
  const reasons = await Promise.all(selectors.map((selector) => reasonFor(engine, selector, signal)));
  return [...new Set(reasons.filter((reason) => reason !== null))];
}

async function reasonFor(engine: EngineClient, selector: VectorSelector, signal: AbortSignal): Promise<string | null> {
  const name = selector.name;
  const others = selector.matchers.filter((matcher) => matcher.name !== '__name__');
  const exists = async (match: string) => {
    const found = await engine.call('labels.values', { name: '__name__', match, limit: 1 }, { signal });
    return found.length > 0;
  };
  if (name !== '' && !(await exists(name))) return `No series has the name ${name}.`;
  for (const matcher of others) {
    const text = `${matcher.name}${matcher.type}${quote(matcher.value)}`;
    if (name !== '' && !(await exists(`${name}{${text}}`))) return `No series of ${name} has ${text}.`;
  }
  return null;
}

function selectorsOf(expr: Expr): readonly VectorSelector[] {
  switch (expr.kind) {
    case 'vectorSelector':
      return [expr];
    case 'matrixSelector':
      return [expr.vector];
    case 'subquery':
    case 'unary':
    case 'paren':
      return selectorsOf(expr.expr);
    case 'binary':
      return [...selectorsOf(expr.left), ...selectorsOf(expr.right)];
    case 'aggregate':
      return selectorsOf(expr.expr);
    case 'call':
      return expr.args.flatMap(selectorsOf);
    case 'number':
    case 'string':
      return [];
  }
}

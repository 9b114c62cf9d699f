import type { FastifyInstance } from 'fastify';
import type { Expr, VectorSelector } from '../../../shared/promql/ast.ts';
import { parsePromql } from '../../../shared/promql/parse.ts';
import { labelsToRecord } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import type { Exemplar, SeriesExemplars } from '../../model/storage.ts';
import type { ApiParts } from '../parts.ts';
import { ApiError, sendData } from './envelope.ts';
import { parametersOf, timeParameter } from './params.ts';
import { both } from './prometheus-query.ts';
import { timestampText, valueText } from './value-text.ts';

/** /query_exemplars: those of every series that a selector of the expression selects. */
export function addExemplarRoute(app: FastifyInstance, parts: ApiParts): void {
  both(app, '/api/v1/query_exemplars', async (request, reply) => {
    const parameters = parametersOf(request);
    const startMs = timeParameter(parameters, 'start', Number.MIN_SAFE_INTEGER);
    const endMs = timeParameter(parameters, 'end', Number.MAX_SAFE_INTEGER);
    if (endMs < startMs) throw new ApiError('bad_data', 'end timestamp must not be before start timestamp');
    const expr = parsePromql(parameters.get('query') ?? '', { experimental: parts.experimental });
    const matcherSets = selectorsOf(expr).map(({ matchers }) =>
      matchers.map(({ name, type, value }) => new Matcher(name, type, value)),
    );
    const found = matcherSets.length === 0 ? [] : parts.tsdb.exemplars(startMs, endMs, matcherSets);
    return sendData(reply, `[${found.map(seriesJson).join(',')}]`);
  });
}

function seriesJson({ labels, exemplars }: SeriesExemplars): string {
  const listed = exemplars.map(exemplarJson).join(',');
  return `{"seriesLabels":${JSON.stringify(labelsToRecord(labels))},"exemplars":[${listed}]}`;
}

function exemplarJson({ labels, value, timeMs }: Exemplar): string {
  return `{"labels":${JSON.stringify(labelsToRecord(labels))},"value":"${valueText(value)}","timestamp":${timestampText(timeMs)}}`;
}

/** In the order in which they stand. */
export function selectorsOf(expr: Expr): VectorSelector[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return [];
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
      return [...(expr.param === null ? [] : selectorsOf(expr.param)), ...selectorsOf(expr.expr)];
    case 'call':
      return expr.args.flatMap(selectorsOf);
  }
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parsePromql } from './parse.ts';
import { prettyPromql, printPromql } from './print.ts';

const CORPUS = process.env.HEARTH_CORPUS ?? join(import.meta.dirname, '../../../shared/corpus');
const COMPLIANCE = join(CORPUS, 'compliance/promql/queries.jsonl');
const SCRIPTS = join(CORPUS, 'promqltest');
const present = existsSync(COMPLIANCE) && existsSync(SCRIPTS);
if (!present) process.stderr.write(`corpus.test.ts: skipped, no test data in ${CORPUS} (set HEARTH_CORPUS)\n`);

const EVAL = /^\s*eval\S*\s+(?:instant\s+(?:at\s+\S+\s+)?|range\s+from\s+\S+\s+to\s+\S+\s+step\s+\S+\s+)(.+)$/;

function complianceQueries(): string[] {
  return readFileSync(COMPLIANCE, 'utf8')
    .trim()
    .split('\n')
    .map((line): { query: string } => JSON.parse(line))
    .map(({ query }) => query)
    .filter((query) => query !== '{__name__=~".*"}');
}

function scriptQueries(): string[] {
  return readdirSync(SCRIPTS)
    .filter((file) => file.endsWith('.test'))
    .flatMap((file) => readFileSync(join(SCRIPTS, file), 'utf8').split('\n'))
    .flatMap((line) => EVAL.exec(line)?.[1] ?? []);
}

/** Every query of the given kind that does not come back from either printer as it was. */
function changed(queries: readonly string[]): string[] {
  return queries.filter((query) => {
    const expr = parsePromql(query, { experimental: true });
    const line = printPromql(expr);
    return [line, prettyPromql(expr)].some((text) => printPromql(parsePromql(text, { experimental: true })) !== line);
  });
}

describe.skipIf(!present)('corpus', () => {
  test('the compliance suite parses and prints', () => {
    const queries = complianceQueries();
    expect(queries.length).toBeGreaterThan(200);
    expect(changed(queries)).toEqual([]);
  });

  test('the test scripts parse and print', () => {
    const queries = scriptQueries();
    expect(queries.length).toBeGreaterThan(1500);
    expect(changed(queries)).toEqual([]);
  });
});

/** What Hearth was first asked for. */
test.each([
  'rate(container_cpu_usage_seconds_total[5m]) * 100 > 90',
  'sum(rate(http_requests_total{status=~"5.."}[5m]))\n  / sum(rate(http_requests_total[5m])) * 100 > 5',
  'rate(http_requests_total[5m])',
  'sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) * 100',
  'histogram_quantile(0.99, sum(rate(http_request_duration_seconds_bucket[5m])) by (le))',
  'rate(container_cpu_usage_seconds_total[5m]) * 100',
  'container_memory_usage_bytes / container_spec_memory_limit_bytes * 100',
  'avg by (job) (rate(http_request_duration_seconds_sum[5m]) / rate(http_request_duration_seconds_count[5m]))',
  'count(up{job="ecs-tasks"} == 1) by (job)',
  'up == 0',
  'irate(m[5m])',
  'increase(m[1h])',
  'sum by (label) (m)',
  'avg without (instance) (m)',
  'topk(5, m)',
  'predict_linear(m[1h], 3600)',
])('%s', (query) => {
  expect(changed([query])).toEqual([]);
});

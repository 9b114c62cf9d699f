import type { FastifyInstance } from 'fastify';
import { printPromql } from '../../../shared/promql/print.ts';
import { type Labels, labelsToRecord } from '../../model/labels.ts';
import type { AlertSnapshot, GroupSnapshot, RuleSnapshot } from '../../rules/group-snapshot.ts';
import type { ApiParts } from '../parts.ts';
import { ApiError, sendData } from './envelope.ts';
import { parametersOf, selectorParameters } from './params.ts';
import { guarded } from './prometheus-query.ts';
import { route } from './server.ts';

const NEVER = '0001-01-01T00:00:00Z';

interface Filter {
  readonly kind: 'alerting' | 'recording' | null;
  readonly names: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
  readonly withAlerts: boolean;
  readonly matches: (labels: Labels) => boolean;
}

/** /rules, /alerts, /alertmanagers. */
export function addRuleRoutes(app: FastifyInstance, parts: ApiParts): void {
  route(app, '/api/v1/rules', {
    GET: guarded(async (request, reply) => {
      const filter = filterOf(parametersOf(request));
      const groups = parts.rules
        .snapshot()
        .filter((group) => passes(filter.groups, group.name) && passes(filter.files, group.file));
      const shown = groups
        .map((group) => groupJson(group, filter))
        .filter((group) => !isFiltered(filter) || group.rules.length > 0);
      return sendData(reply, JSON.stringify({ groups: shown }));
    }),
  });
  route(app, '/api/v1/alerts', {
    GET: guarded(async (_request, reply) => {
      const rules = parts.rules.snapshot().flatMap((group) => group.rules);
      return sendData(reply, JSON.stringify({ alerts: rules.flatMap((rule) => rule.alerts.map(alertJson)) }));
    }),
  });
  route(app, '/api/v1/alertmanagers', {
    GET: guarded(async (_request, reply) => {
      const own = parts.faces().filter((face) => face.name === 'alertmanager' && face.url !== '');
      const others = parts.notifier.alertmanagers();
      return sendData(
        reply,
        JSON.stringify({
          activeAlertmanagers: [...own.map((face) => `${face.url}/api/v2/alerts`), ...others.active].map((url) => ({
            url,
          })),
          droppedAlertmanagers: others.dropped.map((url) => ({ url })),
        }),
      );
    }),
  });
}

function filterOf(parameters: URLSearchParams): Filter {
  const selectors = selectorParameters(parameters, 'match[]');
  return {
    kind: kindOf(parameters.get('type') ?? ''),
    names: new Set(parameters.getAll('rule_name[]')),
    groups: new Set(parameters.getAll('rule_group[]')),
    files: new Set(parameters.getAll('file[]')),
    withAlerts: parameters.get('exclude_alerts') !== 'true',
    matches: (labels) => {
      const record = labelsToRecord(labels);
      return (
        selectors.length === 0 ||
        selectors.some((matchers) => matchers.every((matcher) => matcher.matches(record[matcher.name] ?? '')))
      );
    },
  };
}

function kindOf(type: string): Filter['kind'] {
  switch (type) {
    case '':
      return null;
    case 'alert':
      return 'alerting';
    case 'record':
      return 'recording';
    default:
      throw new ApiError('bad_data', `not supported value ${JSON.stringify(type)}`);
  }
}

function isFiltered(filter: Filter): boolean {
  return filter.kind !== null || filter.names.size > 0;
}

function passes(wanted: ReadonlySet<string>, value: string): boolean {
  return wanted.size === 0 || wanted.has(value);
}

function groupJson(
  group: GroupSnapshot,
  filter: Filter,
): { readonly rules: readonly unknown[] } & Record<string, unknown> {
  const rules = group.rules.filter(
    (rule) =>
      (filter.kind === null || rule.kind === filter.kind) &&
      passes(filter.names, rule.name) &&
      filter.matches(rule.labels),
  );
  return {
    name: group.name,
    file: group.file,
    rules: rules.map((rule) => ruleJson(rule, filter.withAlerts)),
    interval: group.intervalMs / 1000,
    limit: group.limit,
    evaluationTime: group.evaluationDurationMs / 1000,
    lastEvaluation: timeText(group.lastEvaluationMs),
  };
}

function ruleJson(rule: RuleSnapshot, withAlerts: boolean): Record<string, unknown> {
  const evaluation = {
    health: rule.health,
    ...(rule.lastError === '' ? {} : { lastError: rule.lastError }),
    evaluationTime: rule.evaluationDurationMs / 1000,
    lastEvaluation: timeText(rule.lastEvaluationMs),
    type: rule.kind,
  };
  const common = { name: rule.name, query: printPromql(rule.expr), labels: labelsToRecord(rule.labels) };
  if (rule.kind === 'recording') return { ...common, ...evaluation };
  return {
    state: rule.state,
    ...common,
    duration: rule.forMs / 1000,
    keepFiringFor: rule.keepFiringForMs / 1000,
    annotations: labelsToRecord(rule.annotations),
    alerts: withAlerts ? rule.alerts.map(alertJson) : [],
    ...evaluation,
  };
}

function alertJson(alert: AlertSnapshot): Record<string, unknown> {
  return {
    labels: labelsToRecord(alert.labels),
    annotations: labelsToRecord(alert.annotations),
    state: alert.state,
    activeAt: timeText(alert.activeAtMs),
    ...(alert.keepFiringSinceMs === 0 ? {} : { keepFiringSince: timeText(alert.keepFiringSinceMs) }),
    value: exponentText(alert.value),
  };
}

function timeText(ms: number): string {
  return ms === 0 ? NEVER : new Date(ms).toISOString();
}

/** Go's FormatFloat(value, 'e', -1, 64): `1e+00`. */
function exponentText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

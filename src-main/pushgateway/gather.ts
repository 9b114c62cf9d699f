import { formatGoFloat } from '../exposition/format-float.ts';
import { compareStrings, type Labels, labelEntries, labelsKey } from '../model/labels.ts';
import type { Family, FamilyType, Metric } from './families.ts';
import type { PushGroup, PushGroups } from './groups.ts';

interface Gathered {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  readonly metrics: Metric[];
}

const PUSH_TIME_HELP = 'Last Unix time when changing this group in the Pushgateway succeeded.';
const FAILURE_TIME_HELP = 'Last Unix time when changing this group in the Pushgateway failed.';

/** All groups as one text exposition (format 0.0.4), families by name, metrics by labels. */
export function exposition(groups: PushGroups): string {
  return gather(groups).families.map(familyText).join('');
}

/** What stands in the way of exposing all groups together, in the words of Go's client library; empty when nothing does. */
export function inconsistencies(groups: PushGroups): readonly string[] {
  return gather(groups).errors;
}

function gather(groups: PushGroups): { readonly families: readonly Gathered[]; readonly errors: readonly string[] } {
  const byName = new Map<string, Gathered>();
  const seen = new Set<string>();
  const errors: string[] = [];
  for (const group of groups.values()) {
    for (const family of [...familiesOf(group)].sort((a, b) => compareStrings(a.name, b.name))) {
      const into = byName.get(family.name) ?? { name: family.name, type: family.type, help: family.help, metrics: [] };
      byName.set(family.name, into);
      for (const metric of family.metrics) {
        const shown = { ...metric, labels: exposedLabels(metric.labels) };
        const key = `${family.name}\uffff${labelsKey(shown.labels)}`;
        if (family.type !== into.type)
          errors.push(`collected metric "${family.name}" { ${protoText(shown, family.type)} } is not a ${into.type}`);
        else if (seen.has(key))
          errors.push(
            `collected metric "${family.name}" { ${protoText(shown, family.type)} } was collected before with the same name and label values`,
          );
        else into.metrics.push(shown);
        seen.add(key);
      }
    }
  }
  errors.push(...suffixCollisions(byName));
  const families = [...byName.values()].sort((a, b) => compareStrings(a.name, b.name));
  for (const family of families) family.metrics.sort(compareMetrics);
  return { families, errors };
}

function* familiesOf(group: PushGroup): Generator<Family> {
  for (const { family } of group.families.values()) yield family;
  const own = (name: string, help: string, ms: number): Family => ({
    name,
    type: 'GAUGE',
    help,
    metrics: [{ labels: group.labels, value: ms / 1000, count: 0, points: [] }],
  });
  yield own('push_time_seconds', PUSH_TIME_HELP, group.pushTimeMs);
  yield own('push_failure_time_seconds', FAILURE_TIME_HELP, group.failureTimeMs);
}

/** `h_count` beside a histogram `h` would be read as part of it. */
function suffixCollisions(byName: ReadonlyMap<string, Gathered>): string[] {
  return [...byName.keys()].flatMap((name) => {
    const suffix = /_(?:bucket|sum|count)$/.exec(name)?.[0] ?? '';
    const base = suffix === '' ? undefined : byName.get(name.slice(0, -suffix.length));
    const collides = base?.type === 'HISTOGRAM' || (base?.type === 'SUMMARY' && suffix !== '_bucket');
    return collides
      ? [
          `collected metric named "${name}" collides with previously collected ${base.type.toLowerCase()} named "${base.name}"`,
        ]
      : [];
  });
}

/** Go's order: fewer labels first, then by the values, whatever the names (prometheus/internal/metric.go). */
function compareMetrics({ labels: a }: Metric, { labels: b }: Metric): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 1; i < a.length; i += 2) {
    const order = compareStrings(a[i] ?? '', b[i] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** An empty `instance` keeps the scraper from adding its own. */
function exposedLabels(labels: Labels): Labels {
  const entries = [...labelEntries(labels)];
  if (!entries.some(([name]) => name === 'instance')) entries.push(['instance', '']);
  return entries.sort(([a], [b]) => compareStrings(a, b)).flat();
}

function familyText(family: Gathered): string {
  const help =
    family.help === '' ? '' : `# HELP ${family.name} ${family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
  return `${help}# TYPE ${family.name} ${family.type.toLowerCase()}\n${family.metrics.map((metric) => metricText(family, metric)).join('')}`;
}

function metricText(family: Gathered, metric: Metric): string {
  const line = (suffix: string, labels: Labels, value: number) =>
    `${family.name}${suffix}${labelsText(labels)} ${formatGoFloat(value)}\n`;
  switch (family.type) {
    case 'SUMMARY':
      return (
        metric.points.map(([q, v]) => line('', [...metric.labels, 'quantile', formatGoFloat(q)], v)).join('') +
        line('_sum', metric.labels, metric.value) +
        line('_count', metric.labels, metric.count)
      );
    case 'HISTOGRAM':
      return (
        withInfinity(metric)
          .map(([le, v]) => line('_bucket', [...metric.labels, 'le', formatGoFloat(le)], v))
          .join('') +
        line('_sum', metric.labels, metric.value) +
        line('_count', metric.labels, metric.count)
      );
    case 'COUNTER':
    case 'GAUGE':
    case 'UNTYPED':
      return line('', metric.labels, metric.value);
  }
}

/** A histogram without its last bucket gets it from the count. */
export function withInfinity(metric: Metric): readonly (readonly [number, number])[] {
  return metric.points.some(([le]) => le === Number.POSITIVE_INFINITY)
    ? metric.points
    : [...metric.points, [Number.POSITIVE_INFINITY, metric.count]];
}

function labelsText(labels: Labels): string {
  const parts = [...labelEntries(labels)].map(
    ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`,
  );
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

/** A metric in protobuf's text form, as Go's client library quotes it in its errors. */
function protoText(metric: Metric, type: FamilyType): string {
  const labels = [...labelEntries(metric.labels)]
    .map(([name, value]) => `label:<name:${JSON.stringify(name)} value:${JSON.stringify(value)} > `)
    .join('');
  return `${labels}${type.toLowerCase()}:<value:${formatGoFloat(metric.value)} >`;
}

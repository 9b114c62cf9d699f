import { getLabel, type Labels, labelEntries, METRIC_NAME } from '../model/labels.ts';
import type { MetricType } from '../model/metadata.ts';
import { escapeHelp, escapeLabelValue } from './escaping.ts';
import { formatGoFloat } from './format-float.ts';

export interface ExposedSample {
  /** The metric name included: a histogram's samples have their own (`x_bucket`). */
  readonly labels: Labels;
  readonly value: number;
  readonly timeMs?: number;
}

export interface ExposedFamily {
  readonly name: string;
  readonly type: MetricType;
  /** '' leaves the HELP line out. */
  readonly help: string;
  readonly samples: readonly ExposedSample[];
}

/** Prints families as Prometheus text exposition 0.0.4, names that need it quoted as 1.0.0 has them. */
export function writeText(families: Iterable<ExposedFamily>): string {
  const lines: string[] = [];
  for (const family of families) {
    const name = isLegacyName(family.name) ? family.name : quoted(family.name);
    if (family.help !== '') lines.push(`# HELP ${name} ${escapeHelp(family.help)}`);
    lines.push(`# TYPE ${name} ${textType(family.type)}`);
    for (const sample of family.samples) lines.push(sampleLine(sample));
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** The text format knows five types; the others of OpenMetrics are untyped there. */
function textType(type: MetricType): string {
  switch (type) {
    case 'counter':
    case 'gauge':
    case 'histogram':
    case 'summary':
      return type;
    case 'info':
    case 'stateset':
      return 'gauge';
    case 'gaugehistogram':
    case 'unknown':
      return 'untyped';
  }
}

function sampleLine(sample: ExposedSample): string {
  const time = sample.timeMs === undefined ? '' : ` ${sample.timeMs}`;
  return `${formatSeries(sample.labels)} ${formatGoFloat(sample.value)}${time}`;
}

/** `name{a="b",c="d"}`; a name outside the classic alphabet goes, quoted, into the braces. */
export function formatSeries(labels: Labels): string {
  const name = getLabel(labels, METRIC_NAME);
  const inner: string[] = [];
  const bare = isLegacyName(name);
  if (!bare) inner.push(quoted(name));
  for (const [label, value] of labelEntries(labels)) {
    if (label === METRIC_NAME) continue;
    inner.push(`${isLegacyLabel(label) ? label : quoted(label)}="${escapeLabelValue(value)}"`);
  }
  if (inner.length === 0) return name;
  return `${bare ? name : ''}{${inner.join(',')}}`;
}

function quoted(name: string): string {
  return `"${escapeLabelValue(name)}"`;
}

function isLegacyName(name: string): boolean {
  return /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name);
}

function isLegacyLabel(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
}

/** Failures as promtool prints them. */
import { formatDuration } from '../../../shared/promql/duration.ts';
import { goQuote } from '../../model/go-template/go-quote.ts';
import { type Labels, labelEntries } from '../../model/labels.ts';
import type { AlertCase, ExpectedAlert, PromqlCase } from './read-test-file.ts';

export interface PrintedSample {
  readonly labels: Labels;
  readonly value: number;
  /** In series notation; '' for a float. */
  readonly histogram: string;
}

export function printLabels(labels: Labels): string {
  return `{${[...labelEntries(labels)].map(([name, value]) => `${name}=${goQuote(value)}`).join(', ')}}`;
}

export function alertFailure(
  group: string,
  { alertName, evalTimeMs }: AlertCase,
  { expected, got }: { readonly expected: readonly ExpectedAlert[]; readonly got: readonly ExpectedAlert[] },
): string {
  const name = `    name: ${group},\n`;
  const time = formatDuration(evalTimeMs);
  const shown = (alerts: readonly ExpectedAlert[]) => indented(printAlerts(alerts), ' '.repeat(12));
  return `${name}    alertname: ${alertName}, time: ${time}, \n        exp:${shown(expected)}, \n        got:${shown(got)}`;
}

function printAlerts(alerts: readonly ExpectedAlert[]): string {
  if (alerts.length === 0) return '[]';
  const items = alerts.map(({ labels, annotations }, i) => {
    const text = `\nLabels:${printLabels(labels)}\nAnnotations:${printLabels(annotations)}`;
    return `\n${i}:${indented(text, '  ')}`;
  });
  return `[${items.join(',')}\n]`;
}

function indented(text: string, indent: string): string {
  return text.replaceAll('\n', `\n${indent}`);
}

export function promqlFailure(
  { expr, evalTimeMs }: PromqlCase,
  { expected, got }: { readonly expected: readonly PrintedSample[]; readonly got: readonly PrintedSample[] },
): string {
  const head = `    expr: ${goQuote(expr)}, time: ${formatDuration(evalTimeMs)},`;
  return `${head}\n        exp: ${printSamples(expected)}\n        got: ${printSamples(got)}`;
}

export function promqlError({ expr, evalTimeMs }: PromqlCase, message: string): string {
  return `    expr: ${goQuote(expr)}, time: ${formatDuration(evalTimeMs)}, err: ${message}`;
}

function printSamples(samples: readonly PrintedSample[]): string {
  if (samples.length === 0) return 'nil';
  return samples
    .map(({ labels, value, histogram }) => `${printLabels(labels)} ${histogram || printExponent(value)}`)
    .join(', ');
}

/** Go's strconv.FormatFloat(value, 'E', -1, 64): `1E+00`. */
function printExponent(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return value
    .toExponential()
    .replace(/e([+-])(\d)$/, 'e$10$2')
    .toUpperCase();
}

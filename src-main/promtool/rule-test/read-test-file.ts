/** Unit-test files of rules (docs/configuration/unit_testing_rules.md), read strictly. */
import path from 'node:path';
import type { ConfigError } from '../../config/errors.ts';
import { expandGlob } from '../../config/glob.ts';
import { rootMap, type YamlMap } from '../../config/yaml-map.ts';
import { YamlSource } from '../../config/yaml-source.ts';
import { type Labels, labelsOf } from '../../model/labels.ts';

export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

export interface ExpectedAlert {
  /** Without the alert's name. */
  readonly labels: Labels;
  readonly annotations: Labels;
}

export interface AlertCase {
  readonly evalTimeMs: number;
  readonly alertName: string;
  readonly expected: readonly ExpectedAlert[];
}

export interface ExpectedSample {
  /** A metric in series notation. */
  readonly labels: string;
  readonly value: number;
  /** A histogram in series notation; '' where the value counts. */
  readonly histogram: string;
}

export interface PromqlCase {
  readonly expr: string;
  readonly evalTimeMs: number;
  readonly expected: readonly ExpectedSample[];
}

export interface TestGroup {
  readonly name: string;
  readonly intervalMs: number;
  readonly startMs: number;
  readonly inputSeries: readonly InputSeries[];
  readonly alertCases: readonly AlertCase[];
  readonly promqlCases: readonly PromqlCase[];
  readonly externalLabels: Labels;
  readonly externalUrl: string;
}

export interface TestFile {
  readonly ruleFiles: readonly string[];
  /** Patterns of rule_files that no file matches, as written. */
  readonly unmatched: readonly string[];
  readonly evaluationIntervalMs: number;
  readonly fuzzyCompare: boolean;
  readonly groupOrder: readonly string[];
  readonly groups: readonly TestGroup[];
}

const FILE_KEYS = new Set(['rule_files', 'evaluation_interval', 'fuzzy_compare', 'group_eval_order', 'tests']);
const GROUP_KEYS = new Set([
  'name',
  'interval',
  'input_series',
  'start_timestamp',
  'alert_rule_test',
  'promql_expr_test',
  'external_labels',
  'external_url',
]);
const DEFAULT_INTERVAL_MS = 60_000;

/** `file` is an absolute path. Throws ConfigError. */
export function readTestFile(text: string, file: string): TestFile {
  const root = rootMap(new YamlSource(text, file), { typeName: 'main.unitTestFile', keys: FILE_KEYS });
  const evaluationIntervalMs = root.durationMs('evaluation_interval', 0) || DEFAULT_INTERVAL_MS;
  const patterns = root.strings('rule_files').map((pattern) => ({
    pattern,
    files: expandGlob(path.resolve(path.dirname(file), pattern)),
  }));
  const groupOrder = root.strings('group_eval_order');
  const repeated = groupOrder.find((name, i) => groupOrder.indexOf(name) !== i);
  if (repeated !== undefined) root.fail('group_eval_order', `group name repeated in evaluation order: ${repeated}`);
  return {
    ruleFiles: patterns.flatMap(({ files }) => files),
    unmatched: patterns.filter(({ files }) => files.length === 0).map(({ pattern }) => pattern),
    evaluationIntervalMs,
    fuzzyCompare: root.bool('fuzzy_compare', false),
    groupOrder,
    groups: sections(root, 'tests', GROUP_KEYS).map((group, i) => readGroup(group, i, evaluationIntervalMs)),
  };
}

function sections(section: YamlMap, key: string, keys: ReadonlySet<string>): readonly YamlMap[] {
  return section.maps(key, { typeName: `main.${key}`, keys, emptyReason: null });
}

function readGroup(group: YamlMap, index: number, evaluationIntervalMs: number): TestGroup {
  const name = group.string('name');
  const inputKeys = new Set(['series', 'values']);
  return {
    name: name || `unnamed#${index}`,
    intervalMs: group.durationMs('interval', 0) || evaluationIntervalMs,
    startMs: readStart(group),
    inputSeries: sections(group, 'input_series', inputKeys).map((input) => ({
      series: input.string('series'),
      values: input.string('values'),
    })),
    alertCases: sections(group, 'alert_rule_test', new Set(['eval_time', 'alertname', 'exp_alerts'])).map((test) =>
      readAlertCase(test, name),
    ),
    promqlCases: sections(group, 'promql_expr_test', new Set(['expr', 'eval_time', 'exp_samples'])).map(readPromqlCase),
    externalLabels: readLabels(group, 'external_labels'),
    externalUrl: group.string('external_url'),
  };
}

/** Seconds since the epoch, or RFC 3339. */
function readStart(group: YamlMap): number {
  const text = group.string('start_timestamp');
  if (text === '') return 0;
  const ms = /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  return Number.isNaN(ms)
    ? group.fail('start_timestamp', `cannot parse ${JSON.stringify(text)} to a valid timestamp`)
    : ms;
}

function readLabels(section: YamlMap, key: string): Labels {
  return labelsOf(section.pairs(key).map(({ name, value }): [string, string] => [name, section.source.string(value)]));
}

function readAlertCase(test: YamlMap, group: string): AlertCase {
  const alertName = test.string('alertname');
  const evalTimeMs = test.durationMs('eval_time', 0);
  if (alertName === '') {
    const where = group === '' ? '' : ` (in TestGroup ${group})`;
    const at = test.string('eval_time', '0s');
    test.fail(
      'alertname',
      `an item under alert_rule_test misses required attribute alertname at eval_time ${at}${where}`,
    );
  }
  const expected = sections(test, 'exp_alerts', new Set(['exp_labels', 'exp_annotations'])).map((alert) => ({
    labels: readLabels(alert, 'exp_labels'),
    annotations: readLabels(alert, 'exp_annotations'),
  }));
  return { evalTimeMs, alertName, expected };
}

function readPromqlCase(test: YamlMap): PromqlCase {
  return {
    expr: test.string('expr'),
    evalTimeMs: test.durationMs('eval_time', 0),
    expected: sections(test, 'exp_samples', new Set(['labels', 'value', 'histogram'])).map((sample) => ({
      labels: sample.string('labels'),
      value: readFloat(sample, 'value'),
      histogram: sample.string('histogram'),
    })),
  };
}

/** YAML's numbers, `.inf` and `.nan` among them. */
function readFloat(section: YamlMap, key: string): number {
  const text = section.string(key).replaceAll('_', '');
  if (text === '') return 0;
  const infinity = /^([+-]?)\.?inf$/i.exec(text);
  if (infinity !== null) return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const value = /^\.?nan$/i.test(text) ? Number.NaN : Number(text);
  if (!Number.isNaN(value) || /nan/i.test(text)) return value;
  return section.fail(key, `cannot unmarshal ${section.source.describe(section.value(key))} into float64`);
}

/** Where and why a test file was refused. */
export function problemText(error: ConfigError): string {
  return error.line === 0 ? `${error.file}: ${error.reason}` : error.message;
}

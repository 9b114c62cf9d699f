/** Whether an answer is what a script expects of it; every difference as a line of text. */
import { compareLabels, formatLabels, type Labels, labelsKey } from '../../model/labels.ts';
import { compileSearch } from '../../model/regex.ts';
import { ABSENT, HISTOGRAM, type QueryResult, type QueryValue } from '../result.ts';
import { almostEqual, matches, type Point, printItem, printPoint } from './points.ts';
import type { Expectations, ExpectedSeries, SequenceItem, Steps, TextMatch } from './script.ts';

/** A row of an answer: its points, by time. */
interface Row {
  readonly labels: Labels;
  readonly points: ReadonlyMap<number, Point>;
}

/** The answer of an instant query. */
export function compareInstant(value: QueryValue, expect: Expectations): string[] {
  if (value.kind === 'string') {
    if (expect.string === null) return [`got the string ${JSON.stringify(value.value)}`];
    return value.value === expect.string
      ? []
      : [difference(JSON.stringify(expect.string), JSON.stringify(value.value))];
  }
  if (expect.string !== null) return [`expected the string ${JSON.stringify(expect.string)}, got a ${value.kind}`];
  if (value.kind === 'scalar') return compareScalar(value.values[0] ?? Number.NaN, expect);
  if (expect.scalar !== null) return [`expected the scalar ${expect.scalar}, got a ${value.kind}`];
  const rows = rowsOf(value);
  if (expect.rangeVector !== null) return compareMatrix(rows, expect.series, expect.rangeVector);
  if (value.kind === 'raw') return ['got a range vector, which needs "expect range vector"'];
  return compareVector(rows, expect);
}

export function compareScalar(got: number, expect: Expectations): string[] {
  if (expect.scalar === null) return [`expected series, got the scalar ${got}`];
  return almostEqual(expect.scalar, got) ? [] : [difference(String(expect.scalar), String(got))];
}

/** The answer of a range query. */
export function compareRange(value: QueryValue, expect: Expectations, steps: Steps): string[] {
  const rows = rowsOf(value);
  return [...unsorted(rows), ...compareMatrix(rows, expect.series, steps)];
}

/** A range query's answer at one of its steps, against what the instant query was to give. */
export function compareStep(value: QueryValue, expect: Expectations, timeMs: number): string[] {
  const rows = rowsOf(value);
  const at = rows.flatMap(({ labels, points }) => {
    const point = points.get(timeMs);
    return point === undefined ? [] : [{ labels, points: new Map([[timeMs, point]]) }];
  });
  const first = at[0]?.points.get(timeMs);
  if (expect.scalar !== null) return compareScalar(typeof first === 'number' ? first : Number.NaN, expect);
  return [...unsorted(rows), ...compareVector(at, expect)];
}

export function rowsOf(value: QueryValue): Row[] {
  switch (value.kind) {
    case 'vector':
    case 'matrix': {
      const { labels, steps, values, present, histograms } = value.matrix;
      return labels.map((set, row) => {
        const points = new Map<number, Point>();
        for (let k = 0; k < steps.count; k++) {
          const cell = row * steps.count + k;
          const number = values[cell] ?? Number.NaN;
          const point = present[cell] === HISTOGRAM ? (histograms[number] ?? Number.NaN) : number;
          if (present[cell] !== ABSENT) points.set(steps.startMs + k * steps.stepMs, point);
        }
        return { labels: set, points };
      });
    }
    case 'raw':
      return value.series.map(({ labels, timesMs, values, histograms }) => ({
        labels,
        points: new Map([...timesMs].map((timeMs, i) => [timeMs, histograms?.[i] ?? values[i] ?? Number.NaN])),
      }));
    default:
      return [];
  }
}

function unsorted(rows: readonly Row[]): string[] {
  const wrong = rows.some(({ labels }, i) => i > 0 && compareLabels(rows[i - 1]?.labels ?? [], labels) > 0);
  return wrong ? ['matrix results should always be sorted by labels'] : [];
}

/** A later line for the same labels replaces an earlier one. */
function byLabels(
  series: readonly ExpectedSeries[],
): Map<string, { readonly at: number; readonly series: ExpectedSeries }> {
  return new Map(series.map((one, at) => [labelsKey(one.labels), { at, series: one }]));
}

function compareVector(rows: readonly Row[], expect: Expectations): string[] {
  const expected = byLabels(expect.series);
  const differences: string[] = [];
  const seen = new Set<string>();
  for (const [i, { labels, points }] of rows.entries()) {
    const key = labelsKey(labels);
    const want = expected.get(key);
    const got = [...points.values()][0] ?? Number.NaN;
    if (want === undefined) {
      differences.push(`unexpected ${formatLabels(labels)} ${printPoint(got)}`);
      continue;
    }
    seen.add(key);
    if (expect.ordered && want.at !== i)
      differences.push(`${formatLabels(labels)} expected at ${want.at + 1}, got at ${i + 1}`);
    const item = want.series.items[0];
    if (want.series.items.length !== 1) differences.push(`${formatLabels(labels)} needs exactly one expected value`);
    else if (item !== undefined && !matches(item, got)) {
      differences.push(`${formatLabels(labels)} ${difference(printItem(item), printPoint(got))}`);
    }
  }
  for (const [key, { series }] of expected) {
    if (!seen.has(key))
      differences.push(`missing ${formatLabels(series.labels)} ${series.items.map(printItem).join(' ')}`);
  }
  return differences;
}

function compareMatrix(rows: readonly Row[], series: readonly ExpectedSeries[], steps: Steps): string[] {
  const expected = byLabels(series);
  const differences: string[] = [];
  const seen = new Set<string>();
  for (const { labels, points } of rows) {
    const key = labelsKey(labels);
    const want = expected.get(key);
    if (want === undefined) {
      differences.push(`unexpected ${formatLabels(labels)} ${[...points.values()].map(printPoint).join(' ')}`);
      continue;
    }
    seen.add(key);
    const wrong = comparePoints(points, want.series.items, steps);
    if (wrong !== null) differences.push(`${formatLabels(labels)} ${wrong}`);
  }
  for (const [key, { series: one }] of expected) {
    if (!seen.has(key)) differences.push(`missing ${formatLabels(one.labels)} ${one.items.map(printItem).join(' ')}`);
  }
  return differences;
}

/** The first difference in a row, with both rows; null when there is none. */
function comparePoints(
  points: ReadonlyMap<number, Point>,
  items: readonly SequenceItem[],
  steps: Steps,
): string | null {
  const { startMs, endMs, stepMs } = steps;
  if (startMs + (items.length - 1) * stepMs > endMs)
    return `expected ${items.length} points, more than there are steps`;
  const wanted = items.filter(({ kind }) => kind !== 'omitted').length;
  const equal = items.every((item, i) => {
    const got = points.get(startMs + i * stepMs);
    return item.kind === 'omitted' ? got === undefined : got !== undefined && matches(item, got);
  });
  if (equal && points.size === wanted) return null;
  const got: string[] = [];
  for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) {
    const point = points.get(timeMs);
    got.push(point === undefined ? '_' : printPoint(point));
  }
  return difference(items.map(printItem).join(' '), got.join(' '));
}

function difference(expected: string, got: string): string {
  return `expected ${expected}, got ${got}`;
}

export function textMatches(match: TextMatch, text: string): boolean {
  switch (match.kind) {
    case 'any':
      return true;
    case 'exact':
      return match.text === text;
    case 'regex':
      return compileSearch(match.source).test(text);
  }
}

/** Every expectation must be met, and once there is one nothing else may be said. */
export function compareAnnotations({ warnings, infos }: QueryResult, expect: Expectations): string[] {
  return [
    ...compareLevel('warning', warnings, expect.warn, expect.noWarn),
    ...compareLevel('info', infos, expect.info, expect.noInfo),
  ];
}

function compareLevel(level: string, got: readonly string[], expected: readonly TextMatch[], none: boolean): string[] {
  if (none) return got.map((text) => `unexpected ${level}: ${text}`);
  if (expected.length === 0) return [];
  const unmet = expected.filter((match) => !got.some((text) => textMatches(match, text)));
  const extra = got.filter((text) => !expected.some((match) => textMatches(match, text)));
  return [
    ...unmet.map((match) => `missing ${level}: ${printMatch(match)}`),
    ...extra.map((text) => `unexpected ${level}: ${text}`),
  ];
}

export function printMatch(match: TextMatch): string {
  if (match.kind === 'any') return 'any';
  return match.kind === 'exact' ? match.text : `/${match.source}/`;
}

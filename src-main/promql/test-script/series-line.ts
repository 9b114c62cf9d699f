/**
 * One line of series notation: `metric{label="value"} 1 2 _ 3+4x5 stale {{schema:0 count:1}}`
 * (promql/parser/generated_parser.y, series_description). Errors are plain texts: the caller knows the line.
 */
import { readString } from '../../../shared/promql/go-string.ts';
import { type Labels, labelsOf, METRIC_NAME } from '../../model/labels.ts';
import { type HistogramLiteral, histogramSequence, parseHistogram } from './histogram-literal.ts';
import type { SequenceItem, SeriesLine } from './script.ts';
import { MAX_REPEATS, parseNumber, SeriesLineError } from './series-number.ts';

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const BLANK = /\s*/y;
const NUMBER = String.raw`(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[iI][nN][fF]|[nN][aA][nN])`;
const FLOAT_ITEM = new RegExp(`^([+-]?${NUMBER})(?:([+-]${NUMBER})?x(\\d+))?$`);
const OMITTED_ITEM = /^_(?:x(\d+))?$/;
const HISTOGRAM_ITEM = /^\{\{([^{}]*)\}\}(?:([+-])\{\{([^{}]*)\}\})?(?:x(\d+))?$/;
const ITEM = /\{\{[^{}]*\}\}(?:[+-]\{\{[^{}]*\}\})?(?:x\d+)?|\S+/g;

export function parseSeriesLine(text: string): SeriesLine {
  const { labels, to } = parseMetric(text);
  const rest = text.slice(to);
  if (rest !== '' && !/^\s/.test(rest))
    throw new SeriesLineError(`unexpected ${JSON.stringify(rest)} behind the metric`);
  return { labels, items: parseItems(rest) };
}

/** The labels at the beginning of the text, and where they end. */
export function parseMetric(text: string): { readonly labels: Labels; readonly to: number } {
  const name = matchAt(NAME, text, 0);
  const entries: [string, string][] = name === '' ? [] : [[METRIC_NAME, name]];
  const opening = name.length + matchAt(BLANK, text, name.length).length;
  if (text.charAt(opening) !== '{' || text.charAt(opening + 1) === '{') {
    if (name === '') throw new SeriesLineError(`no metric in ${JSON.stringify(text)}`);
    return { labels: labelsOf(entries), to: name.length };
  }
  const to = parseLabels(text, opening + 1, entries);
  return { labels: labelsOf(entries), to };
}

/** Reads `a="b", "c.d"="e"}`; returns where it ends. */
function parseLabels(text: string, from: number, entries: [string, string][]): number {
  let pos = skipBlank(text, from);
  while (text.charAt(pos) !== '}') {
    const name = readLabelName(text, pos);
    pos = skipBlank(text, name.to);
    if (text.charAt(pos) === '=') {
      const value = readQuoted(text, skipBlank(text, pos + 1));
      entries.push([name.value, value.value]);
      pos = skipBlank(text, value.to);
    } else if (name.quoted) entries.push([METRIC_NAME, name.value]);
    else throw new SeriesLineError(`no value for label ${name.value}`);
    if (text.charAt(pos) === ',') pos = skipBlank(text, pos + 1);
    else if (text.charAt(pos) !== '}') throw new SeriesLineError('expected "," or "}" in label set');
  }
  return pos + 1;
}

function readLabelName(
  text: string,
  pos: number,
): { readonly value: string; readonly to: number; readonly quoted: boolean } {
  const name = matchAt(LABEL, text, pos);
  if (name !== '') return { value: name, to: pos + name.length, quoted: false };
  return { ...readQuoted(text, pos), quoted: true };
}

function readQuoted(text: string, pos: number): { readonly value: string; readonly to: number } {
  if (!/["'`]/.test(text.charAt(pos)))
    throw new SeriesLineError(`expected a string in ${JSON.stringify(text.slice(pos))}`);
  const read = readString(text, pos);
  if (!read.ok) throw new SeriesLineError(read.message);
  return read;
}

function matchAt(pattern: RegExp, text: string, pos: number): string {
  pattern.lastIndex = pos;
  return pattern.exec(text)?.[0] ?? '';
}

function skipBlank(text: string, pos: number): number {
  return pos + matchAt(BLANK, text, pos).length;
}

function parseItems(text: string): SequenceItem[] {
  return [...text.matchAll(ITEM)].flatMap(([item]) => parseItem(item));
}

function parseItem(item: string): SequenceItem[] {
  if (item === 'stale') return [{ kind: 'stale' }];
  const omitted = OMITTED_ITEM.exec(item);
  if (omitted !== null) return repeat(count(omitted[1] ?? '1'), () => ({ kind: 'omitted' }));
  const float = FLOAT_ITEM.exec(item);
  if (float !== null) return parseFloats(float);
  const histogram = HISTOGRAM_ITEM.exec(item);
  if (histogram === null) throw new SeriesLineError(`bad value ${JSON.stringify(item)}`);
  return parseHistograms(histogram).map((literal) => ({ kind: 'histogram', ...literal }));
}

function parseHistograms([, text = '', sign = '', increment, times]: readonly (
  | string
  | undefined
)[]): HistogramLiteral[] {
  const literal = parseHistogram(text);
  const repeats = times === undefined ? 0 : count(times);
  if (increment === undefined) return Array.from({ length: repeats + 1 }, () => literal);
  return histogramSequence(literal, parseHistogram(increment), sign, repeats);
}

/** The sum runs on, as upstream's: `0.1+0.1x3` ends with what adding thrice gives. */
function parseFloats([, first = '', increment, times]: readonly (string | undefined)[]): SequenceItem[] {
  let value = parseNumber(first);
  const step = increment === undefined ? 0 : parseNumber(increment);
  return repeat(times === undefined ? 1 : count(times) + 1, () => {
    const item = { kind: 'float', value } as const;
    if (increment !== undefined) value += step;
    return item;
  });
}

function count(text: string): number {
  const times = Number(text);
  if (times > MAX_REPEATS) throw new SeriesLineError(`more than ${MAX_REPEATS} repetitions`);
  return times;
}

function repeat(times: number, item: () => SequenceItem): SequenceItem[] {
  return Array.from({ length: times }, item);
}

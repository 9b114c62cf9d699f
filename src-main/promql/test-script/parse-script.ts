/** From the text of a test script to its commands (promql/promqltest/test.go). Throws ScriptError. */
import { parseDuration } from '../../../shared/promql/duration.ts';
import { readString } from '../../../shared/promql/go-string.ts';
import { labelsKey } from '../../model/labels.ts';
import { compileSearch, RegexError } from '../../model/regex.ts';
import type { Command, Eval, Expectations, Load, LoadedSeries, SeriesLine, Steps, TextMatch } from './script.ts';
import { ScriptError } from './script.ts';
import { parseSeriesLine } from './series-line.ts';
import { parseNumber, SeriesLineError } from './series-number.ts';
import { parseStartTimestamps, type StartTimestampLine } from './start-timestamp-line.ts';

const LOAD = /^load(?:_(with_nhcb))?\s+(.+?)$/;
const EVAL_INSTANT = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?)\s+)?(.+)$/;
const EVAL_RANGE = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)$/;
const EXPECT = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(msg|regex):(.+))?$/;
const EXPECT_RANGE = /^expect\s+range\s+vector\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+)$/;
const EXPECT_STRING = /^expect\s+string\s+(.+)$/;
const OLD_FAIL = /^expected_fail_(message|regexp)\s+(.+)$/;
const BARE_NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf|nan|0x[\da-f]+)$/i;

export function parseScript(text: string): Command[] {
  return new ScriptParser(text).parse();
}

interface Line {
  readonly number: number;
  readonly text: string;
}

/** Mutable while an eval's lines are read. */
type Draft = { -readonly [K in keyof Expectations]: Expectations[K] };

class ScriptParser {
  readonly #lines: readonly Line[];
  #at = 0;

  constructor(text: string) {
    this.#lines = text.split('\n').map((line, i) => {
      const trimmed = line.trim();
      return { number: i + 1, text: trimmed.startsWith('#') ? '' : trimmed };
    });
  }

  parse(): Command[] {
    const commands: Command[] = [];
    for (let line = this.#next(); line !== null; line = this.#next()) {
      if (line.text !== '') commands.push(this.#command(line));
    }
    return commands;
  }

  #next(): Line | null {
    return this.#lines[this.#at++] ?? null;
  }

  /** The lines up to the next empty one. */
  #block(): Line[] {
    const block: Line[] = [];
    for (let line = this.#next(); line !== null && line.text !== ''; line = this.#next()) block.push(line);
    return block;
  }

  #command(line: Line): Command {
    const word = line.text.split(/\s/)[0]?.toLowerCase() ?? '';
    if (word === 'clear') return { kind: 'clear', line: line.number };
    if (word.startsWith('load')) return this.#load(line);
    if (word.startsWith('eval')) return this.#eval(line);
    throw new ScriptError(line.number, `invalid command ${JSON.stringify(line.text)}`);
  }

  #load({ number, text }: Line): Load {
    const found = LOAD.exec(text);
    if (found === null) throw new ScriptError(number, 'invalid load command. (load[_with_nhcb] <step:duration>)');
    return {
      kind: 'load',
      line: number,
      intervalMs: duration(number, found[2] ?? ''),
      withNativeHistograms: found[1] !== undefined,
      series: loadedSeries(this.#block()),
    };
  }

  #eval({ number, text }: Line): Eval {
    const instant = EVAL_INSTANT.exec(text);
    const range = instant === null ? EVAL_RANGE.exec(text) : null;
    const [, mode] = instant ?? range ?? [];
    const draft = emptyExpectations(mode);
    for (const line of this.#block()) if (!readExpectation(line, draft)) break;
    checkContradictions(number, draft);
    if (instant !== null) {
      const timeMs = draft.rangeVector?.endMs ?? duration(number, instant[2] ?? '0');
      return { kind: 'eval', line: number, query: instant[3] ?? '', time: { kind: 'instant', timeMs }, expect: draft };
    }
    if (range === null) throw new ScriptError(number, 'invalid eval command');
    const steps = readSteps(number, range.slice(2, 5));
    return { kind: 'eval', line: number, query: range[5] ?? '', time: { kind: 'range', steps }, expect: draft };
  }
}

const ANY: TextMatch = { kind: 'any' };

/** `eval_fail` and its like are an older way of saying `expect fail`. */
function emptyExpectations(mode: string | undefined): Draft {
  return {
    fail: mode === 'fail' ? ANY : null,
    warn: mode === 'warn' ? [ANY] : [],
    info: mode === 'info' ? [ANY] : [],
    noWarn: false,
    noInfo: false,
    ordered: mode === 'ordered',
    string: null,
    scalar: null,
    rangeVector: null,
    series: [],
  };
}

/** False when the line ends the block: a scalar stands alone. */
function readExpectation(line: Line, draft: Draft): boolean {
  const { text, number } = line;
  const old = OLD_FAIL.exec(text);
  if (old !== null) {
    draft.fail = textMatch(number, old[1] === 'message' ? 'msg' : 'regex', old[2]);
    return false;
  }
  if (/^expect\s/.test(text)) {
    readExpect(line, draft);
    return true;
  }
  if (BARE_NUMBER.test(text)) {
    draft.scalar = /0x/i.test(text) ? Number(text) : parseNumber(text);
    return false;
  }
  draft.series = [...draft.series, { ...seriesLine(line), line: number }];
  return true;
}

function readExpect({ number, text }: Line, draft: Draft): void {
  const range = EXPECT_RANGE.exec(text);
  const string = EXPECT_STRING.exec(text);
  const found = EXPECT.exec(text);
  if (range !== null) draft.rangeVector = readSteps(number, range.slice(1));
  else if (string !== null) {
    const read = readString(string[1] ?? '', 0);
    if (!read.ok) throw new ScriptError(number, read.message);
    draft.string = read.value;
  } else if (found === null) throw new ScriptError(number, `invalid expect statement ${JSON.stringify(text)}`);
  else applyExpect(number, draft, found[1], textMatch(number, found[2], found[3]));
}

function applyExpect(line: number, draft: Draft, what: string | undefined, match: TextMatch): void {
  switch (what) {
    case 'ordered':
      draft.ordered = true;
      break;
    case 'fail':
      if (draft.fail !== null) throw new ScriptError(line, 'multiple expect fail lines are not allowed');
      draft.fail = match;
      break;
    case 'warn':
      draft.warn = [...draft.warn, match];
      break;
    case 'info':
      draft.info = [...draft.info, match];
      break;
    case 'no_warn':
      draft.noWarn = true;
      break;
    default:
      draft.noInfo = true;
  }
}

function checkContradictions(line: number, { warn, noWarn, info, noInfo }: Expectations): void {
  if (noWarn && warn.length > 0) throw new ScriptError(line, 'expect warn and expect no_warn contradict each other');
  if (noInfo && info.length > 0) throw new ScriptError(line, 'expect info and expect no_info contradict each other');
}

function textMatch(line: number, kind: string | undefined, text = ''): TextMatch {
  if (kind === 'msg') return { kind: 'exact', text: text.trim() };
  if (kind === undefined) return ANY;
  const source = text.trim();
  try {
    compileSearch(source);
  } catch (error) {
    if (error instanceof RegexError) throw new ScriptError(line, error.message);
    throw error;
  }
  return { kind: 'regex', source };
}

/** A line of start timestamps belongs to the line after it. */
function loadedSeries(lines: readonly Line[]): LoadedSeries[] {
  const series: LoadedSeries[] = [];
  let pending: (StartTimestampLine & { readonly line: number }) | null = null;
  for (const line of lines) {
    const starts = guarded(line.number, () => parseStartTimestamps(line.text));
    if (starts === null) {
      series.push({ ...seriesLine(line), startOffsetsMs: pending?.offsetsMs ?? null });
      if (pending !== null) checkStartTimestamps(pending, series.at(-1));
      pending = null;
    } else {
      if (pending !== null) throw new ScriptError(pending.line, '@st line has no following sample line');
      pending = { ...starts, line: line.number };
    }
  }
  if (pending !== null) throw new ScriptError(pending.line, '@st line has no following sample line');
  return series;
}

function checkStartTimestamps(
  { line, labels, offsetsMs }: StartTimestampLine & { readonly line: number },
  sampleLine: SeriesLine | undefined,
): void {
  if (labelsKey(labels) !== labelsKey(sampleLine?.labels ?? []))
    throw new ScriptError(line, '@st metric does not match the following sample line metric');
  const samples = sampleLine?.items.length ?? 0;
  if (offsetsMs.length !== samples)
    throw new ScriptError(line, `@st line has ${offsetsMs.length} values but sample line has ${samples}`);
}

function seriesLine({ number, text }: Line): SeriesLine {
  return guarded(number, () => parseSeriesLine(text));
}

function guarded<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SeriesLineError) throw new ScriptError(line, error.message);
    throw error;
  }
}

function readSteps(line: number, [from = '', to = '', step = '']: readonly string[]): Steps {
  const steps = { startMs: duration(line, from), endMs: duration(line, to), stepMs: duration(line, step) };
  if (steps.endMs < steps.startMs)
    throw new ScriptError(line, 'invalid test definition, end timestamp is before start');
  if (steps.stepMs <= 0) throw new ScriptError(line, 'the step must be greater than 0');
  return steps;
}

function duration(line: number, text: string): number {
  const read = parseDuration(text.trim());
  if ('message' in read) throw new ScriptError(line, read.message);
  return read.ms;
}

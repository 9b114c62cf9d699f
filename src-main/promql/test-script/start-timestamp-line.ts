/** `metric{label="value"}@st _ -30s -1m+10sx3`: when the counting of each sample began, as an offset to its time. */
import { parseDuration } from '../../../shared/promql/duration.ts';
import type { Labels } from '../../model/labels.ts';
import { parseMetric } from './series-line.ts';
import { MAX_REPEATS, SeriesLineError } from './series-number.ts';

export interface StartTimestampLine {
  readonly labels: Labels;
  /** null: unknown. */
  readonly offsetsMs: readonly (number | null)[];
}

const MARK = '@st';

const DURATION = String.raw`(?:\d+(?:ms|[smhdwy]))+|0`;
const OMITTED_ITEM = /^_(?:x(\d+))?$/;
const OFFSET_ITEM = new RegExp(`^([+-]?)(${DURATION})(?:([+-])(${DURATION}))?(?:x(\\d+))?$`);

/** null: the line is one of samples. */
export function parseStartTimestamps(text: string): StartTimestampLine | null {
  const { labels, to } = parseMetric(text);
  if (!text.startsWith(MARK, to)) return null;
  const items = text
    .slice(to + MARK.length)
    .split(/\s+/)
    .filter(Boolean);
  return { labels, offsetsMs: items.flatMap(parseItem) };
}

function parseItem(item: string): (number | null)[] {
  const omitted = OMITTED_ITEM.exec(item);
  if (omitted !== null) return Array.from({ length: repeats(omitted[1] ?? '1') }, () => null);
  const offset = OFFSET_ITEM.exec(item);
  if (offset === null) throw new SeriesLineError(`bad start timestamp ${JSON.stringify(item)}`);
  const [, sign, first = '', stepSign, step, times] = offset;
  const firstMs = signed(sign, first);
  const stepMs = step === undefined ? 0 : signed(stepSign, step);
  return Array.from({ length: times === undefined ? 1 : repeats(times) + 1 }, (_, i) => firstMs + i * stepMs);
}

function signed(sign: string | undefined, text: string): number {
  const read = parseDuration(text);
  if ('message' in read) throw new SeriesLineError(read.message);
  return sign === '-' ? -read.ms : read.ms;
}

function repeats(text: string): number {
  const times = Number(text);
  if (times > MAX_REPEATS) throw new SeriesLineError(`more than ${MAX_REPEATS} repetitions`);
  return times;
}

import type { NativeHistogram } from '../model/native-histogram.ts';
import type { SampleColumns } from '../model/sample-columns.ts';

/**
 * `columns` holds two ascending runs, from..middle and middle..end: makes them one, of equal times keeping the first
 * run's sample. Runs that follow one another, as nearly all do, cost one comparison.
 */
export function mergeRuns(columns: SampleColumns, from: number, middle: number): void {
  const { times, length } = columns;
  if (middle <= from || middle >= length || times[middle]! > times[middle - 1]!) return;
  reorderRun(columns, from, mergedOrder(times.subarray(from, length), middle - from));
}

/**
 * Puts the samples from index `from` on in order of time; of equal times the one that comes first stays. Those that are
 * in order cost a look at their times.
 */
export function sortRun(columns: SampleColumns, from: number): void {
  const times = columns.times.subarray(from, columns.length);
  if (isAscending(times)) return;
  const order = new Uint32Array(times.length).map((_, i) => i);
  order.sort((a, b) => times[a]! - times[b]! || a - b);
  reorderRun(
    columns,
    from,
    order.filter((k, n) => n === 0 || times[order[n - 1]!] !== times[k]),
  );
}

function isAscending(times: Float64Array): boolean {
  for (let i = 1; i < times.length; i++) if (times[i]! <= times[i - 1]!) return false;
  return true;
}

/** `order`: which of the samples from `from` on are to be there, one after the other. */
function reorderRun(columns: SampleColumns, from: number, order: Uint32Array): void {
  const { length } = columns;
  reorder(columns.times.subarray(from, length), order);
  reorderHalves(columns.halves.subarray(2 * from, 2 * length), order);
  if (columns.startTimes !== null) reorder(columns.startTimes.subarray(from, length), order);
  if (columns.histograms !== null) reorderHistograms(columns.histograms, from, order);
  columns.length = from + order.length;
}

/** The places of both runs' samples in ascending order of time, those left out that are there already. */
function mergedOrder(times: Float64Array, middle: number): Uint32Array {
  const order = new Uint32Array(times.length);
  let n = 0;
  let i = 0;
  let j = middle;
  while (i < middle || j < times.length) {
    const takeFirst = j >= times.length || (i < middle && times[i]! <= times[j]!);
    const k = takeFirst ? i++ : j++;
    if (n === 0 || times[order[n - 1]!] !== times[k]) order[n++] = k;
  }
  return order.subarray(0, n);
}

function reorder(column: Float64Array, order: Uint32Array): void {
  const old = column.slice();
  for (let n = 0; n < order.length; n++) column[n] = old[order[n]!]!;
}

/** As bits: a double copy may quieten a stale marker. */
function reorderHalves(halves: Uint32Array, order: Uint32Array): void {
  const old = halves.slice();
  for (let n = 0; n < order.length; n++) {
    halves[2 * n] = old[2 * order[n]!]!;
    halves[2 * n + 1] = old[2 * order[n]! + 1]!;
  }
}

/** What a histogram says about a reset is about the one before it in its own run. */
function reorderHistograms(histograms: (NativeHistogram | undefined)[], from: number, order: Uint32Array): void {
  const old = histograms.slice(from);
  for (let n = 0; n < order.length; n++) {
    const h = old[order[n]!];
    const follows = n === 0 || order[n - 1]! + 1 === order[n]!;
    const isSure = follows || h === undefined || h.counterReset === 'unknown' || h.counterReset === 'gauge';
    histograms[from + n] = isSure ? h : { ...h, counterReset: 'unknown' };
  }
}

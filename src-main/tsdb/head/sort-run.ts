import type { SampleColumns } from '../../model/sample-columns.ts';

/** Puts the samples from index `from` on in order of time; of equal times the one that comes first stays. */
export function sortRun(columns: SampleColumns, from: number): void {
  const { times, halves, length } = columns;
  let isAscending = true;
  for (let i = from + 1; i < length && isAscending; i++) isAscending = times[i]! > times[i - 1]!;
  if (isAscending) return;
  const order = new Uint32Array(length - from).map((_, i) => i);
  const oldTimes = times.slice(from, length);
  const oldHalves = halves.slice(2 * from, 2 * length);
  order.sort((a, b) => oldTimes[a]! - oldTimes[b]! || a - b);
  let n = from;
  for (const i of order) {
    if (n > from && times[n - 1] === oldTimes[i]) continue;
    times[n] = oldTimes[i]!;
    halves[2 * n] = oldHalves[2 * i]!;
    halves[2 * n + 1] = oldHalves[2 * i + 1]!;
    n++;
  }
  columns.length = n;
}

import type { SampleColumns } from '../model/sample-columns.ts';

/**
 * `columns` holds two ascending runs, from..middle and middle..end: makes them one, of equal times keeping the first
 * run's sample. Runs that follow one another, as nearly all do, cost one comparison.
 */
export function mergeRuns(columns: SampleColumns, from: number, middle: number): void {
  const { times, halves, length } = columns;
  if (middle <= from || middle >= length || times[middle]! > times[middle - 1]!) return;
  const firstTimes = times.slice(from, middle);
  const firstHalves = halves.slice(2 * from, 2 * middle);
  const secondTimes = times.slice(middle, length);
  const secondHalves = halves.slice(2 * middle, 2 * length);
  let n = from;
  let i = 0;
  let j = 0;
  while (i < firstTimes.length || j < secondTimes.length) {
    const takeFirst = j >= secondTimes.length || (i < firstTimes.length && firstTimes[i]! <= secondTimes[j]!);
    const sourceHalves = takeFirst ? firstHalves : secondHalves;
    const k = takeFirst ? i : j;
    const t = takeFirst ? firstTimes[i]! : secondTimes[j]!;
    if (takeFirst) i++;
    else j++;
    if (n > from && times[n - 1] === t) continue;
    times[n] = t;
    halves[2 * n] = sourceHalves[2 * k]!;
    halves[2 * n + 1] = sourceHalves[2 * k + 1]!;
    n++;
  }
  columns.length = n;
}

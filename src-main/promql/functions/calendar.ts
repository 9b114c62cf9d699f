/** Parts of a date in UTC, of a time in seconds (promql/functions.go, dateWrapper). */
import type { RowFunction } from '../operators/elementwise.ts';

const DAY_MS = 86_400_000;

function datePart(part: (date: Date) => number): RowFunction {
  return ({ values, at, steps, found }) => {
    for (let i = at; i < at + steps.count; i++) values[i] = part(new Date(Math.trunc(values[i]!) * 1000));
    return found;
  };
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1;
}

function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

export const CALENDAR_FUNCTIONS: Readonly<Record<string, RowFunction>> = {
  days_in_month: datePart(daysInMonth),
  day_of_month: datePart((date) => date.getUTCDate()),
  day_of_week: datePart((date) => date.getUTCDay()),
  day_of_year: datePart(dayOfYear),
  hour: datePart((date) => date.getUTCHours()),
  minute: datePart((date) => date.getUTCMinutes()),
  month: datePart((date) => date.getUTCMonth() + 1),
  year: datePart((date) => date.getUTCFullYear()),
};

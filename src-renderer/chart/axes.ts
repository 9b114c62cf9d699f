import type uPlot from 'uplot';
import { formatValue, type Unit } from '../format/unit.ts';

const FONT = '12px "Inter Variable", system-ui, sans-serif';
const hourMinute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hour12: false });
const withSeconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const dayMonth = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** Colours of the canvas, read from the tokens. */
export interface ChartColors {
  readonly text: string;
  readonly grid: string;
  readonly background: string;
  readonly accent: string;
}

/** Powers of two times 1, 2, 5: the numbers that read well as KiB and MiB. */
const BYTE_STEPS = Array.from({ length: 60 }, (_, at) => 2 ** at);

export function axesFor(unit: Unit, colors: ChartColors, compact: boolean): uPlot.Axis[] {
  const common: uPlot.Axis = {
    font: FONT,
    stroke: colors.text,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { show: false },
  };
  return [
    {
      ...common,
      size: 24,
      gap: 6,
      space: 88,
      grid: { show: !compact, stroke: colors.grid, width: 1 },
      values: (_plot, splits, _axis, _space, stepSec) => timeLabels(splits, stepSec),
    },
    {
      ...common,
      size: 64,
      gap: 8,
      space: compact ? 32 : 40,
      values: (_plot, splits) => valueLabels(splits, unit),
      ...(unit === 'bytes' || unit === 'bytes/s' ? { incrs: BYTE_STEPS } : {}),
    },
  ];
}

/** Digits enough to tell the ticks apart. */
function valueLabels(splits: readonly (number | null)[], unit: Unit): string[] {
  const texts = (digits: number) =>
    splits.map((split) => (split === null ? '' : formatValue(round(split), unit, digits)));
  for (const digits of [3, 4, 5, 6, 8]) {
    const labels = texts(digits);
    if (new Set(labels).size === labels.length) return labels;
  }
  return texts(10);
}

/** Ticks are sums of increments: 0.30000000000000004 is 0.3. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}

function timeLabels(splits: readonly number[], stepSec: number): string[] {
  const clock = stepSec < 60 ? withSeconds : hourMinute;
  return splits.map((split) => {
    const date = new Date(split * 1000);
    const midnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
    return stepSec >= 86_400 || midnight ? dayMonth.format(date) : clock.format(date);
  });
}

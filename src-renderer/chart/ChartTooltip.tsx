import { clockTime } from '../format/time.ts';
import { formatValue, type Unit } from '../format/unit.ts';
import type { Scheme } from './palette.ts';
import type { Crosshair } from './plot.ts';
import { Swatch } from './Swatch.tsx';
import type { ChartSeries } from './series.ts';
import classes from './TimeChart.module.css';

interface ChartTooltipProps {
  readonly crosshair: Crosshair;
  readonly timeSec: number;
  /** Nearest first. */
  readonly series: readonly ChartSeries[];
  readonly unit: Unit;
  readonly scheme: Scheme;
}

const MOST_ROWS = 12;
/** The plotting area begins right of the Y axis. */
const GUTTER_PX = 64;

export function ChartTooltip({ crosshair, timeSec, series, unit, scheme }: ChartTooltipProps) {
  const rows = series.slice(0, MOST_ROWS);
  const rest = series.length - rows.length;
  return (
    <div className={classes.tooltip} style={placeOf(crosshair)}>
      <div className={classes.time}>{clockTime(timeSec * 1000, Date.now())}</div>
      {rows.map((each, at) => (
        <div key={each.key} className={classes.line} data-first={at === 0}>
          <Swatch slot={each.slot} scheme={scheme} />
          <span className={classes.name}>{each.name}</span>
          <span className={classes.value}>{formatValue(each.values[crosshair.step]!, unit)}</span>
        </div>
      ))}
      {rest > 0 && <div className={classes.time}>and {rest} more</div>}
    </div>
  );
}

/** Beside the crosshair, on the side with more room, and growing towards it: never under the mouse, never cut off. */
function placeOf({ leftPx, topPx, heightPx }: Crosshair): Record<string, number | string> {
  const side =
    leftPx < 400 ? { left: leftPx + GUTTER_PX + 16 } : { right: `calc(100% - ${leftPx + GUTTER_PX - 16}px)` };
  if (topPx < heightPx / 2) return { ...side, top: Math.max(0, topPx - 16) };
  return { ...side, bottom: Math.max(0, heightPx - topPx) };
}

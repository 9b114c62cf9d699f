import 'uplot/dist/uPlot.min.css';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { clockTime } from '../format/time.ts';
import type { Interval } from '../format/time-range.ts';
import { formatValue, type Unit } from '../format/unit.ts';
import { ChartTooltip } from './ChartTooltip.tsx';
import { type Crosshair, Plot } from './plot.ts';
import { type ChartData, type ChartSeries, nearest, summarise } from './series.ts';
import classes from './TimeChart.module.css';
import { useChartColors } from './use-chart-colors.ts';
import { ALL_VISIBLE, isVisible, type Visibility } from './visibility.ts';

interface TimeChartProps {
  /** What it shows, for those who do not see it. */
  readonly label: string;
  readonly data: ChartData;
  readonly interval: Interval;
  readonly unit: Unit;
  readonly visibility?: Visibility;
  /** The series that the legend points at. */
  readonly focusKey?: string | null;
  readonly onFocus?: (key: string | null) => void;
  readonly onZoom?: (interval: Interval) => void;
  readonly onZoomBack?: () => void;
  /** Keys that change the range: '+', '-', '[', ']'. */
  readonly onRangeKey?: (key: string) => boolean;
  readonly compact?: boolean;
  readonly minY?: number;
  readonly maxY?: number;
}

export function TimeChart(props: TimeChartProps) {
  const { data, interval, unit, compact = false, visibility = ALL_VISIBLE } = props;
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [crosshair, setCrosshair] = useState<Crosshair | null>(null);
  const { scheme, colors } = useChartColors();
  const shown = useMemo(
    () => data.series.filter((series) => isVisible(visibility, series.key)),
    [data.series, visibility],
  );

  useEffect(() => {
    if (element.current === null) return;
    const made = new Plot(element.current, {
      onHover: setCrosshair,
      onZoom:
        latest.current.onZoom === undefined
          ? null
          : (startSec, endSec) =>
              latest.current.onZoom?.({ startMs: Math.round(startSec * 1000), endMs: Math.round(endSec * 1000) }),
      onZoomBack: () => latest.current.onZoomBack?.(),
    });
    plot.current = made;
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, []);

  useEffect(() => {
    plot.current?.draw({
      timesSec: data.timesSec,
      series: shown,
      startSec: interval.startMs / 1000,
      endSec: interval.endMs / 1000,
      unit,
      scheme,
      colors,
      compact,
      minY: props.minY,
      maxY: props.maxY,
    });
  }, [data.timesSec, shown, interval, unit, scheme, colors, compact, props.minY, props.maxY]);

  const near = useMemo(
    () => (crosshair === null ? [] : nearest(shown, crosshair.step, crosshair.value)),
    [crosshair, shown],
  );
  const pointed =
    shown.find((series) => series.key === props.focusKey) ?? (crosshair === null ? null : (near[0] ?? null));
  useEffect(
    () => plot.current?.focus(shown.length > 1 || crosshair !== null ? pointed : null),
    [pointed, crosshair, shown],
  );

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const handled =
      moveCrosshair(event, plot.current, data, near[0] ?? shown[0]) || rangeKey(event, props, crosshair, plot.current);
    if (handled) event.preventDefault();
  };
  return (
    <div
      className={classes.chart}
      role="application"
      aria-roledescription="chart"
      aria-label={`${props.label}. ${summaryOf(shown, unit)}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the crosshair is moved by keys
      tabIndex={0}
      onKeyDown={onKeyDown}
      onBlur={() => plot.current?.hideCrosshair()}
    >
      <div ref={element} className={classes.canvas} />
      {crosshair !== null && near.length > 0 && (
        <ChartTooltip
          crosshair={crosshair}
          timeSec={data.timesSec[crosshair.step]!}
          series={near}
          unit={unit}
          scheme={scheme}
        />
      )}
      <div className="visually-hidden" aria-live="polite">
        {crosshair !== null && near[0] !== undefined && document.activeElement === element.current?.parentElement
          ? `${clockTime(data.timesSec[crosshair.step]! * 1000, Date.now())}: ${near[0].name} ${formatValue(near[0].values[crosshair.step]!, unit)}`
          : ''}
      </div>
    </div>
  );
}

function moveCrosshair(event: KeyboardEvent, plot: Plot | null, data: ChartData, on: ChartSeries | undefined): boolean {
  const by = stepsOf(event.key) * (event.shiftKey ? 10 : 1);
  const count = data.timesSec.length;
  if (plot === null || by === 0 || count === 0) return false;
  const from = plot.crosshair?.step ?? (by > 0 ? -1 : count);
  const step = Math.max(0, Math.min(count - 1, from + by));
  plot.moveTo(step, on?.values[step] ?? Number.NaN);
  return true;
}

function stepsOf(key: string): number {
  switch (key) {
    case 'ArrowRight':
      return 1;
    case 'ArrowLeft':
      return -1;
    case 'Home':
      return -1e6;
    case 'End':
      return 1e6;
    default:
      return 0;
  }
}

function rangeKey(
  event: KeyboardEvent,
  props: TimeChartProps,
  crosshair: Crosshair | null,
  plot: Plot | null,
): boolean {
  if (event.key === 'Escape' && crosshair !== null) plot?.hideCrosshair();
  else if (event.key === 'z' || event.key === 'Escape') props.onZoomBack?.();
  else return props.onRangeKey?.(event.key) ?? false;
  return true;
}

/** A sentence for those who hear the chart. */
function summaryOf(series: readonly ChartSeries[], unit: Unit): string {
  if (series.length === 0) return 'No series.';
  const parts = series.slice(0, 6).map((each) => {
    const { last, min, max } = summarise(each.values);
    return `${each.name}: last ${formatValue(last, unit)}, between ${formatValue(min, unit)} and ${formatValue(max, unit)}`;
  });
  return `${series.length} series. ${parts.join('; ')}.`;
}

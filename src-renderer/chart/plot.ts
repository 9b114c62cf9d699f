import uPlot from 'uplot';
import type { Unit } from '../format/unit.ts';
import { axesFor, type ChartColors } from './axes.ts';
import { linePaths } from './line-path.ts';
import { lineStyle, type Scheme } from './palette.ts';
import { type ChartSeries, extentOf } from './series.ts';

export interface PlotSpec {
  readonly timesSec: Float64Array;
  /** The visible ones. */
  readonly series: readonly ChartSeries[];
  readonly startSec: number;
  readonly endSec: number;
  readonly unit: Unit;
  readonly scheme: Scheme;
  readonly colors: ChartColors;
  readonly compact: boolean;
  readonly minY?: number | undefined;
  readonly maxY?: number | undefined;
}

/** Where the crosshair stands; pixels are within the plotting area. */
export interface Crosshair {
  readonly step: number;
  readonly value: number;
  readonly leftPx: number;
  readonly topPx: number;
  /** Of the plotting area. */
  readonly heightPx: number;
}

interface PlotEvents {
  readonly onHover: (crosshair: Crosshair | null) => void;
  readonly onZoom: ((startSec: number, endSec: number) => void) | null;
  readonly onZoomBack: () => void;
}

/**
 * One uPlot in one element. uPlot draws lines and axes and nothing else: its legend, its hover points and its focus cost
 * a redraw or a layout a mouse move. The focused line is drawn on a canvas above.
 */
export class Plot {
  readonly #element: HTMLElement;
  readonly #events: PlotEvents;
  readonly #overlay = document.createElement('canvas');
  #plot: uPlot | null = null;
  #spec: PlotSpec | null = null;
  #shape = '';
  #focused: ChartSeries | null = null;
  #crosshair: Crosshair | null = null;

  constructor(element: HTMLElement, events: PlotEvents) {
    this.#element = element;
    this.#events = events;
    this.#overlay.style.cssText = 'position:absolute;inset:0;width:100%;height:100%;pointer-events:none';
  }

  get crosshair(): Crosshair | null {
    return this.#crosshair;
  }

  /** Draws `spec`. The chart is made anew only when its lines or its looks change, not for new values. */
  draw(spec: PlotSpec): void {
    const shape = JSON.stringify([spec.series.map((s) => [s.key, s.slot]), spec.unit, spec.scheme, spec.compact]);
    const { clientWidth: width, clientHeight: height } = this.#element;
    if (width === 0 || height === 0) return;
    this.#spec = spec;
    const data: uPlot.AlignedData = [spec.timesSec, ...spec.series.map((series) => series.values)];
    if (this.#plot === null || shape !== this.#shape) {
      this.#plot?.destroy();
      this.#shape = shape;
      this.#plot = new uPlot(this.#options(spec, width, height), data, this.#element);
      this.#plot.over.append(this.#overlay);
      return;
    }
    const plot = this.#plot;
    const extent = extentOf(spec.series, spec.minY, spec.maxY);
    plot.batch(() => {
      plot.setData(data, false);
      plot.setScale('x', { min: spec.startSec, max: spec.endSec });
      plot.setScale('y', extent);
    });
    this.#drawOverlay();
  }

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#element;
    if (width === 0 || height === 0) return;
    if (this.#plot === null) {
      if (this.#spec !== null) this.draw(this.#spec);
    } else if (this.#plot.width !== width || this.#plot.height !== height) {
      this.#plot.setSize({ width, height });
      this.#drawOverlay();
    }
  }

  /** Brings one line forward; null lets all be equal. No series is drawn again. */
  focus(series: ChartSeries | null): void {
    if (series?.key === this.#focused?.key) return;
    this.#focused = series;
    this.#drawOverlay();
  }

  /** Puts the crosshair on a step, as the mouse would; `value` says at which height. */
  moveTo(step: number, value: number): void {
    const plot = this.#plot;
    const timeSec = this.#spec?.timesSec[step];
    if (plot === null || timeSec === undefined) return;
    const top = Number.isFinite(value) ? plot.valToPos(value, 'y') : plot.over.clientHeight / 2;
    plot.setCursor({ left: plot.valToPos(timeSec, 'x'), top });
  }

  hideCrosshair(): void {
    this.#plot?.setCursor({ left: -10, top: -10 });
  }

  destroy(): void {
    this.#plot?.destroy();
    this.#plot = null;
  }

  #options(spec: PlotSpec, width: number, height: number): uPlot.Options {
    const extent = extentOf(spec.series, spec.minY, spec.maxY);
    const asGiven = (_plot: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax =>
      min === null || max === null || min >= max ? [extent.min, extent.max] : [min, max];
    const zoomable = this.#events.onZoom !== null;
    return {
      width,
      height,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      focus: { alpha: 1 },
      cursor: {
        points: { show: false },
        focus: { prox: -1 },
        drag: { x: zoomable, y: false, setScale: false, dist: 4 },
        bind: {
          dblclick: () => () => {
            this.#events.onZoomBack();
            return null;
          },
        },
      },
      scales: {
        x: { time: true, auto: false, min: spec.startSec, max: spec.endSec },
        y: { auto: false, ...extent, range: asGiven },
      },
      axes: axesFor(spec.unit, spec.colors, spec.compact),
      series: [{}, ...spec.series.map((series) => this.#line(series, spec))],
      hooks: {
        setCursor: [(plot) => this.#hover(plot)],
        setSelect: [(plot) => this.#select(plot)],
      },
    };
  }

  #line(series: ChartSeries, spec: PlotSpec): uPlot.Series {
    const { color, dash } = lineStyle(series.slot, spec.scheme);
    const alone = spec.series.length === 1;
    return {
      stroke: color,
      width: 1.5,
      dash: [...dash],
      cap: 'round',
      auto: false,
      points: { show: false },
      paths: linePaths(alone),
      ...(alone ? { fill: `${color}14` } : {}),
    };
  }

  #hover(plot: uPlot): void {
    const { idx, left = -1, top = -1 } = plot.cursor;
    const inside = idx !== null && idx !== undefined && left >= 0 && top >= 0;
    this.#crosshair = inside
      ? { step: idx, value: plot.posToVal(top, 'y'), leftPx: left, topPx: top, heightPx: plot.over.clientHeight }
      : null;
    this.#events.onHover(this.#crosshair);
    this.#drawOverlay();
  }

  #select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 4) return;
    const startSec = plot.posToVal(left, 'x');
    const endSec = plot.posToVal(left + width, 'x');
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.#events.onZoom?.(startSec, endSec);
  }

  #drawOverlay(): void {
    const plot = this.#plot;
    const context = this.#overlay.getContext('2d');
    const spec = this.#spec;
    if (plot === null || context === null || spec === null) return;
    const ratio = window.devicePixelRatio;
    const { clientWidth, clientHeight } = plot.over;
    this.#overlay.width = clientWidth * ratio;
    this.#overlay.height = clientHeight * ratio;
    context.scale(ratio, ratio);
    const series = spec.series.find((each) => each.key === this.#focused?.key);
    if (series === undefined) return;
    if (spec.series.length > 1) {
      // A veil over the others instead of drawing each of them again, paler.
      context.globalAlpha = 0.5;
      context.fillStyle = spec.colors.background;
      context.fillRect(0, 0, clientWidth, clientHeight);
      context.globalAlpha = 1;
    }
    const { color, dash } = lineStyle(series.slot, spec.scheme);
    context.strokeStyle = color;
    context.fillStyle = color;
    context.lineWidth = 2;
    context.setLineDash([...dash]);
    this.#strokeLine(context, plot, spec.timesSec, series.values);
    const value = this.#crosshair === null ? Number.NaN : (series.values[this.#crosshair.step] ?? Number.NaN);
    if (this.#crosshair === null || !Number.isFinite(value)) return;
    context.beginPath();
    const timeSec = spec.timesSec[this.#crosshair.step]!;
    context.arc(plot.valToPos(timeSec, 'x'), plot.valToPos(value, 'y'), 4, 0, 2 * Math.PI);
    context.fill();
  }

  #strokeLine(context: CanvasRenderingContext2D, plot: uPlot, xs: Float64Array, ys: Float64Array): void {
    context.beginPath();
    let open = false;
    for (let at = 0; at < ys.length; at++) {
      const value = ys[at]!;
      if (!Number.isFinite(value)) {
        open = false;
        continue;
      }
      const x = plot.valToPos(xs[at]!, 'x');
      const y = plot.valToPos(value, 'y');
      if (open) context.lineTo(x, y);
      else context.moveTo(x, y);
      open = true;
    }
    context.stroke();
  }
}

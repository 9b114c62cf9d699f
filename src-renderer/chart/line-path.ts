import type uPlot from 'uplot';

type Column = ArrayLike<number | null | undefined>;

/** Points to walk and how they become pixels of the canvas: both scales are linear. */
interface Line {
  readonly xs: Column;
  readonly ys: Column;
  readonly first: number;
  readonly last: number;
  readonly xScale: number;
  readonly xShift: number;
  readonly yScale: number;
  readonly yShift: number;
}

/** The path as it grows. */
interface Pen {
  readonly stroke: Path2D;
  readonly area: Path2D | null;
  readonly floor: number;
  x: number;
  y: number;
  /** Points since the last gap. */
  count: number;
}

/**
 * The path of one series: a value that is not finite is a gap, a value alone between gaps is a dot. Where points are
 * denser than pixels each column of pixels is drawn as its first, lowest, highest and last value, which looks the same
 * and costs less.
 */
export function linePaths(fill: boolean): uPlot.Series.PathBuilder {
  return (plot, seriesIdx, first, last) => {
    const xs = plot.data[0];
    const ys = plot.data[seriesIdx];
    const stroke = new Path2D();
    const area = fill ? new Path2D() : null;
    if (ys === undefined || first < 0 || xs.length === 0) return { stroke, fill: area, flags: 0 };
    const line = { xs, ys, first, last, ...linear(plot, 'x'), ...linearY(plot) };
    const floorValue = Math.max(0, plot.scales.y?.min ?? 0);
    const pen: Pen = { stroke, area, floor: floorValue * line.yScale + line.yShift, x: 0, y: 0, count: 0 };
    const pixelsAPoint = xs.length > 1 ? (xs[1]! - xs[0]!) * line.xScale : 1;
    if (pixelsAPoint >= 1) drawEach(line, pen);
    else drawColumns(line, pen);
    lift(pen);
    return { stroke, fill: area, flags: 0 };
  };
}

function linear(plot: uPlot, scale: 'x'): { xScale: number; xShift: number } {
  const [xScale, xShift] = coefficients(plot, scale);
  return { xScale, xShift };
}

function linearY(plot: uPlot): { yScale: number; yShift: number } {
  const [yScale, yShift] = coefficients(plot, 'y');
  return { yScale, yShift };
}

function coefficients(plot: uPlot, scale: 'x' | 'y'): readonly [number, number] {
  const { min = 0, max = 1 } = plot.scales[scale] ?? {};
  const from = plot.valToPos(min, scale, true);
  const factor = (plot.valToPos(max, scale, true) - from) / (max - min);
  return [factor, from - min * factor];
}

function put(pen: Pen, x: number, y: number): void {
  if (pen.count === 0) {
    pen.stroke.moveTo(x, y);
    pen.area?.moveTo(x, pen.floor);
  } else pen.stroke.lineTo(x, y);
  pen.area?.lineTo(x, y);
  pen.x = x;
  pen.y = y;
  pen.count++;
}

/** Ends a stretch without gaps. */
function lift(pen: Pen): void {
  if (pen.count === 1) {
    pen.stroke.moveTo(pen.x + 1, pen.y);
    pen.stroke.arc(pen.x, pen.y, 1, 0, 2 * Math.PI);
  }
  if (pen.count > 0) pen.area?.lineTo(pen.x, pen.floor);
  pen.count = 0;
}

function drawEach({ xs, ys, first, last, xScale, xShift, yScale, yShift }: Line, pen: Pen): void {
  for (let at = first; at <= last; at++) {
    const value = ys[at] ?? Number.NaN;
    if (Number.isFinite(value)) put(pen, xs[at]! * xScale + xShift, value * yScale + yShift);
    else lift(pen);
  }
}

function drawColumns({ xs, ys, first, last, xScale, xShift, yScale, yShift }: Line, pen: Pen): void {
  for (let at = first; at <= last; ) {
    const value = ys[at] ?? Number.NaN;
    if (!Number.isFinite(value)) {
      lift(pen);
      at++;
      continue;
    }
    const x = Math.round(xs[at]! * xScale + xShift);
    let low = value;
    let high = value;
    let end = value;
    for (at++; at <= last && Math.round(xs[at]! * xScale + xShift) === x; at++) {
      const next = ys[at] ?? Number.NaN;
      if (!Number.isFinite(next)) break;
      if (next < low) low = next;
      if (next > high) high = next;
      end = next;
    }
    put(pen, x, value * yScale + yShift);
    if (low < value) put(pen, x, low * yScale + yShift);
    if (high > value) put(pen, x, high * yScale + yShift);
    if (end !== value) put(pen, x, end * yScale + yShift);
  }
}

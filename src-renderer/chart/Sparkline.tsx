interface SparklineProps {
  readonly values: Float64Array;
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}

/** A line without axes; gaps stay gaps. */
export function Sparkline({ values, label, width = 120, height = 28 }: SparklineProps) {
  return (
    <svg
      width="100%"
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path
        d={pathOf(values, width, height)}
        fill="none"
        stroke="var(--accent)"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

function pathOf(values: Float64Array, width: number, height: number): string {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values)
    if (Number.isFinite(value)) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  if (min > max) return '';
  if (min > 0 && min < max / 2) min = 0;
  const scale = max > min ? (height - 4) / (max - min) : 0;
  const stepPx = width / Math.max(1, values.length - 1);
  let path = '';
  let open = false;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (!Number.isFinite(value)) {
      open = false;
      continue;
    }
    const y = scale === 0 ? height / 2 : height - 2 - (value - min) * scale;
    path += `${open ? 'L' : 'M'}${(at * stepPx).toFixed(1)} ${y.toFixed(1)}`;
    open = true;
  }
  return path;
}

import { lineStyle, type Scheme } from './palette.ts';

/** A piece of the line as the chart draws it, colour and dash; an empty box when it is hidden. */
export function Swatch({
  slot,
  scheme,
  muted = false,
}: {
  readonly slot: number;
  readonly scheme: Scheme;
  readonly muted?: boolean;
}) {
  const { color, dash } = lineStyle(slot, scheme);
  return (
    <svg width="16" height="10" viewBox="0 0 16 10" aria-hidden="true" style={{ flex: 'none' }}>
      <path
        d="M0 5H16"
        stroke={muted ? 'var(--line-strong)' : color}
        strokeWidth="3"
        strokeDasharray={dash.join(' ')}
      />
    </svg>
  );
}

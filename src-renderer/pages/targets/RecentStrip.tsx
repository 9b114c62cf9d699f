const WIDTH = 5;

/** The last scrapes as bars, newest at the right: tall and quiet when they went well, short and red when not. */
export function RecentStrip({ recent }: { readonly recent: readonly boolean[] }) {
  const good = recent.filter((each) => each).length;
  return (
    <svg
      width={20 * WIDTH}
      height={14}
      role="img"
      aria-label={`${good} of the last ${recent.length} scrapes went well`}
    >
      {recent.map((ok, at) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a scrape is its place in the strip
          key={at}
          x={(20 - recent.length + at) * WIDTH}
          y={ok ? 1 : 7}
          width={3}
          height={ok ? 12 : 6}
          rx={1}
          fill={ok ? 'var(--ok)' : 'var(--critical)'}
          opacity={ok ? 0.7 : 1}
        />
      ))}
    </svg>
  );
}

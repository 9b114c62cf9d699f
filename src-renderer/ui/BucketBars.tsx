import classes from './BucketBars.module.css';

export interface ShownBucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
  /** Bounds and count in words. */
  readonly text: string;
}

interface BucketBarsProps {
  /** By ascending bounds; what lies between two of them is empty. */
  readonly buckets: readonly ShownBucket[];
}

const WIDTH = 160;
const HEIGHT = 20;
/** An empty stretch between two buckets is as wide as this part of a bucket. */
const GAP = 0.5;
const LEAST_HEIGHT = 1.5;

/** The buckets of a histogram side by side, each as wide as the next: as high as it holds much. */
export function BucketBars({ buckets }: BucketBarsProps) {
  const most = Math.max(...buckets.map(({ count }) => Math.abs(count)), 0);
  const lefts: number[] = [];
  let units = 0;
  buckets.forEach(({ lower }, at) => {
    if (at > 0 && buckets[at - 1]?.upper !== lower) units += GAP;
    lefts.push(units);
    units += 1;
  });
  // Few buckets stay bars and do not become walls.
  const unit = Math.min(12, WIDTH / Math.max(1, units));
  return (
    <svg className={classes.bars} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={wordsFor(buckets)}>
      <line className={classes.ground} x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} />
      {buckets.map(({ lower, count, text }, at) => {
        const height = Math.max(LEAST_HEIGHT, ((HEIGHT - 1) * Math.abs(count)) / most);
        const left = (lefts[at] ?? 0) * unit;
        return (
          <g key={lower} className={classes.bucket}>
            <title>{text}</title>
            <rect className={classes.reach} x={left} y={0} width={unit} height={HEIGHT} />
            <rect
              className={classes.bar}
              x={left}
              y={HEIGHT - 0.5 - height}
              width={Math.max(0.5, unit - Math.min(1, unit / 4))}
              height={height}
            />
          </g>
        );
      })}
    </svg>
  );
}

function wordsFor(buckets: readonly ShownBucket[]): string {
  const largest = buckets.reduce<ShownBucket | null>((a, b) => (a === null || b.count > a.count ? b : a), null);
  if (largest === null) return 'Histogram without observations';
  return `Histogram of ${buckets.length} buckets, most in ${largest.text}`;
}

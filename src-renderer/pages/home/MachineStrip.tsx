import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Swatch } from '../../chart/Swatch.tsx';
import { chartDataOf, summarise } from '../../chart/series.ts';
import { TimeChart } from '../../chart/TimeChart.tsx';
import { useChartColors } from '../../chart/use-chart-colors.ts';
import { autoStep, rateWindowMs } from '../../format/step.ts';
import { lastOf, printTimeRange } from '../../format/time-range.ts';
import { formatValue } from '../../format/unit.ts';
import { Empty, Failure, Waiting } from '../../ui/Notice.tsx';
import { Panel } from '../../ui/Panel.tsx';
import classes from './HomePage.module.css';
import { type MachineTile, machineTiles } from './machine.ts';
import { useFigure } from './use-figure.ts';
import { type LiveReply, useLiveQuery } from './use-range-query.ts';

interface MachineStripProps {
  readonly selector: string;
  /** null while it is not known yet. */
  readonly spanMs: number | null;
  readonly intervalMs: number;
}

const TILE_PX = 340;
const FASTEST_MS = 2000;
const SLOWEST_MS = 15_000;
const NEW_SPAN_MS = 120_000;
const NEW_INTERVAL_MS = 1000;

export function MachineStrip({ selector, spanMs, intervalMs }: MachineStripProps) {
  // The machine is told every second while it is new: then there is more to see than its interval says.
  const fastestMs = (spanMs ?? 0) <= NEW_SPAN_MS ? Math.min(NEW_INTERVAL_MS, intervalMs) : intervalMs;
  const stepMs = autoStep({ spanMs: spanMs ?? 0, widthPx: TILE_PX, floorMs: fastestMs });
  const tiles = useMemo(() => machineTiles(selector, rateWindowMs(stepMs, intervalMs)), [selector, stepMs, intervalMs]);
  const refetchMs = Math.min(SLOWEST_MS, Math.max(FASTEST_MS, fastestMs));
  return (
    <div className={classes.tiles}>
      {tiles.map((tile) => (
        <Tile
          key={tile.id}
          tile={tile}
          spanMs={spanMs ?? 0}
          stepMs={stepMs}
          refetchMs={refetchMs}
          enabled={spanMs !== null}
        />
      ))}
    </div>
  );
}

interface TileProps {
  readonly tile: MachineTile;
  readonly spanMs: number;
  readonly stepMs: number;
  readonly refetchMs: number;
  readonly enabled: boolean;
}

function Tile({ tile, spanMs, stepMs, refetchMs, enabled }: TileProps) {
  const live = useLiveQuery({ query: enabled ? tile.query : '', spanMs, stepMs, refetchMs });
  return (
    <Panel
      title={tile.title}
      actions={
        <Link
          className={classes.open}
          to="/query"
          search={{ expr: tile.query, range: printTimeRange(lastOf(spanMs)) }}
          aria-label={`Open ${tile.title} in Query`}
        >
          Open
        </Link>
      }
    >
      <div className={classes.tile}>
        <TileBody tile={tile} live={live.data ?? null} error={live.error} refetchMs={refetchMs} />
      </div>
    </Panel>
  );
}

interface TileBodyProps {
  readonly tile: MachineTile;
  readonly live: LiveReply | null;
  readonly error: Error | null;
  readonly refetchMs: number;
}

function TileBody({ tile, live, error, refetchMs }: TileBodyProps) {
  const data = useMemo(
    () =>
      live === null
        ? null
        : chartDataOf(live.reply, { nameOf: (labels) => labels[tile.nameLabel] ?? tile.title, inOrder: true }),
    [live, tile.nameLabel, tile.title],
  );
  const { scheme } = useChartColors();
  if (error !== null && data === null) return <Failure what={`${tile.title} could not be read.`} error={error} />;
  if (data === null || live === null) return <Waiting rows={5} />;
  if (data.series.length === 0) return <Empty title="No figures yet">They come with the next scrape.</Empty>;
  const [first] = data.series;
  return (
    <>
      <div className={classes.figures}>
        {data.series.slice(0, 2).map((series) => (
          <span key={series.key} className={series === first || tile.id === 'network' ? classes.figure : classes.aside}>
            {data.series.length > 1 && <Swatch slot={series.slot} scheme={scheme} />}
            {formatValue(summarise(series.values).last, tile.unit, 3)}
            {data.series.length > 1 && <span className={classes.figureName}>{series.name}</span>}
          </span>
        ))}
        <span className={classes.asides}>
          {tile.asides.map((aside) => (
            <Aside key={aside.label} {...aside} refetchMs={refetchMs} />
          ))}
        </span>
      </div>
      <div className={classes.tileChart}>
        <TimeChart
          label={tile.title}
          data={data}
          interval={live.interval}
          unit={tile.unit}
          compact
          minY={0}
          {...(tile.maxY === undefined ? {} : { maxY: tile.maxY })}
        />
      </div>
    </>
  );
}

interface AsideProps {
  readonly label: string;
  readonly query: string;
  readonly unit: MachineTile['unit'];
  readonly refetchMs: number;
}

function Aside({ label, query, unit, refetchMs }: AsideProps) {
  const value = useFigure(query, refetchMs);
  const text = value.data === undefined || value.data === null ? '–' : formatValue(value.data, unit, 3);
  return (
    <span className={classes.aside}>
      {label} {text}
    </span>
  );
}

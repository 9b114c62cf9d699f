import { useEffect, useMemo, useState } from 'react';
import type { RangeQueryReply } from '../../../shared/query.ts';
import { Legend } from '../../chart/Legend.tsx';
import { chartDataOf, countHistograms } from '../../chart/series.ts';
import { TimeChart } from '../../chart/TimeChart.tsx';
import { ALL_VISIBLE } from '../../chart/visibility.ts';
import type { Interval } from '../../format/time-range.ts';
import { guessUnit, UNIT_TITLES } from '../../format/unit.ts';
import classes from './QueryPage.module.css';

interface GraphResultProps {
  readonly query: string;
  readonly reply: RangeQueryReply;
  readonly interval: Interval;
  readonly onAllSeries: () => void;
  readonly onZoom: (interval: Interval) => void;
  readonly onZoomBack: () => void;
  readonly onRangeKey: (key: string) => boolean;
}

const ROW_PX = 24;
const HEAD_PX = 28;

export function GraphResult({ query, reply, interval, onAllSeries, onZoom, onZoomBack, onRangeKey }: GraphResultProps) {
  const data = useMemo(() => chartDataOf(reply), [reply]);
  const histograms = useMemo(() => countHistograms(reply), [reply]);
  const unit = useMemo(() => guessUnit(query), [query]);
  const [visibility, setVisibility] = useState(ALL_VISIBLE);
  const [focusKey, setFocusKey] = useState<string | null>(null);
  // What is hidden is hidden by label set and stays so through zooms; another query begins with all.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => setVisibility(ALL_VISIBLE), [query]);
  const legendPx = HEAD_PX + ROW_PX * Math.min(8, data.series.length) + 4;
  return (
    <div className={classes.graph}>
      {reply.totalSeries > reply.labels.length && (
        <div className={classes.notice} role="status">
          Showing {reply.labels.length.toLocaleString()} of {reply.totalSeries.toLocaleString()} series.
          <button type="button" onClick={onAllSeries}>
            Show all
          </button>
        </div>
      )}
      {data.oddValues > 0 && (
        <div className={classes.notice} role="status">
          {data.oddValues.toLocaleString()} values are NaN or infinite and cannot be drawn.
        </div>
      )}
      {histograms > 0 && (
        <div className={classes.notice} role="status">
          {histograms === 1
            ? 'One series is a native histogram'
            : `${histograms.toLocaleString()} series are native histograms`}
          , which no line can show: draw a quantile with histogram_quantile(0.9, …), or look at the table.
        </div>
      )}
      <div className={classes.unit}>{UNIT_TITLES[unit]}</div>
      <div className={classes.chart}>
        <TimeChart
          label={query}
          data={data}
          interval={interval}
          unit={unit}
          visibility={visibility}
          focusKey={focusKey}
          onZoom={onZoom}
          onZoomBack={onZoomBack}
          onRangeKey={onRangeKey}
        />
      </div>
      <div className={classes.legend} style={{ height: legendPx }}>
        <Legend
          data={data}
          unit={unit}
          visibility={visibility}
          onVisibility={setVisibility}
          focusKey={focusKey}
          onFocus={setFocusKey}
        />
      </div>
    </div>
  );
}

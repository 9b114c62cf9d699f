import { useVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, useMemo, useRef, useState } from 'react';
import { formatValue, type Unit } from '../format/unit.ts';
import { Labels } from '../ui/Labels.tsx';
import classes from './Legend.module.css';
import { Swatch } from './Swatch.tsx';
import { type ChartData, type SeriesSummary, summarise } from './series.ts';
import { useChartColors } from './use-chart-colors.ts';
import { ALL_VISIBLE, isolate, isVisible, range, toggle, type Visibility } from './visibility.ts';

interface LegendProps {
  readonly data: ChartData;
  readonly unit: Unit;
  readonly visibility: Visibility;
  readonly onVisibility: (visibility: Visibility) => void;
  readonly focusKey: string | null;
  readonly onFocus: (key: string | null) => void;
}

type SortKey = 'name' | keyof SeriesSummary;
const COLUMNS: readonly { readonly key: keyof SeriesSummary; readonly title: string }[] = [
  { key: 'last', title: 'Last' },
  { key: 'min', title: 'Min' },
  { key: 'mean', title: 'Mean' },
  { key: 'max', title: 'Max' },
];
const ROW_PX = 24;

/** Click shows one series alone, with Ctrl switches one, with Shift takes all between. */
export function Legend({ data, unit, visibility, onVisibility, focusKey, onFocus }: LegendProps) {
  const { scheme } = useChartColors();
  const [sort, setSort] = useState<{ key: SortKey; desc: boolean }>({ key: 'last', desc: true });
  const [anchor, setAnchor] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => {
    const all = data.series.map((series) => ({ series, summary: summarise(series.values) }));
    const sign = sort.desc ? -1 : 1;
    return all.sort((a, b) =>
      sort.key === 'name'
        ? sign * a.series.name.localeCompare(b.series.name, undefined, { numeric: true })
        : Number(Number.isNaN(a.summary[sort.key])) - Number(Number.isNaN(b.summary[sort.key])) ||
          sign * (a.summary[sort.key] - b.summary[sort.key]),
    );
  }, [data.series, sort]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
  });
  const pick = (event: MouseEvent, key: string) => {
    if (event.shiftKey && anchor !== null)
      onVisibility(
        range(
          rows.map((row) => row.series.key),
          anchor,
          key,
        ),
      );
    else if (event.ctrlKey || event.metaKey) onVisibility(toggle(visibility, key));
    else onVisibility(isolate(visibility, key));
    setAnchor(key);
  };
  const sortBy = (key: SortKey) => setSort((now) => ({ key, desc: now.key === key ? !now.desc : key !== 'name' }));
  const arrow = (key: SortKey) => (sort.key === key ? (sort.desc ? ' ↓' : ' ↑') : '');
  const hidden = data.series.filter((series) => !isVisible(visibility, series.key)).length;
  return (
    <section className={classes.legend} aria-label="Legend">
      <div className={classes.head}>
        <button type="button" className={classes.title} onClick={() => sortBy('name')}>
          {data.series.length} series{arrow('name')}
        </button>
        <span className={classes.common}>
          <Labels labels={data.common} wrap={false} />
        </span>
        {hidden > 0 && (
          <button type="button" className={classes.all} onClick={() => onVisibility(ALL_VISIBLE)}>
            Show all ({hidden} hidden)
          </button>
        )}
        {COLUMNS.map((column) => (
          <button key={column.key} type="button" className={classes.number} onClick={() => sortBy(column.key)}>
            {column.title}
            {arrow(column.key)}
          </button>
        ))}
      </div>
      <div ref={scroller} className={classes.scroll}>
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const { series, summary } = row;
            const visible = isVisible(visibility, series.key);
            return (
              <button
                key={series.key}
                type="button"
                className={classes.row}
                aria-pressed={visible}
                data-focused={series.key === focusKey}
                style={{ transform: `translateY(${item.start}px)` }}
                title="Click: only this one. Ctrl+click: switch it. Shift+click: all between."
                onClick={(event) => pick(event, series.key)}
                onMouseEnter={() => onFocus(series.key)}
                onMouseLeave={() => onFocus(null)}
                onFocus={() => onFocus(series.key)}
                onBlur={() => onFocus(null)}
              >
                <Swatch slot={series.slot} scheme={scheme} muted={!visible} />
                <span className={classes.name}>{series.name}</span>
                {COLUMNS.map((column) => (
                  <span key={column.key} className={classes.number}>
                    {Number.isNaN(summary[column.key]) ? '–' : formatValue(summary[column.key], unit)}
                  </span>
                ))}
              </button>
            );
          })}
        </div>
      </div>
    </section>
  );
}

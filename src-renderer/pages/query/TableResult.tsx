import { useMemo } from 'react';
import type { LabelRecord } from '../../../shared/labels.ts';
import type { InstantQueryReply, ShownHistogram } from '../../../shared/query.ts';
import { labelKey } from '../../format/labels.ts';
import { clockTime } from '../../format/time.ts';
import { exactValue, formatValue, guessUnit, type Unit } from '../../format/unit.ts';
import { BucketBars, type ShownBucket } from '../../ui/BucketBars.tsx';
import { DataGrid, type GridColumn } from '../../ui/DataGrid.tsx';
import page from '../../ui/page.module.css';
import classes from './QueryPage.module.css';

interface Row {
  readonly key: string;
  readonly labels: LabelRecord;
  readonly value: number;
  readonly histogram: ShownHistogram | null;
  /** Of a raw sample. */
  readonly timeMs: number | null;
}

const MOST_LABEL_COLUMNS = 12;

/** One column a label, so that they can be compared and sorted. */
export function TableResult({ reply, query }: { readonly reply: InstantQueryReply; readonly query: string }) {
  const rows = useMemo(() => rowsOf(reply), [reply]);
  const columns = useMemo(() => columnsFor(rows, guessUnit(query)), [rows, query]);
  if (reply.value.kind === 'scalar')
    return <div className={classes.single}>{exactValue(reply.value.value[0] ?? Number.NaN)}</div>;
  if (reply.value.kind === 'string') return <div className={classes.single}>{reply.value.value}</div>;
  return <DataGrid label="Result" columns={columns} rows={rows} keyOf={(row) => row.key} />;
}

function rowsOf({ value }: InstantQueryReply): readonly Row[] {
  if (value.kind === 'vector') {
    const histograms = byPlace(value.histograms);
    return value.labels.map((labels, at) => ({
      key: labelKey(labels),
      labels,
      value: value.values[at] ?? Number.NaN,
      histogram: histograms.get(at) ?? null,
      timeMs: null,
    }));
  }
  if (value.kind !== 'raw') return [];
  return value.series.flatMap(({ labels, timesMs, values, histograms }) => {
    const shown = byPlace(histograms);
    return Array.from(values, (each, at) => ({
      key: `${labelKey(labels)} ${at}`,
      labels,
      value: each,
      histogram: shown.get(at) ?? null,
      timeMs: timesMs[at] ?? 0,
    }));
  });
}

function byPlace(histograms: readonly ShownHistogram[]): ReadonlyMap<number, ShownHistogram> {
  return new Map(histograms.map((histogram) => [histogram.at, histogram]));
}

function columnsFor(rows: readonly Row[], unit: Unit): readonly GridColumn<Row>[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.labels)))]
    .sort((a, b) => Number(b === '__name__') - Number(a === '__name__') || (a < b ? -1 : 1))
    .slice(0, MOST_LABEL_COLUMNS);
  const columns: GridColumn<Row>[] = names.map((name) => ({
    id: `label ${name}`,
    title: name === '__name__' ? 'Metric' : name,
    width: 'minmax(90px, 1fr)',
    sortBy: (row) => row.labels[name] ?? '',
    cell: (row) => (
      <code className={page.clip} title={row.labels[name]}>
        {row.labels[name] ?? ''}
      </code>
    ),
  }));
  if (rows.some((row) => row.timeMs !== null))
    columns.push({
      id: 'time',
      title: 'Time',
      width: '160px',
      sortBy: (row) => row.timeMs ?? 0,
      cell: (row) => clockTime(row.timeMs ?? 0, Date.now()),
    });
  const hasHistograms = rows.some((row) => row.histogram !== null);
  if (hasHistograms) columns.push(...histogramColumns(unit));
  if (!hasHistograms || rows.some((row) => row.histogram === null))
    columns.push({
      id: 'value',
      title: 'Value',
      width: hasHistograms ? '96px' : 'minmax(120px, 180px)',
      align: 'end',
      sortBy: (row) => row.value,
      cell: (row) =>
        row.histogram === null && <span title={exactValue(row.value)}>{formatValue(row.value, unit, 6)}</span>,
    });
  return columns;
}

/** The sum and the bounds of a histogram have the unit that its name promises. */
function histogramColumns(unit: Unit): readonly GridColumn<Row>[] {
  const total = (id: 'count' | 'sum', at: 0 | 1): GridColumn<Row> => ({
    id,
    title: id === 'count' ? 'Count' : 'Sum',
    width: '96px',
    align: 'end',
    sortBy: (row) => row.histogram?.totals[at] ?? Number.NEGATIVE_INFINITY,
    cell: ({ histogram }) => {
      if (histogram === null) return null;
      const value = histogram.totals[at] ?? Number.NaN;
      return <span title={exactValue(value)}>{formatValue(value, at === 0 ? 'none' : unit, 6)}</span>;
    },
  });
  return [
    {
      id: 'buckets',
      title: 'Buckets',
      width: '168px',
      cell: ({ histogram }) => histogram !== null && <BucketBars buckets={bucketsOf(histogram, unit)} />,
    },
    total('count', 0),
    total('sum', 1),
  ];
}

function bucketsOf({ buckets, rules }: ShownHistogram, unit: Unit): readonly ShownBucket[] {
  return Array.from(rules, (rule, at) => {
    const [lower = 0, upper = 0, count = 0] = buckets.subarray(3 * at, 3 * at + 3);
    const open = rule === 1 || rule === 3 ? '[' : '(';
    const close = rule === 0 || rule === 3 ? ']' : ')';
    const bounds = `${open}${formatValue(lower, unit)}, ${formatValue(upper, unit)}${close}`;
    return { lower, upper, count, text: `${bounds}: ${formatValue(count, 'none', 6)}` };
  });
}

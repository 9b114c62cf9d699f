// biome-ignore-all lint/a11y/useSemanticElements: rows of a real table cannot be placed by the virtualiser
// biome-ignore-all lint/a11y/useFocusableInteractive: one row at a time can be focused, headers hold buttons

import { useElementSize, useMergedRef } from '@mantine/hooks';
import {
  type ColumnDef,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import classes from './DataGrid.module.css';

export interface GridColumn<R> {
  readonly id: string;
  readonly title: string;
  /** A track of the grid: `120px`, `minmax(160px, 2fr)`. */
  readonly width: string;
  readonly cell: (row: R) => ReactNode;
  /** Left out: the column does not sort. */
  readonly sortBy?: (row: R) => string | number;
  readonly align?: 'end';
  /** Left out while the grid is narrower than this. */
  readonly fromPx?: number;
}

interface DataGridProps<R> {
  readonly label: string;
  readonly columns: readonly GridColumn<R>[];
  readonly rows: readonly R[];
  readonly keyOf: (row: R) => string;
  readonly selected?: string | null;
  readonly onSelect?: (row: R) => void;
  /** Rows with equal titles stand together under it; groups keep the order in which they first come. */
  readonly groupOf?: (row: R) => string;
  readonly groupHeader?: (group: string, rows: readonly R[]) => ReactNode;
  readonly initialSort?: { readonly id: string; readonly desc: boolean };
  /** Single-letter keys on the row that has the focus. */
  readonly onRowKey?: (key: string, row: R) => void;
}

type Line<R> =
  | { readonly kind: 'row'; readonly row: R }
  | { readonly kind: 'group'; readonly group: string; readonly rows: readonly R[] };

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
const ROW_PX = 28;
const GROUP_PX = 32;

/** A sortable table that draws only the rows in sight. Arrow keys or J and K move, Enter opens. */
export function DataGrid<R>(props: DataGridProps<R>) {
  const { rows, keyOf } = props;
  const { ref: measured, width } = useElementSize();
  const columns = useMemo(
    () => props.columns.filter((column) => width === 0 || width >= (column.fromPx ?? 0)),
    [props.columns, width],
  );
  const [sorting, setSorting] = useState(props.initialSort === undefined ? [] : [props.initialSort]);
  const [current, setCurrent] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const definitions = useMemo(() => columns.map(definitionOf), [columns]);
  const data = useMemo(() => rows.map((row) => ({ row })), [rows]);
  const table = useTable({
    features,
    columns: definitions,
    data,
    state: { sorting },
    onSortingChange: setSorting,
    enableSortingRemoval: true,
  });
  const sorted = table.getRowModel().rows.map((each) => each.original.row);
  const lines = linesOf(sorted, props.groupOf);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => (lines[at]?.kind === 'group' ? GROUP_PX : ROW_PX),
    overscan: 8,
  });
  const template = { gridTemplateColumns: columns.map((column) => column.width).join(' ') };
  const firstRow = lines.findIndex((line) => line.kind === 'row');
  const currentAt = lines.findIndex((line) => line.kind === 'row' && keyOf(line.row) === (current ?? props.selected));
  const focusable = currentAt === -1 ? firstRow : currentAt;

  const moveTo = (from: number, by: number) => {
    let at = Math.max(0, Math.min(lines.length - 1, from + by));
    const direction = by < 0 ? -1 : 1;
    while (lines[at]?.kind === 'group' && lines[at + direction] !== undefined) at += direction;
    const line = lines[at];
    if (line?.kind !== 'row') return;
    setCurrent(keyOf(line.row));
    virtual.scrollToIndex(at);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-line="${at}"]`)?.focus());
    // With details open, moving on moves them along.
    if (rows.some((row) => keyOf(row) === props.selected)) props.onSelect?.(line.row);
  };
  const onKey = (event: KeyboardEvent, at: number, row: R) => {
    const by = movement(event.key, lines.length);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (by !== 0) moveTo(at, by);
    else if (event.key === 'Enter' || event.key === ' ') props.onSelect?.(row);
    else {
      props.onRowKey?.(event.key.toLowerCase(), row);
      return;
    }
    event.preventDefault();
  };

  return (
    <div
      className={classes.grid}
      role="grid"
      aria-label={props.label}
      aria-rowcount={lines.length + 1}
      aria-colcount={columns.length}
      ref={useMergedRef(scroller, measured)}
    >
      <div role="rowgroup" className={classes.headGroup}>
        <div className={classes.head} role="row" aria-rowindex={1} style={template}>
          {columns.map((column) => (
            <HeaderCell
              key={column.id}
              column={column}
              direction={table.getColumn(column.id)?.getIsSorted() ?? false}
              onSort={() => table.getColumn(column.id)?.toggleSorting()}
            />
          ))}
        </div>
      </div>
      <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index];
          if (line === undefined) return null;
          const place = { transform: `translateY(${item.start}px)`, height: item.size };
          if (line.kind === 'group')
            return (
              <div key={item.key} role="row" aria-rowindex={item.index + 2} className={classes.group} style={place}>
                <div role="gridcell" aria-colspan={columns.length} className={classes.groupCell}>
                  {props.groupHeader?.(line.group, line.rows) ?? line.group}
                </div>
              </div>
            );
          const key = keyOf(line.row);
          return (
            <div
              key={key}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={props.onSelect === undefined ? undefined : key === props.selected}
              data-line={item.index}
              tabIndex={item.index === focusable ? 0 : -1}
              className={classes.row}
              data-clickable={props.onSelect !== undefined}
              style={{ ...place, ...template }}
              onClick={() => {
                setCurrent(key);
                props.onSelect?.(line.row);
              }}
              onFocus={() => setCurrent(key)}
              onKeyDown={(event) => {
                if (event.target === event.currentTarget) onKey(event, item.index, line.row);
              }}
            >
              {columns.map((column) => (
                <div key={column.id} role="gridcell" className={classes.cell} data-align={column.align}>
                  {column.cell(line.row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface HeaderCellProps<R> {
  readonly column: GridColumn<R>;
  readonly direction: 'asc' | 'desc' | false;
  readonly onSort: () => void;
}

function HeaderCell<R>({ column, direction, onSort }: HeaderCellProps<R>) {
  const sorted = direction === 'asc' ? 'ascending' : direction === 'desc' ? 'descending' : 'none';
  return (
    <div
      role="columnheader"
      className={classes.headCell}
      data-align={column.align}
      {...(column.sortBy === undefined ? {} : { 'aria-sort': sorted })}
    >
      {column.sortBy === undefined ? (
        column.title
      ) : (
        <button type="button" onClick={onSort}>
          {column.title}
          <span className={classes.arrow} aria-hidden="true">
            {direction === 'asc' ? '↑' : direction === 'desc' ? '↓' : ''}
          </span>
        </button>
      )}
    </div>
  );
}

function definitionOf<R>(column: GridColumn<R>): ColumnDef<typeof features, { row: R }> {
  const { sortBy } = column;
  if (sortBy === undefined) return { id: column.id, enableSorting: false };
  return {
    id: column.id,
    accessorFn: (each: { row: R }) => sortBy(each.row),
    sortFn: (a, b) => compare(sortBy(a.original.row), sortBy(b.original.row)),
    sortDescFirst: false,
  };
}

/** NaN after all numbers, whichever way they go; text as people sort it. */
function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return a - b;
  }
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

function linesOf<R>(rows: readonly R[], groupOf: ((row: R) => string) | undefined): readonly Line<R>[] {
  if (groupOf === undefined) return rows.map((row) => ({ kind: 'row', row }));
  const groups = new Map<string, R[]>();
  for (const row of rows) {
    const group = groupOf(row);
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [row]);
    else members.push(row);
  }
  return [...groups].flatMap(([group, members]): Line<R>[] => [
    { kind: 'group', group, rows: members },
    ...members.map((row): Line<R> => ({ kind: 'row', row })),
  ]);
}

function movement(key: string, count: number): number {
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return 1;
    case 'ArrowUp':
    case 'k':
      return -1;
    case 'PageDown':
      return 20;
    case 'PageUp':
      return -20;
    case 'Home':
      return -count;
    case 'End':
      return count;
    default:
      return 0;
  }
}

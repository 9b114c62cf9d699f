import { printDuration, readableDuration } from '../../format/duration.ts';
import { DataGrid, type GridColumn } from '../../ui/DataGrid.tsx';
import page from '../../ui/page.module.css';
import { type Mark, StateMark } from '../../ui/StateMark.tsx';
import { Ago } from '../../ui/TimeText.tsx';
import type { RuleRow } from './alerts-search.ts';

export function ruleLook({ rule }: RuleRow): { readonly word: string; readonly mark: Mark } {
  if (rule.health === 'err') return { word: 'Failed', mark: 'warning' };
  if (rule.kind === 'recording') return { word: 'Recording', mark: rule.health === 'ok' ? 'ok' : 'inactive' };
  if (rule.state === 'firing') return { word: 'Firing', mark: 'critical' };
  if (rule.state === 'pending') return { word: 'Pending', mark: 'pending' };
  return { word: rule.state === 'inactive' ? 'Inactive' : 'Not evaluated', mark: 'inactive' };
}

const COLUMNS: readonly GridColumn<RuleRow>[] = [
  {
    id: 'state',
    title: 'State',
    width: '116px',
    sortBy: (row) => ruleLook(row).word,
    cell: (row) => <StateMark {...ruleLook(row)} />,
  },
  {
    id: 'name',
    title: 'Rule',
    width: 'minmax(160px, 1fr)',
    sortBy: (row) => row.rule.name,
    cell: (row) => <span className={page.clip}>{row.rule.name}</span>,
  },
  {
    id: 'query',
    title: 'Expression',
    width: 'minmax(200px, 2fr)',
    cell: (row) => <code className={page.clip}>{row.rule.query.replace(/\s+/g, ' ')}</code>,
  },
  {
    id: 'for',
    title: 'For',
    width: '64px',
    fromPx: 700,
    align: 'end',
    sortBy: (row) => row.rule.forMs,
    cell: (row) => (row.rule.forMs === 0 ? <span className="muted">–</span> : printDuration(row.rule.forMs)),
  },
  {
    id: 'took',
    title: 'Took',
    width: '72px',
    fromPx: 780,
    align: 'end',
    sortBy: (row) => row.rule.evaluationDurationMs,
    cell: (row) => (row.rule.lastEvaluationMs === 0 ? '–' : readableDuration(row.rule.evaluationDurationMs)),
  },
  {
    id: 'last',
    title: 'Last run',
    width: '104px',
    align: 'end',
    sortBy: (row) => row.rule.lastEvaluationMs,
    cell: (row) =>
      row.rule.lastEvaluationMs === 0 ? <span className="muted">never</span> : <Ago ms={row.rule.lastEvaluationMs} />,
  },
];

interface RulesGridProps {
  readonly rows: readonly RuleRow[];
  readonly selected: string | null;
  readonly onSelect: (id: string) => void;
}

export function RulesGrid({ rows, selected, onSelect }: RulesGridProps) {
  return (
    <DataGrid
      label="Rules"
      columns={COLUMNS}
      rows={rows}
      keyOf={(row) => row.id}
      selected={selected}
      onSelect={(row) => onSelect(row.id === selected ? '' : row.id)}
      groupOf={(row) => `${row.group.name}\n${row.group.file}`}
      groupHeader={(_name, [first]) =>
        first !== undefined && (
          <>
            {first.group.name}
            <span className="muted" style={{ fontWeight: 400 }}>
              {first.group.file}, every {printDuration(first.group.intervalMs)}
            </span>
          </>
        )
      }
    />
  );
}

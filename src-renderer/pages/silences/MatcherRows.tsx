import { ActionIcon, Autocomplete, Select } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMemo } from 'react';
import type { SilenceMatcher } from '../../../shared/alerts.ts';
import { useCall } from '../../ipc/use-call.ts';
import { MATCH_OPERATORS, type MatchOperator, matcherOf, operatorOf } from '../../state/silence-draft.ts';
import classes from './silences.module.css';

export interface MatcherRow {
  readonly key: string;
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

export function emptyRow(): MatcherRow {
  return { key: crypto.randomUUID(), name: '', operator: '=', value: '' };
}

export function rowsOf(matchers: readonly SilenceMatcher[]): readonly MatcherRow[] {
  return matchers.map((each) => ({ ...emptyRow(), name: each.name, operator: operatorOf(each), value: each.value }));
}

/** The rows that say something. */
export function matchersOf(rows: readonly MatcherRow[]): readonly SilenceMatcher[] {
  return rows.filter((row) => row.name.trim() !== '').map((row) => matcherOf(row.name.trim(), row.operator, row.value));
}

interface MatcherRowsProps {
  readonly rows: readonly MatcherRow[];
  readonly onChange: (rows: readonly MatcherRow[]) => void;
}

/** One line a matcher; there is always an empty one at the end. Names and values come from the alerts there are. */
export function MatcherRows({ rows, onChange }: MatcherRowsProps) {
  const list = useCall('alerts.list', {});
  const known = useMemo(() => {
    const values = new Map<string, Set<string>>();
    for (const alert of list.data?.alerts ?? [])
      for (const [name, value] of Object.entries(alert.labels))
        values.set(name, (values.get(name) ?? new Set()).add(value));
    return values;
  }, [list.data]);
  const change = (key: string, part: Partial<MatcherRow>) => {
    const next = rows.map((row) => (row.key === key ? { ...row, ...part } : row));
    onChange(next.at(-1)?.name === '' ? next : [...next, emptyRow()]);
  };
  return rows.map((row, at) => (
    <div key={row.key} className={classes.row}>
      <Autocomplete
        aria-label={`Label of matcher ${at + 1}`}
        placeholder="label"
        data={[...known.keys()]}
        value={row.name}
        onChange={(name) => change(row.key, { name })}
      />
      <Select
        aria-label={`Operator of matcher ${at + 1}`}
        data={MATCH_OPERATORS.map((operator) => ({ value: operator, label: operator }))}
        value={row.operator}
        allowDeselect={false}
        onChange={(value) => change(row.key, { operator: MATCH_OPERATORS.find((each) => each === value) ?? '=' })}
      />
      <Autocomplete
        aria-label={`Value of matcher ${at + 1}`}
        placeholder="value"
        data={[...(known.get(row.name) ?? [])]}
        value={row.value}
        onChange={(value) => change(row.key, { value })}
      />
      {at < rows.length - 1 ? (
        <ActionIcon
          aria-label={`Remove matcher ${row.name}`}
          onClick={() => onChange(rows.filter((each) => each.key !== row.key))}
        >
          <IconX size={16} stroke={1.5} />
        </ActionIcon>
      ) : (
        <span />
      )}
    </div>
  ));
}

import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Silence } from '../../../shared/alerts.ts';
import { useCall, useChange } from '../../ipc/use-call.ts';
import { DataGrid, type GridColumn } from '../../ui/DataGrid.tsx';
import { FilterField } from '../../ui/FilterField.tsx';
import { Empty, Failure, Waiting } from '../../ui/Notice.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import page from '../../ui/page.module.css';
import { StateFilter } from '../../ui/StateFilter.tsx';
import { StateMark } from '../../ui/StateMark.tsx';
import { Ago } from '../../ui/TimeText.tsx';
import { Matchers } from './Matchers.tsx';
import { SilenceInspector } from './SilenceInspector.tsx';
import { chosenSilenceStates, SILENCE_STATES, type SilencesSearch, silencesShown } from './silences-search.ts';

interface SilencesPageProps {
  readonly search: SilencesSearch;
  readonly onSearch: (search: SilencesSearch) => void;
}

export function silenceLook(silence: Silence) {
  return (
    SILENCE_STATES.find((state) => state.value === silence.state) ?? { word: silence.state, mark: 'inactive' as const }
  );
}

const COLUMNS: readonly GridColumn<Silence>[] = [
  {
    id: 'state',
    title: 'State',
    width: '96px',
    sortBy: (silence) => silence.state,
    cell: (silence) => <StateMark {...silenceLook(silence)} />,
  },
  {
    id: 'matchers',
    title: 'Silences',
    width: 'minmax(200px, 2fr)',
    cell: (silence) => <Matchers matchers={silence.matchers} />,
  },
  {
    id: 'matches',
    title: 'Alerts now',
    width: '80px',
    fromPx: 700,
    align: 'end',
    sortBy: (silence) => silence.matches,
    cell: (silence) => (silence.state === 'expired' ? <span className="muted">–</span> : silence.matches),
  },
  {
    id: 'comment',
    title: 'Comment',
    width: 'minmax(140px, 1.4fr)',
    sortBy: (silence) => silence.comment,
    cell: (silence) => <span className={page.clip}>{silence.comment}</span>,
  },
  {
    id: 'by',
    title: 'By',
    width: '110px',
    fromPx: 860,
    sortBy: (silence) => silence.createdBy,
    cell: (silence) => <span className={page.clip}>{silence.createdBy}</span>,
  },
  {
    id: 'ends',
    title: 'Ends',
    width: '120px',
    align: 'end',
    sortBy: (silence) => silence.endsAtMs,
    cell: (silence) => <Ago ms={silence.endsAtMs} />,
  },
];

export function SilencesPage({ search, onSearch }: SilencesPageProps) {
  const list = useCall('silences.list', {}, { refetchMs: 15_000 });
  const expire = useChange('silences.expire', ['silences.list', 'alerts.list']);
  const silences = list.data ?? [];
  const shown = useMemo(() => silencesShown(silences, search), [silences, search]);
  const selected = silences.find((silence) => silence.id === search.silence);
  const active = silences.filter((silence) => silence.state === 'active').length;
  const expired = silences.filter((silence) => silence.state === 'expired').length;
  const filtered = (search.q ?? '') !== '' || chosenSilenceStates(search).length > 0;
  return (
    <>
      <PageHeader
        title="Silences"
        detail={list.data === undefined ? '' : active === 0 ? 'None active' : `${active} active`}
      >
        <StateFilter
          label="State"
          choices={SILENCE_STATES.map((state) => ({
            ...state,
            count: silences.filter((each) => each.state === state.value).length,
          }))}
          chosen={chosenSilenceStates(search)}
          onChange={(states) => onSearch({ ...search, state: states.join(',') })}
        />
        <FilterField label="Filter silences" value={search.q ?? ''} onChange={(q) => onSearch({ ...search, q })} />
        <Button
          renderRoot={(props) => <Link {...props} to="/silences/new" search={{}} />}
          leftSection={<IconPlus size={16} stroke={1.5} />}
        >
          New silence
        </Button>
      </PageHeader>
      <div className={page.split}>
        <div className={page.main}>
          {list.error !== null && (
            <Failure what="The silences could not be read." error={list.error} retry={() => void list.refetch()} />
          )}
          {list.isPending && <Waiting rows={5} />}
          {list.data !== undefined && shown.length === 0 && !filtered && (
            <Empty title={expired === 0 ? 'There are no silences' : 'No silence is active'}>
              A silence keeps alerts from notifying for a while; they still show, marked as silenced.
              {expired > 0 && ` ${expired} expired ones can be shown with the filter and used again.`}
            </Empty>
          )}
          {shown.length === 0 && filtered && list.data !== undefined && (
            <Empty
              title={`${silences.length} silences are hidden by the filter`}
              action={
                <Button variant="default" onClick={() => onSearch({})}>
                  Clear the filter
                </Button>
              }
            />
          )}
          {shown.length > 0 && (
            <div className={page.fill}>
              <DataGrid
                label="Silences"
                columns={COLUMNS}
                rows={shown}
                keyOf={(silence) => silence.id}
                selected={search.silence ?? null}
                onSelect={(silence) =>
                  onSearch({ ...search, silence: silence.id === search.silence ? '' : silence.id })
                }
              />
            </div>
          )}
        </div>
        {selected !== undefined && (
          <SilenceInspector
            silence={selected}
            expiring={expire.isPending}
            error={expire.error}
            onExpire={() => expire.mutate({ id: selected.id })}
            onClose={() => onSearch({ ...search, silence: '' })}
          />
        )}
      </div>
    </>
  );
}

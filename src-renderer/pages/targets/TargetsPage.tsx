import { Button } from '@mantine/core';
import { useMemo } from 'react';
import type { Target } from '../../../shared/targets.ts';
import { readableDuration } from '../../format/duration.ts';
import { explainScrapeError } from '../../format/scrape-error.ts';
import { useCall, useChange } from '../../ipc/use-call.ts';
import { DataGrid, type GridColumn } from '../../ui/DataGrid.tsx';
import { FilterField } from '../../ui/FilterField.tsx';
import { Labels } from '../../ui/Labels.tsx';
import { Empty, Failure, Waiting } from '../../ui/Notice.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import page from '../../ui/page.module.css';
import { StateFilter } from '../../ui/StateFilter.tsx';
import { StateMark } from '../../ui/StateMark.tsx';
import { wordsParam } from '../../ui/search-text.ts';
import { Ago } from '../../ui/TimeText.tsx';
import { RecentStrip } from './RecentStrip.tsx';
import { TargetInspector } from './TargetInspector.tsx';
import { endpointOf, TARGET_STATES, type TargetsSearch, targetsShown, wordOf } from './targets-search.ts';

interface TargetsPageProps {
  readonly search: TargetsSearch;
  readonly onSearch: (search: TargetsSearch) => void;
}

const STATE_ORDER: Readonly<Record<Target['state'], number>> = { down: 0, unknown: 1, up: 2, gone: 3 };

const COLUMNS: readonly GridColumn<Target>[] = [
  {
    id: 'state',
    title: 'State',
    width: '130px',
    sortBy: (target) => STATE_ORDER[target.state],
    cell: (target) => <StateMark {...wordOf(target.state)} />,
  },
  {
    id: 'url',
    title: 'Endpoint',
    width: 'minmax(160px, 1.4fr)',
    sortBy: (target) => target.url,
    cell: (target) => <code className={page.clip}>{endpointOf(target)}</code>,
  },
  {
    id: 'labels',
    title: 'Labels, or what is wrong',
    width: 'minmax(160px, 2fr)',
    cell: (target) =>
      target.lastError === '' ? (
        <Labels labels={target.labels} without={target.labels.job === target.job ? ['job'] : []} wrap={false} />
      ) : (
        <span className={page.clip} title={target.lastError}>
          {explainScrapeError(target.lastError, target)?.sentence ?? target.lastError}
        </span>
      ),
  },
  {
    id: 'recent',
    title: 'Last 20',
    width: '112px',
    fromPx: 860,
    cell: (target) => <RecentStrip recent={target.recent} />,
  },
  {
    id: 'last',
    title: 'Last scrape',
    width: '110px',
    align: 'end',
    sortBy: (target) => target.lastScrapeMs,
    cell: (target) =>
      target.lastScrapeMs === 0 ? <span className="muted">never</span> : <Ago ms={target.lastScrapeMs} />,
  },
  {
    id: 'duration',
    title: 'Took',
    width: '72px',
    fromPx: 760,
    align: 'end',
    sortBy: (target) => target.lastDurationMs,
    cell: (target) => (target.lastScrapeMs === 0 ? '–' : readableDuration(target.lastDurationMs)),
  },
  {
    id: 'samples',
    title: 'Samples',
    width: '72px',
    fromPx: 960,
    align: 'end',
    sortBy: (target) => target.samplesScraped,
    cell: (target) => target.samplesScraped.toLocaleString(),
  },
];

export function TargetsPage({ search, onSearch }: TargetsPageProps) {
  const list = useCall('targets.list', {}, { refetchMs: 15_000 });
  const scrape = useChange('targets.scrapeNow', ['targets.list']);
  const targets = list.data?.targets ?? [];
  const shown = useMemo(() => targetsShown(targets, search), [targets, search]);
  const selected = targets.find((target) => target.id === search.target);
  const down = targets.filter((target) => target.state === 'down').length;
  return (
    <>
      <PageHeader
        title="Targets"
        detail={
          list.data === undefined ? '' : down === 0 ? `${targets.length} targets` : `${down} of ${targets.length} down`
        }
      >
        <StateFilter
          label="State"
          choices={TARGET_STATES.map((state) => ({
            ...state,
            count: targets.filter((t) => t.state === state.value).length,
          })).filter((choice) => choice.count > 0 || choice.value === 'up')}
          chosen={wordsParam(
            { ...search },
            'state',
            TARGET_STATES.map((each) => each.value),
          )}
          onChange={(states) => onSearch({ ...search, state: states.join(',') })}
        />
        <FilterField label="Filter targets" value={search.q ?? ''} onChange={(q) => onSearch({ ...search, q })} />
      </PageHeader>
      <div className={page.split}>
        <div className={page.main}>
          {list.error !== null && (
            <Failure what="The targets could not be read." error={list.error} retry={() => void list.refetch()} />
          )}
          {list.isPending && <Waiting rows={8} />}
          {list.data !== undefined && targets.length === 0 && (
            <Empty title="There are no targets yet">
              Add a <code>scrape_configs</code> entry to <code>prometheus.yml</code>; Hearth reads it as soon as it is
              told to reload.
            </Empty>
          )}
          {targets.length > 0 && shown.length === 0 && (
            <Empty
              title={`${targets.length} targets are hidden by the filter`}
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
                label="Targets"
                columns={COLUMNS}
                rows={shown}
                keyOf={(target) => target.id}
                selected={search.target ?? null}
                onSelect={(target) => onSearch({ ...search, target: target.id === search.target ? '' : target.id })}
                groupOf={(target) => target.job}
                groupHeader={(job, members) => <JobHeader job={job} targets={members} />}
                onRowKey={(key, target) => {
                  if (key === 'r') scrape.mutate({ id: target.id });
                }}
              />
            </div>
          )}
        </div>
        {selected !== undefined && (
          <TargetInspector
            target={selected}
            scraping={scrape.isPending}
            scrapeError={scrape.error}
            onFilter={(q) => onSearch({ ...search, q })}
            onScrape={() => scrape.mutate({ id: selected.id })}
            onClose={() => onSearch({ ...search, target: '' })}
          />
        )}
      </div>
    </>
  );
}

function JobHeader({ job, targets }: { readonly job: string; readonly targets: readonly Target[] }) {
  const up = targets.filter((target) => target.state === 'up').length;
  return (
    <>
      {job}
      <span className="muted" style={{ fontWeight: 400 }}>
        {up} of {targets.length} up
      </span>
    </>
  );
}

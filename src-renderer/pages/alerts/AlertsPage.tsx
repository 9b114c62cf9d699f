import { Button, SegmentedControl } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { AlertRow } from '../../../shared/alerts.ts';
import { formatValue } from '../../format/unit.ts';
import { useCall } from '../../ipc/use-call.ts';
import { printMatchers, silenceMatchersFor } from '../../state/silence-draft.ts';
import { DataGrid, type GridColumn } from '../../ui/DataGrid.tsx';
import { FilterField } from '../../ui/FilterField.tsx';
import { Labels } from '../../ui/Labels.tsx';
import { Empty, Failure, Waiting } from '../../ui/Notice.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import page from '../../ui/page.module.css';
import { StateFilter } from '../../ui/StateFilter.tsx';
import { StateMark } from '../../ui/StateMark.tsx';
import { Ago } from '../../ui/TimeText.tsx';
import { AlertInspector } from './AlertInspector.tsx';
import { ALERT_STATES, type AlertsSearch, alertsShown, chosenStates, lookOf, rulesShown } from './alerts-search.ts';
import { RuleInspector } from './RuleInspector.tsx';
import { RulesGrid } from './RulesGrid.tsx';

interface AlertsPageProps {
  readonly search: AlertsSearch;
  readonly onSearch: (search: AlertsSearch) => void;
}

const COLUMNS: readonly GridColumn<AlertRow>[] = [
  {
    id: 'state',
    title: 'State',
    width: '104px',
    sortBy: (alert) => ALERT_STATES.findIndex((state) => state.value === alert.state),
    cell: (alert) => <StateMark {...lookOf(alert)} />,
  },
  {
    id: 'name',
    title: 'Alert',
    width: 'minmax(140px, 1fr)',
    sortBy: (alert) => alert.name,
    cell: (alert) => <span className={page.clip}>{alert.name}</span>,
  },
  {
    id: 'summary',
    title: 'Summary',
    width: 'minmax(160px, 1.6fr)',
    cell: (alert) => (
      <span className={page.clip}>{alert.annotations.summary ?? alert.annotations.description ?? ''}</span>
    ),
  },
  {
    id: 'labels',
    title: 'Labels',
    width: 'minmax(140px, 1.4fr)',
    fromPx: 860,
    cell: (alert) => <Labels labels={alert.labels} without={['alertname']} wrap={false} />,
  },
  {
    id: 'value',
    title: 'Value',
    width: '80px',
    fromPx: 640,
    align: 'end',
    sortBy: (alert) => Number(alert.value),
    cell: (alert) => (alert.value === '' ? '–' : formatValue(Number(alert.value.replace('Inf', 'Infinity')), 'none')),
  },
  {
    id: 'since',
    title: 'Since',
    width: '112px',
    align: 'end',
    sortBy: (alert) => -(alert.firedAtMs || alert.activeAtMs),
    cell: (alert) => <Ago ms={alert.firedAtMs || alert.activeAtMs} />,
  },
];

export function AlertsPage({ search, onSearch }: AlertsPageProps) {
  const navigate = useNavigate();
  const list = useCall('alerts.list', {}, { refetchMs: 15_000 });
  const alerts = list.data?.alerts ?? [];
  const groups = list.data?.groups ?? [];
  const shown = useMemo(() => alertsShown(alerts, search), [alerts, search]);
  const rules = useMemo(() => rulesShown(groups, search), [groups, search]);
  const ruleCount = groups.reduce((sum, group) => sum + group.rules.length, 0);
  const showRules = search.view === 'rules';
  const alert = showRules ? undefined : alerts.find((each) => each.fingerprint === search.fingerprint);
  const rule = showRules ? rules.find((each) => each.id === search.rule) : undefined;
  const silence = (of: AlertRow) =>
    void navigate({ to: '/silences/new', search: { m: printMatchers(silenceMatchersFor(of.labels)) } });
  const firing = alerts.filter((each) => each.state === 'firing').length;
  return (
    <>
      <PageHeader
        title="Alerts"
        detail={list.data === undefined ? '' : firing === 0 ? 'Nothing is firing' : `${firing} firing`}
      >
        {!showRules && (
          <StateFilter
            label="State"
            choices={ALERT_STATES.map((state) => ({
              ...state,
              count: alerts.filter((each) => each.state === state.value).length,
            })).filter((choice) => choice.count > 0 || choice.value === 'firing')}
            chosen={chosenStates(search)}
            onChange={(states) => onSearch({ ...search, state: states.join(',') })}
          />
        )}
        <SegmentedControl
          aria-label="What is listed"
          value={showRules ? 'rules' : 'alerts'}
          onChange={(view) => onSearch({ q: search.q ?? '', view })}
          data={[
            { value: 'alerts', label: `Alerts ${alerts.length}` },
            { value: 'rules', label: `Rules ${ruleCount}` },
          ]}
        />
        <FilterField
          label={showRules ? 'Filter rules' : 'Filter alerts'}
          value={search.q ?? ''}
          onChange={(q) => onSearch({ ...search, q })}
        />
      </PageHeader>
      <div className={page.split}>
        <div className={page.main}>
          {list.error !== null && (
            <Failure what="The alerts could not be read." error={list.error} retry={() => void list.refetch()} />
          )}
          {list.isPending && <Waiting rows={8} />}
          {list.data !== undefined && (search.fingerprint ?? '') !== '' && alert === undefined && (
            <div className={page.note} role="status">
              The alert of this link is not there any more: what it was about is over.
            </div>
          )}
          {list.data !== undefined && !showRules && alerts.length === 0 && (
            <Empty title="All quiet">
              {ruleCount === 0
                ? 'There are no rules. Name rule files under rule_files in prometheus.yml.'
                : `${ruleCount} rules are evaluated and none of them has anything to say.`}
            </Empty>
          )}
          {(showRules ? ruleCount > 0 && rules.length === 0 : alerts.length > 0 && shown.length === 0) && (
            <Empty
              title={
                showRules
                  ? `${ruleCount} rules are hidden by the filter`
                  : `${alerts.length} alerts are hidden by the filter`
              }
              action={
                <Button variant="default" onClick={() => onSearch({ view: search.view ?? '' })}>
                  Clear the filter
                </Button>
              }
            />
          )}
          {showRules && ruleCount === 0 && list.data !== undefined && (
            <Empty title="There are no rules">Name rule files under rule_files in prometheus.yml.</Empty>
          )}
          <div className={page.fill}>
            {showRules && rules.length > 0 && (
              <RulesGrid
                rows={rules}
                selected={search.rule ?? null}
                onSelect={(id) => onSearch({ ...search, rule: id })}
              />
            )}
            {!showRules && shown.length > 0 && (
              <DataGrid
                label="Alerts"
                columns={COLUMNS}
                rows={shown}
                keyOf={(each) => each.fingerprint}
                selected={search.fingerprint ?? null}
                onSelect={(each) =>
                  onSearch({ ...search, fingerprint: each.fingerprint === search.fingerprint ? '' : each.fingerprint })
                }
                onRowKey={(key, each) => {
                  if (key === 's') silence(each);
                }}
              />
            )}
          </div>
        </div>
        {alert !== undefined && (
          <AlertInspector
            alert={alert}
            onFilter={(q) => onSearch({ ...search, q })}
            onSilence={() => silence(alert)}
            onClose={() => onSearch({ ...search, fingerprint: '' })}
          />
        )}
        {rule !== undefined && <RuleInspector row={rule} onClose={() => onSearch({ ...search, rule: '' })} />}
      </div>
    </>
  );
}

import { Button, SegmentedControl, Tooltip } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { memo, useCallback, useState } from 'react';
import { QueryEditor } from '../../editor/QueryEditor.tsx';
import { printDuration } from '../../format/duration.ts';
import { scaleRange, shiftRange } from '../../format/time-range.ts';
import { EngineError } from '../../ipc/engine-error.ts';
import { useCall } from '../../ipc/use-call.ts';
import { type QueryTab, useQueryTabs } from '../../state/query-tabs.ts';
import { Empty, Failure, Waiting } from '../../ui/Notice.tsx';
import { ProgressLine } from '../../ui/Panel.tsx';
import { GraphResult } from './GraphResult.tsx';
import { HistoryMenu } from './HistoryMenu.tsx';
import classes from './QueryPage.module.css';
import { QueryTabs } from './QueryTabs.tsx';
import type { QuerySearch } from './query-search.ts';
import { RangePicker } from './RangePicker.tsx';
import { ResultFooter } from './ResultFooter.tsx';
import { RunButton } from './RunButton.tsx';
import { Starters } from './Starters.tsx';
import { TableResult } from './TableResult.tsx';
import { useHistoryTravel } from './use-history-travel.ts';
import { useLinkedTab } from './use-linked-tab.ts';
import { type QueryRun, useQueryRun } from './use-query-run.ts';
import { WhyEmpty } from './WhyEmpty.tsx';

interface QueryPageProps {
  readonly search: QuerySearch;
  readonly onSearch: (search: QuerySearch) => void;
}

export function QueryPage({ search, onSearch }: QueryPageProps) {
  const tab = useLinkedTab(search, onSearch);
  const { ref, width } = useElementSize();
  const status = useCall('status.get', {});
  const [allSeriesOf, setAllSeriesOf] = useState('');
  const run = useQueryRun(tab, {
    widthPx: width,
    // The step depends on it: nothing is asked before it is known, or cannot be.
    scrapeIntervalMs: status.isPending ? null : (status.data?.scrapeIntervalMs ?? 0),
    allSeries: allSeriesOf === `${tab.id} ${tab.query}`,
  });
  const { id, query, range, view } = tab;
  const onAllSeries = useCallback(() => setAllSeriesOf(`${id} ${query}`), [id, query]);
  return (
    <div className={classes.page}>
      <h1 className="visually-hidden">Query</h1>
      <QueryTabs active={tab} />
      <QueryInput key={tab.id} tab={tab} run={run} />
      <Toolbar tab={tab} run={run} />
      <ProgressLine active={run.running} />
      <div
        ref={ref}
        className={classes.result}
        id="query-panel"
        role="tabpanel"
        aria-labelledby={`query-tab-${tab.id}`}
      >
        <Result id={id} query={query} range={range} view={view} run={run} onAllSeries={onAllSeries} />
      </div>
      {tab.query !== '' && <ResultFooter run={run} />}
    </div>
  );
}

function QueryInput({ tab, run }: { readonly tab: QueryTab; readonly run: QueryRun }) {
  const tabs = useQueryTabs.getState();
  const travel = useHistoryTravel(tab.text);
  const error =
    run.error instanceof EngineError && run.error.span !== null && tab.text === tab.query
      ? { message: run.error.message, ...run.error.span }
      : null;
  return (
    <div className={classes.input}>
      <div className={classes.editor}>
        <QueryEditor
          value={tab.text}
          onChange={(text) => tabs.change(tab.id, { text })}
          onRun={(text) => tabs.run(tab.id, text)}
          error={error}
          onHistory={travel}
        />
      </div>
      <HistoryMenu onPick={(query) => tabs.run(tab.id, query)} />
      <RunButton run={run} onRun={() => tabs.run(tab.id, tab.text)} />
    </div>
  );
}

function Toolbar({ tab, run }: { readonly tab: QueryTab; readonly run: QueryRun }) {
  const tabs = useQueryTabs.getState();
  const relative = tab.range.kind === 'relative' && tab.range.toAgoMs === 0;
  return (
    <div className={classes.toolbar}>
      <SegmentedControl
        aria-label="How the result is shown"
        value={tab.view}
        onChange={(view) => tabs.change(tab.id, { view: view === 'table' ? 'table' : 'graph' })}
        data={[
          { value: 'graph', label: 'Graph' },
          { value: 'table', label: 'Table' },
        ]}
      />
      <span className={classes.step}>{tab.view === 'graph' && `Step ${printDuration(run.grid.stepMs)}`}</span>
      <div className={classes.spacer} />
      <Tooltip label={relative ? 'Ask again by itself as time goes on' : 'A fixed range does not move'}>
        <Button
          variant={tab.live && relative ? 'light' : 'default'}
          aria-pressed={tab.live}
          disabled={!relative}
          onClick={() => tabs.change(tab.id, { live: !tab.live })}
          leftSection={
            tab.live ? <IconPlayerPause size={14} stroke={1.5} /> : <IconPlayerPlay size={14} stroke={1.5} />
          }
        >
          Live
        </Button>
      </Tooltip>
      <RangePicker
        range={tab.range}
        onRange={(range) => tabs.setRange(tab.id, range)}
        onZoomBack={tab.zoomedFrom.length > 0 ? () => tabs.zoomBack(tab.id) : null}
      />
    </div>
  );
}

/** What of a tab its result depends on; not the text being typed. */
type Shown = Pick<QueryTab, 'id' | 'query' | 'range' | 'view'>;

interface ResultProps extends Shown {
  readonly run: QueryRun;
  readonly onAllSeries: () => void;
}

const Result = memo(function Result({ run, onAllSeries, ...tab }: ResultProps) {
  const tabs = useQueryTabs.getState();
  const { result } = run;
  if (tab.query === '') return <Starters onPick={(query) => tabs.run(tab.id, query)} />;
  if (run.cancelled && result === null)
    return (
      <Empty
        title="Cancelled"
        action={
          <Button variant="default" onClick={() => tabs.run(tab.id, tab.query)}>
            Run again
          </Button>
        }
      />
    );
  if (run.error !== null && !run.running)
    return (
      <Failure
        what={failureOf(run.error)}
        error={run.error}
        {...(isParseError(run.error) ? {} : { retry: () => tabs.run(tab.id, tab.query) })}
      />
    );
  if (result === null) return <Waiting rows={6} />;
  if (isEmpty(result)) return <WhyEmpty query={tab.query} interval={run.interval} atOnce={result.kind === 'table'} />;
  if (result.kind === 'table') return <TableResult reply={result.reply} query={tab.query} />;
  return (
    <GraphResult
      query={tab.query}
      reply={result.reply}
      interval={run.interval}
      onAllSeries={onAllSeries}
      onZoom={({ startMs, endMs }) =>
        tabs.zoom(tab.id, { kind: 'absolute', startMs, endMs: Math.max(endMs, startMs + 1000) })
      }
      onZoomBack={() => tabs.zoomBack(tab.id)}
      onRangeKey={(key) => rangeKey(key, tab)}
    />
  );
});

/** The keys of a chart that change the range or the view. */
function rangeKey(key: string, tab: Shown): boolean {
  const tabs = useQueryTabs.getState();
  const now = Date.now();
  switch (key) {
    case '+':
    case '=':
      tabs.zoom(tab.id, scaleRange(tab.range, 0.5, now));
      return true;
    case '-':
      tabs.zoom(tab.id, scaleRange(tab.range, 2, now));
      return true;
    case '[':
      tabs.setRange(tab.id, shiftRange(tab.range, -0.5, now));
      return true;
    case ']':
      tabs.setRange(tab.id, shiftRange(tab.range, 0.5, now));
      return true;
    case 't':
      tabs.change(tab.id, { view: 'table' });
      return true;
    default:
      return false;
  }
}

function isEmpty(result: NonNullable<QueryRun['result']>): boolean {
  if (result.kind === 'graph') return result.reply.labels.length === 0;
  const { value } = result.reply;
  return (value.kind === 'vector' && value.labels.length === 0) || (value.kind === 'raw' && value.series.length === 0);
}

function isParseError(error: Error): boolean {
  return error instanceof EngineError && error.kind === 'parse';
}

function failureOf(error: Error): string {
  if (!(error instanceof EngineError)) return 'The query failed.';
  switch (error.kind) {
    case 'parse':
      return 'This is not a query yet; the place is marked in the editor.';
    case 'timeout':
      return 'The query took too long and was stopped.';
    case 'unavailable':
      return 'The engine does not answer.';
    case 'bad-request':
    case 'execution':
    case 'cancelled':
    case 'not-found':
    case 'internal':
      return 'The query failed.';
  }
}

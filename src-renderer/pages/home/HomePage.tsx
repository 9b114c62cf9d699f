import { SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCall } from '../../ipc/use-call.ts';
import { Empty, Failure, Waiting } from '../../ui/Notice.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import page from '../../ui/page.module.css';
import { Ago } from '../../ui/TimeText.tsx';
import classes from './HomePage.module.css';
import { MachineStrip } from './MachineStrip.tsx';
import { filledSpan, machineSelector, machineTarget, watchedQuery } from './machine.ts';
import { Problems } from './Problems.tsx';
import { Services } from './Services.tsx';
import { useFigure } from './use-figure.ts';

const MINUTE = 60_000;
/** How often it is asked for how long there have been figures. */
const WATCHED_MS = 5000;
const SPANS = [
  { value: String(15 * MINUTE), label: '15 min' },
  { value: String(60 * MINUTE), label: '1 h' },
  { value: String(360 * MINUTE), label: '6 h' },
  { value: String(1440 * MINUTE), label: '24 h' },
];

export function HomePage() {
  const [span, setSpan] = useState(String(15 * MINUTE));
  const status = useCall('status.get', {}, { refetchMs: 5000 });
  const targets = useCall('targets.list', {}, { refetchMs: 15_000 });
  const alerts = useCall('alerts.list', {}, { refetchMs: 15_000 });
  const scrapeIntervalMs = status.data?.scrapeIntervalMs ?? 15_000;
  const machine = machineTarget(targets.data?.targets ?? []);
  const selector = machineSelector(machine);
  const watched = useFigure(targets.data === undefined ? '' : watchedQuery(selector, Number(span)), WATCHED_MS);
  const spanMs = watched.isPending ? null : filledSpan(Number(span), (watched.data ?? 0) * 1000);
  return (
    <>
      <PageHeader title="Home">
        <SegmentedControl aria-label="Time range" value={span} onChange={setSpan} data={SPANS} />
      </PageHeader>
      <div className={page.scroll}>
        <div className={classes.home}>
          <Problems status={status.data} alerts={alerts.data?.alerts ?? []} targets={targets.data?.targets ?? []} />
          <section>
            <h2 className={classes.heading}>This machine</h2>
            <MachineStrip selector={selector} spanMs={spanMs} intervalMs={machine?.intervalMs ?? scrapeIntervalMs} />
          </section>
          <section>
            <h2 className={classes.heading}>Services</h2>
            {targets.error !== null && targets.data === undefined && (
              <Failure
                what="The targets could not be read."
                error={targets.error}
                retry={() => void targets.refetch()}
              />
            )}
            {targets.isPending && <Waiting rows={3} />}
            {targets.data?.targets.length === 0 && (
              <Empty title="Nothing is scraped yet">
                Add a <code>scrape_configs</code> entry to <code>{status.data?.configFile ?? 'prometheus.yml'}</code>.
              </Empty>
            )}
            {targets.data !== undefined && targets.data.targets.length > 0 && (
              <Services
                targets={targets.data.targets}
                spanMs={spanMs ?? Number(span)}
                scrapeIntervalMs={scrapeIntervalMs}
              />
            )}
          </section>
          <RecentQueries />
        </div>
      </div>
    </>
  );
}

function RecentQueries() {
  const history = useCall('query.history', { search: '', limit: 6 });
  if (history.data === undefined || history.data.length === 0) return null;
  return (
    <section>
      <h2 className={classes.heading}>Recent queries</h2>
      <ul className={classes.recent}>
        {history.data.map((entry) => (
          <li key={entry.query}>
            <Link to="/query" search={{ expr: entry.query }}>
              <code>{entry.query}</code>
            </Link>
            <span className="muted">
              <Ago ms={entry.lastRunMs} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

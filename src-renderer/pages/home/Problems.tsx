import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AlertRow } from '../../../shared/alerts.ts';
import type { Status } from '../../../shared/status.ts';
import type { Target } from '../../../shared/targets.ts';
import { explainScrapeError } from '../../format/scrape-error.ts';
import { type Mark, StateShape } from '../../ui/StateMark.tsx';
import { Ago } from '../../ui/TimeText.tsx';
import classes from './HomePage.module.css';
import { nameOf } from './machine.ts';

interface ProblemsProps {
  readonly status: Status | undefined;
  readonly alerts: readonly AlertRow[];
  readonly targets: readonly Target[];
}

const MOST_SHOWN = 8;

/** All that wants attention, worst first; nothing but one quiet line when nothing does. */
export function Problems({ status, alerts, targets }: ProblemsProps) {
  const firing = alerts.filter((alert) => alert.state === 'firing');
  const down = targets.filter((target) => target.state === 'down');
  const refused = status?.configProblems ?? [];
  const lost = status?.storageProblems ?? [];
  const waiting = targets.filter((target) => target.state === 'unknown').length;
  const count = firing.length + down.length + refused.length + lost.length;
  if (status === undefined) return null;
  if (count === 0)
    return (
      <p className={classes.fine}>
        <StateShape mark="ok" /> No problems. {status.targetsUp} of {status.targetsTotal} targets up
        {waiting > 0 && `, ${waiting} not scraped yet`}, nothing firing.
      </p>
    );
  return (
    <section className={classes.problems} aria-label="Problems">
      <h2 className={classes.heading}>
        {count} {count === 1 ? 'problem' : 'problems'}
      </h2>
      {refused.map((problem) => (
        <Problem key={`${problem.file}:${problem.line}:${problem.column}`} mark="critical" what="Configuration refused">
          <code>
            {problem.file}:{problem.line}:{problem.column}
          </code>{' '}
          {problem.reason}.{' '}
          {problem.running === 'last-good' ? 'The last good one is in force.' : 'The defaults are in force.'}
        </Problem>
      ))}
      {lost.map((words) => (
        <Problem key={words} mark="critical" what="Storage">
          {words}
        </Problem>
      ))}
      {firing.slice(0, MOST_SHOWN).map((alert) => (
        <Problem
          key={alert.fingerprint}
          mark={/^(?:warning|warn|info)$/.test(alert.labels.severity ?? '') ? 'warning' : 'critical'}
          what={
            <Link to="/alerts" search={{ fingerprint: alert.fingerprint }}>
              {alert.name}
            </Link>
          }
          since={alert.firedAtMs}
        >
          {alert.annotations.summary ?? alert.annotations.description ?? alert.labels.instance ?? ''}
        </Problem>
      ))}
      {down.slice(0, MOST_SHOWN).map((target) => (
        <Problem
          key={target.id}
          mark="down"
          what={
            <Link to="/targets" search={{ target: target.id }}>
              {nameOf(target)} {target.labels.instance ?? ''}
            </Link>
          }
          since={target.lastScrapeMs}
        >
          {explainScrapeError(target.lastError, target)?.sentence ?? target.lastError}
        </Problem>
      ))}
      {firing.length > MOST_SHOWN && <Link to="/alerts">{firing.length - MOST_SHOWN} more alerts</Link>}
      {down.length > MOST_SHOWN && (
        <Link to="/targets" search={{ state: 'down' }}>
          {down.length - MOST_SHOWN} more targets
        </Link>
      )}
    </section>
  );
}

interface ProblemProps {
  readonly mark: Mark;
  readonly what: ReactNode;
  readonly since?: number;
  readonly children: ReactNode;
}

function Problem({ mark, what, since, children }: ProblemProps) {
  return (
    <div className={classes.problem}>
      <StateShape mark={mark} />
      <strong className={classes.problemName}>{what}</strong>
      <span className={classes.problemText}>{children}</span>
      {since !== undefined && since > 0 && (
        <span className="muted">
          <Ago ms={since} />
        </span>
      )}
    </div>
  );
}

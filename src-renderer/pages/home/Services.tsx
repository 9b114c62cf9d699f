import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Target } from '../../../shared/targets.ts';
import { Sparkline } from '../../chart/Sparkline.tsx';
import { readableDuration } from '../../format/duration.ts';
import { autoStep } from '../../format/step.ts';
import { StateShape } from '../../ui/StateMark.tsx';
import classes from './HomePage.module.css';
import { nameOf } from './machine.ts';
import { useLiveQuery } from './use-range-query.ts';

interface ServicesProps {
  readonly targets: readonly Target[];
  readonly spanMs: number;
  readonly scrapeIntervalMs: number;
}

const MOST_CARDS = 60;
const REFETCH_MS = 15_000;
const STATE_WORDS = {
  up: { word: 'up', mark: 'ok' },
  down: { word: 'down', mark: 'down' },
  unknown: { word: 'not scraped yet', mark: 'pending' },
  gone: { word: 'gone', mark: 'inactive' },
} as const;
const ORDER = ['down', 'up', 'unknown', 'gone'];

/** A card a target: what it is, how it is, and how long it takes to answer. One query draws all sparklines. */
export function Services({ targets, spanMs, scrapeIntervalMs }: ServicesProps) {
  const stepMs = autoStep({ spanMs, widthPx: 160, floorMs: scrapeIntervalMs });
  const live = useLiveQuery({
    query: targets.length > MOST_CARDS ? '' : 'scrape_duration_seconds',
    spanMs,
    stepMs,
    refetchMs: REFETCH_MS,
    limit: 4 * MOST_CARDS,
  });
  const lines = useMemo(() => {
    const reply = live.data?.reply;
    if (reply === undefined) return new Map<string, Float64Array>();
    return new Map(
      reply.labels.map((labels, at) => [
        keyOf(labels.job, labels.instance),
        reply.values.subarray(at * reply.stepCount, (at + 1) * reply.stepCount),
      ]),
    );
  }, [live.data]);
  const shown = useMemo(
    () =>
      [...targets]
        .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || nameOf(a).localeCompare(nameOf(b)))
        .slice(0, MOST_CARDS),
    [targets],
  );
  return (
    <>
      <div className={classes.cards}>
        {shown.map((target) => (
          <ServiceCard
            key={target.id}
            target={target}
            values={lines.get(keyOf(target.labels.job, target.labels.instance)) ?? null}
          />
        ))}
      </div>
      {targets.length > shown.length && <Link to="/targets">All {targets.length} targets</Link>}
    </>
  );
}

function keyOf(job: string | undefined, instance: string | undefined): string {
  return `${job ?? ''}\n${instance ?? ''}`;
}

function ServiceCard({ target, values }: { readonly target: Target; readonly values: Float64Array | null }) {
  const { word, mark } = STATE_WORDS[target.state];
  const instance = target.labels.instance ?? target.url;
  return (
    <Link to="/targets" search={{ target: target.id }} className={classes.card}>
      <span className={classes.cardHead}>
        <StateShape mark={mark} />
        <strong className={classes.cardName}>{nameOf(target)}</strong>
        <span className="muted">{target.state === 'up' ? readableDuration(target.lastDurationMs) : word}</span>
        {target.state === 'up' && <span className="visually-hidden">up</span>}
      </span>
      <span className={classes.cardInstance}>{instance}</span>
      <span className={classes.cardLine}>
        {values !== null && <Sparkline values={values} label={`How long ${nameOf(target)} takes to answer`} />}
      </span>
    </Link>
  );
}

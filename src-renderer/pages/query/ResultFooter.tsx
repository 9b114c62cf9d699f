import { Popover } from '@mantine/core';
import { printDuration, readableDuration } from '../../format/duration.ts';
import { formatValue } from '../../format/unit.ts';
import { StateShape } from '../../ui/StateMark.tsx';
import classes from './QueryPage.module.css';
import type { QueryRun } from './use-query-run.ts';

/** What the answer cost: always there, never asked for. */
export function ResultFooter({ run }: { readonly run: QueryRun }) {
  const { result } = run;
  if (result === null) return <div className={classes.footer} />;
  const { stats, warnings, infos, totalSeries } = result.reply;
  const points = result.kind === 'graph' ? result.reply.stepCount : 1;
  return (
    <div className={classes.footer}>
      <span>{totalSeries.toLocaleString()} series</span>
      {result.kind === 'graph' && (
        <span>
          {points.toLocaleString()} points, step {printDuration(result.reply.stepMs)}
        </span>
      )}
      <span>{formatValue(stats.samplesRead, 'none', 3)} samples read</span>
      <span>{readableDuration(stats.prepareMs + stats.evalMs)} in the engine</span>
      <span>{readableDuration(result.totalMs)} in all</span>
      <div className={classes.spacer} />
      <Annotations title="warning" mark="warning" texts={warnings} />
      <Annotations title="note" mark="pending" texts={infos} />
    </div>
  );
}

interface AnnotationsProps {
  readonly title: string;
  readonly mark: 'warning' | 'pending';
  readonly texts: readonly string[];
}

function Annotations({ title, mark, texts }: AnnotationsProps) {
  if (texts.length === 0) return null;
  return (
    <Popover position="top-end" width={480}>
      <Popover.Target>
        <button type="button" className={classes.annotation}>
          <StateShape mark={mark} /> {texts.length} {texts.length === 1 ? title : `${title}s`}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {texts.map((text) => (
          <p key={text} style={{ margin: '0 0 4px' }}>
            {text}
          </p>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}

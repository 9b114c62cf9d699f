import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import type { SilenceMatcher } from '../../../shared/alerts.ts';
import { useCall } from '../../ipc/use-call.ts';
import { printMatchers } from '../../state/silence-draft.ts';
import { Labels } from '../../ui/Labels.tsx';
import { Empty, Failure } from '../../ui/Notice.tsx';
import { ProgressLine } from '../../ui/Panel.tsx';
import { StateShape } from '../../ui/StateMark.tsx';
import classes from './silences.module.css';

/** What the silence would silence now, while it is being written. */
export function SilencePreview({ matchers }: { readonly matchers: readonly SilenceMatcher[] }) {
  const text = printMatchers(matchers);
  // The array is new at each keystroke; its text says whether it changed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const stable = useMemo(() => [...matchers], [text]);
  const [settled] = useDebouncedValue(stable, 200);
  const preview = useCall(
    'silences.preview',
    { matchers: settled },
    { enabled: settled.length > 0, keepPrevious: true },
  );
  const count = settled.length === 0 ? 0 : (preview.data?.matched.length ?? 0);
  return (
    <section className={classes.preview} aria-live="polite" aria-label="Preview">
      <h2 className={classes.previewHead}>
        {settled.length === 0 || preview.data === undefined
          ? 'Preview'
          : `Silences ${count} of ${preview.data.total} ${preview.data.total === 1 ? 'alert' : 'alerts'} now`}
      </h2>
      <ProgressLine active={preview.isFetching} />
      <div className={classes.previewBody}>
        {preview.error !== null && <Failure what="The preview failed." error={preview.error} />}
        {settled.length === 0 && (
          <Empty title="Nothing yet">Name a label, and the alerts that it silences show here.</Empty>
        )}
        {settled.length > 0 && preview.data !== undefined && count === 0 && (
          <Empty title="No alert matches now">The silence holds for alerts that come while it lasts.</Empty>
        )}
        {count > 0 &&
          preview.data?.matched.map((alert) => (
            <div key={alert.fingerprint} className={classes.alert}>
              <div className={classes.alertHead}>
                <strong>{alert.name}</strong>
                <span className="muted">
                  <StateShape mark={alert.state === 'firing' ? 'critical' : 'pending'} size={10} /> {alert.state}
                </span>
              </div>
              <Labels labels={alert.labels} without={['alertname']} />
            </div>
          ))}
      </div>
    </section>
  );
}

import type { ReactNode } from 'react';
import classes from './Panel.module.css';

interface PanelProps {
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  /** New data is on its way; what is shown is the last. */
  readonly refreshing?: boolean;
  readonly flush?: boolean;
  readonly children: ReactNode;
}

export function Panel({ title, actions, refreshing = false, flush = false, children }: PanelProps) {
  return (
    <section className={classes.panel}>
      <div className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        <div className={classes.actions}>{actions}</div>
      </div>
      <ProgressLine active={refreshing} />
      <div className={flush ? classes.flush : classes.body}>{children}</div>
    </section>
  );
}

/** Two pixels that say "under way" without moving anything; comes only after 150 ms. */
export function ProgressLine({ active }: { readonly active: boolean }) {
  return <div className={classes.progress} data-active={active} aria-hidden="true" />;
}

import type { ReactNode } from 'react';
import classes from './PageHeader.module.css';

interface PageHeaderProps {
  readonly title: string;
  /** A short fact beside the title. */
  readonly detail?: ReactNode;
  readonly children?: ReactNode;
}

export function PageHeader({ title, detail, children }: PageHeaderProps) {
  return (
    <header className={classes.header}>
      <h1 className={classes.title}>{title}</h1>
      {detail !== undefined && <span className={classes.detail}>{detail}</span>}
      <div className={classes.actions}>{children}</div>
    </header>
  );
}

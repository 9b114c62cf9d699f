import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import classes from './Inspector.module.css';

interface InspectorProps {
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Details of what is selected, at the right; over the page where the window is narrow. */
export function Inspector({ title, actions, onClose, children }: InspectorProps) {
  useEffect(() => {
    const close = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) onClose();
    };
    window.addEventListener('keydown', close);
    return () => window.removeEventListener('keydown', close);
  }, [onClose]);
  return (
    <aside className={classes.inspector} aria-label="Details">
      <div className={classes.head}>
        <h2 className={classes.title}>{title}</h2>
        <ActionIcon aria-label="Close details (Esc)" onClick={onClose}>
          <IconX size={16} stroke={1.5} />
        </ActionIcon>
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      <div className={classes.body}>{children}</div>
    </aside>
  );
}

export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className={classes.facts}>{children}</dl>;
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

interface SectionProps {
  readonly title: string;
  /** 3 within an inspector, 2 right under the title of a page. */
  readonly level?: 2 | 3;
  readonly children: ReactNode;
}

export function Section({ title, level = 3, children }: SectionProps) {
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <section className={classes.section}>
      <Heading className={classes.sectionTitle}>{title}</Heading>
      {children}
    </section>
  );
}

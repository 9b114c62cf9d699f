import { Button, CopyButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { EngineError } from '../ipc/engine-error.ts';
import classes from './Notice.module.css';
import { StateShape } from './StateMark.tsx';

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** Nothing to show: says why, and offers one thing to do. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className={classes.empty}>
      <p className={classes.title}>{title}</p>
      {children !== undefined && <div className={classes.reason}>{children}</div>}
      {action}
    </div>
  );
}

interface FailureProps {
  /** What could not be done, as a sentence. */
  readonly what: string;
  readonly error: Error;
  readonly retry?: () => void;
}

const ADVICE: Readonly<Partial<Record<EngineError['kind'], string>>> = {
  unavailable: 'It is tried again by itself as soon as the engine answers.',
  timeout: 'Ask for a shorter range or fewer series.',
};

/** A call that failed: sentence, cause, one action, and the details to copy. */
export function Failure({ what, error, retry }: FailureProps) {
  const advice = error instanceof EngineError ? ADVICE[error.kind] : undefined;
  return (
    <div className={classes.failure} role="alert">
      <StateShape mark="critical" size={14} />
      <div className={classes.words}>
        <p className={classes.title}>{what}</p>
        <p className={classes.cause}>{error.message}</p>
        {advice !== undefined && <p className={classes.reason}>{advice}</p>}
      </div>
      <div className={classes.buttons}>
        {retry !== undefined && (
          <Button variant="default" onClick={retry}>
            Try again
          </Button>
        )}
        <CopyButton value={`${what}\n${error.name}: ${error.message}`}>
          {({ copied, copy }) => (
            <Button variant="subtle" color="gray" onClick={copy}>
              {copied ? 'Copied' : 'Copy details'}
            </Button>
          )}
        </CopyButton>
      </div>
    </div>
  );
}

/** Grey bars where content will be. Invisible for 150 ms, so that quick answers do not flicker. */
export function Waiting({ rows = 6 }: { readonly rows?: number }) {
  return (
    <div className={classes.waiting} role="status">
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: rows }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars have no identity
        <div key={at} className={classes.bar} style={{ width: `${90 - ((at * 37) % 45)}%` }} />
      ))}
    </div>
  );
}

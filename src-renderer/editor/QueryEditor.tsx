import { lazy, Suspense } from 'react';
import classes from './QueryEditor.module.css';

export interface EditorError {
  readonly message: string;
  readonly from: number;
  readonly to: number;
}

export interface QueryEditorProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onRun: (value: string) => void;
  /** Where the engine found the query wrong, for the text that it was given. */
  readonly error: EditorError | null;
  /** Earlier (-1) and later (1) queries; null when there is none that way. */
  readonly onHistory: (direction: -1 | 1) => string | null;
}

const MonacoQueryEditor = lazy(() =>
  import('./MonacoQueryEditor.tsx').then((module) => ({ default: module.MonacoQueryEditor })),
);

/** A plain field that can already be typed in, until Monaco has come. */
export function QueryEditor(props: QueryEditorProps) {
  return (
    <Suspense fallback={<PlainEditor {...props} />}>
      <MonacoQueryEditor {...props} />
    </Suspense>
  );
}

function PlainEditor({ value, onChange, onRun }: QueryEditorProps) {
  return (
    <textarea
      className={classes.plain}
      aria-label="Query"
      spellCheck={false}
      rows={Math.min(10, value.split('\n').length)}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || event.shiftKey) return;
        event.preventDefault();
        onRun(event.currentTarget.value);
      }}
    />
  );
}

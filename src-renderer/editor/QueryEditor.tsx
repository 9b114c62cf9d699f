import { lazy, Suspense } from 'react';
import classes from './QueryEditor.module.css';
import type { QueryEditorProps } from './query-editor-props.ts';

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

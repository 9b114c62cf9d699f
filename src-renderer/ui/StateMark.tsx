import classes from './StateMark.module.css';

export type Mark = 'ok' | 'down' | 'critical' | 'warning' | 'pending' | 'silenced' | 'inhibited' | 'inactive';

/** Each state has a shape of its own: colour is never the only difference. Drawn in a 12 x 12 box. */
const SHAPES: Readonly<Record<Mark, string>> = {
  ok: 'M6 1.500a4.500 4.500 0 1 1 0 9a4.500 4.500 0 1 1 0-9z',
  down: 'M2 2h8v8H2z',
  critical: 'M2 2h8v8H2z',
  warning: 'M6 1l5.500 10h-11z',
  pending: 'M6 1a5 5 0 1 1 0 10a5 5 0 1 1 0-10zm0 1.500a3.500 3.500 0 1 0 0 7z',
  silenced: 'M7.500 1a5 5 0 1 0 3.500 7.500A4.500 4.500 0 0 1 7.500 1z',
  inhibited: 'M6 1a5 5 0 1 1 0 10a5 5 0 1 1 0-10zM3 5.250h6v1.500H3z',
  inactive: 'M6 1.500a4.500 4.500 0 1 1 0 9a4.500 4.500 0 1 1 0-9zm0 1.500a3 3 0 1 0 0 6a3 3 0 1 0 0-6z',
};

/** The shape alone; the word stands beside it. */
export function StateShape({ mark, size = 12 }: { readonly mark: Mark; readonly size?: number }) {
  return (
    <svg className={classes.shape} data-mark={mark} width={size} height={size} viewBox="0 0 12 12" aria-hidden="true">
      <path d={SHAPES[mark]} fillRule="evenodd" />
    </svg>
  );
}

/** Shape, colour and word. */
export function StateMark({ mark, word }: { readonly mark: Mark; readonly word: string }) {
  return (
    <span className={classes.state} data-mark={mark}>
      <StateShape mark={mark} />
      <span>{word}</span>
    </span>
  );
}

import classes from './StateFilter.module.css';
import { type Mark, StateShape } from './StateMark.tsx';

export interface StateChoice<S extends string> {
  readonly value: S;
  readonly word: string;
  readonly mark: Mark;
  readonly count: number;
}

interface StateFilterProps<S extends string> {
  readonly label: string;
  readonly choices: readonly StateChoice<S>[];
  /** Empty: all. */
  readonly chosen: readonly S[];
  readonly onChange: (chosen: readonly S[]) => void;
}

/** One toggle a state, with its count. None pressed means all are shown. */
export function StateFilter<S extends string>({ label, choices, chosen, onChange }: StateFilterProps<S>) {
  const toggle = (value: S) =>
    onChange(chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value]);
  return (
    <fieldset className={classes.group} aria-label={label}>
      {choices.map((choice) => (
        <button
          key={choice.value}
          type="button"
          className={classes.toggle}
          aria-pressed={chosen.includes(choice.value)}
          onClick={() => toggle(choice.value)}
        >
          <StateShape mark={choice.mark} />
          {choice.word}
          <span className={classes.count}>{choice.count}</span>
        </button>
      ))}
    </fieldset>
  );
}

import type { LabelRecord } from '../../shared/labels.ts';
import classes from './Labels.module.css';

interface LabelsProps {
  readonly labels: LabelRecord;
  /** Left out, because they are shown elsewhere. */
  readonly without?: readonly string[];
  readonly onPick?: (name: string, value: string) => void;
  readonly wrap?: boolean;
}

/** Label chips: the name quiet, the value plain. */
export function Labels({ labels, without = [], onPick, wrap = true }: LabelsProps) {
  const shown = Object.entries(labels).filter(([name]) => !without.includes(name));
  return (
    <span className={classes.labels} data-wrap={wrap}>
      {shown.map(([name, value]) =>
        onPick === undefined ? (
          <span key={name} className={classes.chip}>
            <Chip name={name} value={value} />
          </span>
        ) : (
          <button
            key={name}
            type="button"
            className={classes.chip}
            title={`Show only ${name}="${value}"`}
            onClick={(event) => {
              event.stopPropagation();
              onPick(name, value);
            }}
          >
            <Chip name={name} value={value} />
          </button>
        ),
      )}
    </span>
  );
}

function Chip({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <span className={classes.name}>{name}=</span>
      {value}
    </>
  );
}

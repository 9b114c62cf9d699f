import type { SilenceMatcher } from '../../../shared/alerts.ts';
import { operatorOf } from '../../state/silence-draft.ts';
import classes from './silences.module.css';

export function Matchers({
  matchers,
  wrap = false,
}: {
  readonly matchers: readonly SilenceMatcher[];
  readonly wrap?: boolean;
}) {
  return (
    <span className={classes.matchers} data-wrap={wrap}>
      {matchers.map((matcher) => (
        <span key={`${matcher.name}${operatorOf(matcher)}${matcher.value}`} className={classes.matcher}>
          <span className="muted">
            {matcher.name}
            {operatorOf(matcher)}
          </span>
          {matcher.value === '' ? '""' : matcher.value}
        </span>
      ))}
    </span>
  );
}

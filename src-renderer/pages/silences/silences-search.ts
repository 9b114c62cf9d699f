import type { Silence } from '../../../shared/alerts.ts';
import { printMatchers } from '../../state/silence-draft.ts';
import type { Mark } from '../../ui/StateMark.tsx';
import { textParam, wordsParam } from '../../ui/search-text.ts';

export const SILENCE_STATES: readonly {
  readonly value: Silence['state'];
  readonly word: string;
  readonly mark: Mark;
}[] = [
  { value: 'active', word: 'Active', mark: 'silenced' },
  { value: 'pending', word: 'Pending', mark: 'pending' },
  { value: 'expired', word: 'Expired', mark: 'inactive' },
];

export interface SilencesSearch {
  readonly q?: string;
  readonly state?: string;
  readonly silence?: string;
}

export function parseSilencesSearch(search: Record<string, unknown>): SilencesSearch {
  return { q: textParam(search, 'q'), state: textParam(search, 'state'), silence: textParam(search, 'silence') };
}

export function chosenSilenceStates(search: SilencesSearch): readonly Silence['state'][] {
  return wordsParam(
    { ...search },
    'state',
    SILENCE_STATES.map((each) => each.value),
  );
}

/** Without a choice the expired ones stay out of the way: there may be hundreds. */
export function silencesShown(silences: readonly Silence[], search: SilencesSearch): readonly Silence[] {
  const states = chosenSilenceStates(search);
  const words = (search.q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return silences
    .filter((each) =>
      states.length === 0 ? each.state !== 'expired' || each.id === search.silence : states.includes(each.state),
    )
    .filter((each) => {
      const text = `${printMatchers(each.matchers)} ${each.comment} ${each.createdBy} ${each.id}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => orderOf(a) - orderOf(b) || a.endsAtMs - b.endsAtMs);
}

function orderOf(silence: Silence): number {
  return SILENCE_STATES.findIndex((each) => each.value === silence.state);
}

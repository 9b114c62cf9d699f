import { useRef } from 'react';
import { useCall } from '../../ipc/use-call.ts';

/** Steps through the history as a shell does: back from what was being typed, and forward to it again. */
export function useHistoryTravel(text: string): (direction: -1 | 1) => string | null {
  const history = useCall('query.history', { search: '', limit: 100 });
  const at = useRef(-1);
  const shown = useRef<string | null>(null);
  const typed = useRef('');
  return (direction) => {
    // Something was typed since: that is where the journey begins now.
    if (text !== shown.current) {
      at.current = -1;
      typed.current = text;
    }
    const entries = (history.data ?? []).filter((entry) => entry.query !== typed.current);
    const next = at.current - direction;
    const target = next === -1 ? typed.current : entries[next]?.query;
    if (next < -1 || target === undefined) return null;
    at.current = next;
    shown.current = target;
    return target;
  };
}

import { useEffect, useRef } from 'react';
import { usePreferences } from '../state/preferences.ts';
import { isTyping } from '../ui/FilterField.tsx';
import { openPalette } from './CommandPalette.tsx';

const PAGES: readonly string[] = ['/', '/query', '/targets', '/alerts', '/silences'];
const LETTERS: Readonly<Record<string, string>> = { h: '/', q: '/query', t: '/targets', a: '/alerts', s: '/silences' };
/** How long after G the second letter may come. */
const CHORD_MS = 1200;

interface ShortcutActions {
  readonly open: (path: string) => void;
  readonly openSheet: () => void;
}

/** The shortcuts that hold on every page. Single letters never act inside a field. */
export function useShortcuts({ open, openSheet }: ShortcutActions): void {
  const actions = useRef({ open, openSheet });
  actions.current = { open, openSheet };
  useEffect(() => {
    let chordUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      if (event.ctrlKey || event.metaKey) {
        if (withModifier(event, actions.current.open)) event.preventDefault();
        return;
      }
      if (isTyping(event.target)) return;
      const chord = performance.now() < chordUntil;
      chordUntil = 0;
      const page = LETTERS[event.key];
      if (chord && page !== undefined) {
        // Before anything on the page takes the letter for its own.
        event.stopPropagation();
        actions.current.open(page);
      } else if (event.key === 'g') chordUntil = performance.now() + CHORD_MS;
      else if (event.key === '?') actions.current.openSheet();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, []);
}

function withModifier(event: KeyboardEvent, open: (path: string) => void): boolean {
  const page = PAGES[Number(event.key) - 1];
  if (page !== undefined && !event.shiftKey) open(page);
  else if (event.key === 'k') openPalette();
  else if (event.key === 'b') {
    const { navExpanded, setNavExpanded } = usePreferences.getState();
    setNavExpanded(!navExpanded);
  } else return false;
  return true;
}

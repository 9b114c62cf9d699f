import type { EngineClient } from '../ipc/client.ts';
import { persist } from '../state/persisted.ts';
import { parsePreferences, usePreferences } from '../state/preferences.ts';
import { mergeTabs, parseTabs, printTabs, useQueryTabs } from '../state/query-tabs.ts';

/** Query tabs and preferences come back after a restart. Returns its undo. */
export function rememberState(engine: EngineClient): () => void {
  const slices = [
    persist(engine, {
      key: 'window.query-tabs',
      snapshot: () => printTabs(useQueryTabs.getState()),
      restore: (value) => {
        const tabs = parseTabs(value, Date.now());
        if (tabs !== null) useQueryTabs.setState(mergeTabs(tabs, useQueryTabs.getState()));
      },
      subscribe: (listener) => useQueryTabs.subscribe(listener),
    }),
    persist(engine, {
      key: 'window.preferences',
      snapshot: () => usePreferences.getState(),
      restore: (value) => usePreferences.setState(parsePreferences(value)),
      subscribe: (listener) => usePreferences.subscribe(listener),
    }),
  ];
  // A slice that could not be read (the engine is away) is not written either: it would overwrite what is remembered.
  const undoings = slices.map((slice) => slice.catch(() => () => undefined));
  return () => {
    for (const undoing of undoings) void undoing.then((undo) => undo());
  };
}

const onMac = navigator.userAgent.includes('Mac');
/** A browser keeps Ctrl 1 to 9 for its own tabs; there the letters after G are the way. */
const inElectron = 'hearth' in window;

const PAGE_LETTERS = ['H', 'Q', 'T', 'A', 'S'];

/** How to get to the page at this place of the navigation. */
export function pageKeys(at: number): string {
  return inElectron ? `${MOD} ${at + 1}` : `G ${PAGE_LETTERS[at] ?? ''}`;
}

/** How the main modifier is written here. */
export const MOD = onMac ? '⌘' : 'Ctrl';

export interface Shortcut {
  readonly keys: string;
  readonly does: string;
}

export const SHORTCUTS: readonly { readonly title: string; readonly shortcuts: readonly Shortcut[] }[] = [
  {
    title: 'Everywhere',
    shortcuts: [
      { keys: `${MOD} K`, does: 'Search and commands' },
      ...(inElectron ? [{ keys: `${MOD} 1 … 5`, does: 'Go to a page' }] : []),
      { keys: 'G then H Q T A S', does: 'Go to Home, Query, Targets, Alerts, Silences' },
      { keys: `${MOD} B`, does: 'Narrow or widen the navigation' },
      { keys: '/', does: 'Go to the filter of the page' },
      { keys: 'Esc', does: 'Close the details, empty the filter' },
      { keys: '?', does: 'This sheet' },
    ],
  },
  {
    title: 'Query',
    shortcuts: [
      { keys: `Enter, ${MOD} Enter`, does: 'Run' },
      { keys: 'Shift Enter', does: 'New line' },
      { keys: `${MOD} Space`, does: 'Suggest' },
      { keys: `${MOD} ↑ ↓`, does: 'Earlier and later queries of the history' },
      { keys: 'Tab', does: 'Leave the editor' },
    ],
  },
  {
    title: 'Graph',
    shortcuts: [
      { keys: '← →', does: 'Move the crosshair, ten points with Shift' },
      { keys: '+ −', does: 'Zoom in and out' },
      { keys: '[ ]', does: 'Half a range earlier or later' },
      { keys: 'Z, Esc, double click', does: 'Back out of a zoom' },
      { keys: 'T', does: 'The values as a table' },
    ],
  },
  {
    title: 'Lists',
    shortcuts: [
      { keys: '↑ ↓, K J', does: 'Move' },
      { keys: 'Enter', does: 'Open the details' },
      { keys: 'R', does: 'Scrape the target now' },
      { keys: 'S', does: 'Silence the alert' },
    ],
  },
];

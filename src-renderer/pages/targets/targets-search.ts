import type { Target } from '../../../shared/targets.ts';
import type { Mark } from '../../ui/StateMark.tsx';
import { textParam, wordsParam } from '../../ui/search-text.ts';

export const TARGET_STATES: readonly { readonly value: Target['state']; readonly word: string; readonly mark: Mark }[] =
  [
    { value: 'down', word: 'Down', mark: 'down' },
    { value: 'up', word: 'Up', mark: 'ok' },
    { value: 'unknown', word: 'Not scraped yet', mark: 'pending' },
    { value: 'gone', word: 'Gone', mark: 'inactive' },
  ];

export interface TargetsSearch {
  readonly q?: string;
  readonly state?: string;
  readonly target?: string;
}

export function parseTargetsSearch(search: Record<string, unknown>): TargetsSearch {
  return { q: textParam(search, 'q'), state: textParam(search, 'state'), target: textParam(search, 'target') };
}

export function targetsShown(targets: readonly Target[], search: TargetsSearch): readonly Target[] {
  const states = wordsParam(
    { ...search },
    'state',
    TARGET_STATES.map((each) => each.value),
  );
  const words = (search.q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return targets.filter((target) => {
    if (states.length > 0 && !states.includes(target.state)) return false;
    if (words.length === 0) return true;
    const labels = Object.entries(target.labels).map(([name, value]) => `${name}="${value}" ${name}=${value}`);
    const text = `${target.job} ${target.url} ${labels.join(' ')} ${target.lastError}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function wordOf(state: Target['state']): { readonly word: string; readonly mark: Mark } {
  return TARGET_STATES.find((each) => each.value === state) ?? { word: state, mark: 'inactive' };
}

/** What Hearth measures itself has no address to speak of. */
export function endpointOf(target: Target): string {
  const exporter = target.discoveredLabels.__hearth_exporter__;
  return exporter === undefined ? target.url : `built in: ${exporter}`;
}

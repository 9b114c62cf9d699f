import { create } from 'zustand';

export type ThemeChoice = 'auto' | 'light' | 'dark';

interface Preferences {
  readonly navExpanded: boolean;
  readonly author: string;
  readonly setNavExpanded: (navExpanded: boolean) => void;
  /** Who creates silences: remembered from the last one. */
  readonly setAuthor: (author: string) => void;
}

export const usePreferences = create<Preferences>((set) => ({
  navExpanded: true,
  author: '',
  setNavExpanded: (navExpanded) => set({ navExpanded }),
  setAuthor: (author) => set({ author }),
}));

export function parsePreferences(value: unknown): Partial<Preferences> {
  if (typeof value !== 'object' || value === null) return {};
  return {
    ...('navExpanded' in value && typeof value.navExpanded === 'boolean' ? { navExpanded: value.navExpanded } : {}),
    ...('author' in value && typeof value.author === 'string' ? { author: value.author } : {}),
  };
}

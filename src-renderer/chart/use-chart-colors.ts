import { useComputedColorScheme } from '@mantine/core';
import { useMemo } from 'react';
import type { ChartColors } from './axes.ts';
import type { Scheme } from './palette.ts';

const COLORS: Readonly<Record<Scheme, ChartColors>> = {
  light: { text: '#5b6470', grid: '#1a1d2112', background: '#ffffff', accent: '#1f5fd6' },
  dark: { text: '#9aa4b2', grid: '#e6e9ee14', background: '#15181d', accent: '#7aa8ff' },
};

/** The canvas knows no CSS: the tokens that it needs, for the theme in force. */
export function useChartColors(): { readonly scheme: Scheme; readonly colors: ChartColors } {
  const scheme = useComputedColorScheme('light');
  return useMemo(() => ({ scheme, colors: COLORS[scheme] }), [scheme]);
}

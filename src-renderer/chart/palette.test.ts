import { describe, expect, it } from 'vitest';
import { assignSlots, lineStyle, PALETTE_SIZE } from './palette.ts';

const many = (count: number) => Array.from({ length: count }, (_, i) => ({ __name__: 'up', instance: `host-${i}` }));

describe('palette', () => {
  it('gives a series alone the first colour', () => {
    expect(assignSlots([{ a: 'whatever' }])).toEqual([0]);
    expect(lineStyle(0, 'light')).toEqual({ color: '#086ea2', dash: [] });
  });

  it.each([2, 8, 9, 20, 21, 100, 500])('gives %i series styles of their own', (count) => {
    const slots = assignSlots(many(count));
    expect(new Set(slots).size).toBe(count);
    if (count <= 8) expect(Math.max(...slots)).toBeLessThan(8);
  });

  it('does not depend on the order of the result', () => {
    const series = many(12);
    const slots = assignSlots(series);
    expect(assignSlots([...series].reverse())).toEqual([...slots].reverse());
  });

  it('keeps most colours when one series more comes', () => {
    const before = assignSlots(many(12));
    const after = assignSlots(many(13)).slice(0, 12);
    expect(after.filter((slot, at) => slot === before[at]).length).toBeGreaterThanOrEqual(8);
  });

  it('dashes what colour alone cannot tell apart', () => {
    expect(lineStyle(7, 'dark').dash).toEqual([]);
    expect(lineStyle(8, 'dark').dash).toEqual([6, 3]);
    expect(lineStyle(16, 'dark').dash).toEqual([2, 3]);
    expect(lineStyle(PALETTE_SIZE, 'dark')).toEqual({ color: lineStyle(0, 'dark').color, dash: [6, 3] });
  });
});

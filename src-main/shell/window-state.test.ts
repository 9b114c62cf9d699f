import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openingBounds, readWindowState, writeWindowState } from './window-state.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1040 };
const second = { x: 1920, y: 0, width: 1280, height: 984 };

describe('openingBounds', () => {
  it.each([
    ['first time: centred', null, [screen], { x: 320, y: 104, width: 1280, height: 832 }],
    [
      'first time, small screen',
      null,
      [{ x: 0, y: 0, width: 1024, height: 700 }],
      { x: 0, y: 0, width: 1024, height: 700 },
    ],
    ['remembered', { x: 10, y: 20, width: 1000, height: 700 }, [screen], { x: 10, y: 20, width: 1000, height: 700 }],
    [
      'remembered on the second screen',
      { x: 2000, y: 20, width: 1000, height: 700 },
      [screen, second],
      { x: 2000, y: 20, width: 1000, height: 700 },
    ],
    [
      'the second screen is gone',
      { x: 2000, y: 20, width: 1000, height: 700 },
      [screen],
      { x: 460, y: 170, width: 1000, height: 700 },
    ],
    ['too small', { x: 10, y: 20, width: 100, height: 100 }, [screen], { x: 10, y: 20, width: 960, height: 600 }],
  ])('%s', (_, remembered, areas, expected) => {
    expect(openingBounds(remembered, areas)).toEqual(expected);
  });
});

describe('window state file', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hearth-window-'));
  it('reads back what was written', () => {
    const file = path.join(folder, 'window.json');
    const state = { bounds: { x: 1, y: 2, width: 1000, height: 700 }, maximized: true, onClose: 'quit' } as const;
    writeWindowState(file, state);
    expect(readWindowState(file)).toEqual(state);
  });
  it('starts afresh from a damaged or missing file', () => {
    const file = path.join(folder, 'damaged.json');
    writeFileSync(file, '{"bounds": {"x": "left"}');
    const fresh = { bounds: null, maximized: false, onClose: 'ask' };
    expect(readWindowState(file)).toEqual(fresh);
    expect(readWindowState(path.join(folder, 'missing.json'))).toEqual(fresh);
  });
});

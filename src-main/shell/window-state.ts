/** What the window remembers on this computer: where it stood, and what closing it means. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const rectangle = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});
const windowState = z.object({
  bounds: rectangle.nullable(),
  maximized: z.boolean(),
  onClose: z.enum(['ask', 'background', 'quit']),
});
export type WindowState = z.infer<typeof windowState>;
export type Rectangle = z.infer<typeof rectangle>;

export const MIN_SIZE = { width: 960, height: 600 } as const;
const FIRST_SIZE = { width: 1280, height: 832 } as const;
const FRESH: WindowState = { bounds: null, maximized: false, onClose: 'ask' };

/** A missing or damaged file is a fresh start: nothing in it is worth stopping for. */
export function readWindowState(file: string): WindowState {
  try {
    return windowState.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return FRESH;
  }
}

export function writeWindowState(file: string, state: WindowState): void {
  writeFileSync(`${file}.tmp`, JSON.stringify(state));
  renameSync(`${file}.tmp`, file);
}

/** Bounds to open with: the remembered ones where a screen still shows them, else centred on the first screen. */
export function openingBounds(remembered: Rectangle | null, workAreas: readonly Rectangle[]): Rectangle {
  const area = workAreas.find((candidate) => remembered !== null && overlaps(candidate, remembered)) ?? workAreas[0];
  const wanted = remembered ?? FIRST_SIZE;
  if (area === undefined) return { x: 0, y: 0, ...FIRST_SIZE };
  const width = Math.min(Math.max(wanted.width, MIN_SIZE.width), Math.max(area.width, MIN_SIZE.width));
  const height = Math.min(Math.max(wanted.height, MIN_SIZE.height), Math.max(area.height, MIN_SIZE.height));
  if (remembered !== null && overlaps(area, remembered)) return { x: remembered.x, y: remembered.y, width, height };
  return {
    x: area.x + Math.max(0, Math.round((area.width - width) / 2)),
    y: area.y + Math.max(0, Math.round((area.height - height) / 2)),
    width,
    height,
  };
}

/** Enough of the window lies on the screen to take hold of it. */
function overlaps(area: Rectangle, window: Rectangle): boolean {
  const width = Math.min(area.x + area.width, window.x + window.width) - Math.max(area.x, window.x);
  const height = Math.min(area.y + area.height, window.y + window.height) - Math.max(area.y, window.y);
  return width >= 100 && height >= 50;
}

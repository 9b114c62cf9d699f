import type { EngineClient } from '../ipc/client.ts';

/**
 * The part of a store that is remembered between runs. `restore` gets what was written, or null; it may be old or broken,
 * and the store may have changed since the start.
 */
export interface Persisted {
  readonly key: string;
  readonly snapshot: () => unknown;
  readonly restore: (value: unknown) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

const SETTLE_MS = 500;

/** Restores the slice and from then on writes it to the engine's settings shortly after it has changed. */
export async function persist(engine: EngineClient, slice: Persisted): Promise<() => void> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const save = () => {
    timer = null;
    // A setting that cannot be written now is written with the next change.
    engine.call('settings.set', { key: slice.key, value: JSON.stringify(slice.snapshot()) }).catch(() => undefined);
  };
  const later = () => {
    timer ??= setTimeout(save, SETTLE_MS);
  };
  const { value } = await engine.call('settings.get', { key: slice.key });
  if (value !== null) slice.restore(parse(value));
  const undo = slice.subscribe(later);
  return () => {
    undo();
    if (timer !== null) {
      clearTimeout(timer);
      save();
    }
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

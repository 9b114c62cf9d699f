import type { EngineClient } from '../ipc/client.ts';

/** The part of a store that is remembered between runs. `read` checks what comes back: it may be old or broken. */
export interface Persisted {
  readonly key: string;
  readonly snapshot: () => unknown;
  readonly restore: (value: unknown) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

const SETTLE_MS = 500;

/**
 * Restores the slice and from then on writes it to the engine's settings shortly after it has changed.
 * What was changed before the restore arrived wins over it.
 */
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
  let touched = false;
  const early = slice.subscribe(() => {
    touched = true;
  });
  const { value } = await engine.call('settings.get', { key: slice.key });
  early();
  if (value !== null && !touched) slice.restore(parse(value));
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

/**
 * Which series are shown, by their label sets, so that it holds through zooms, refreshes and new steps: a series that
 * comes later is hidden only while another one is isolated.
 */
export type Visibility =
  | { readonly kind: 'except'; readonly keys: ReadonlySet<string> }
  | { readonly kind: 'only'; readonly keys: ReadonlySet<string> };

export const ALL_VISIBLE: Visibility = { kind: 'except', keys: new Set() };

export function isVisible(visibility: Visibility, key: string): boolean {
  return visibility.keys.has(key) === (visibility.kind === 'only');
}

/** Only this one; all again when it already is the only one. */
export function isolate(visibility: Visibility, key: string): Visibility {
  const alone = visibility.kind === 'only' && visibility.keys.size === 1 && visibility.keys.has(key);
  return alone ? ALL_VISIBLE : { kind: 'only', keys: new Set([key]) };
}

/** Shows or hides this one and leaves the others; hiding the last one isolated shows all. */
export function toggle(visibility: Visibility, key: string): Visibility {
  const keys = new Set(visibility.keys);
  if (!keys.delete(key)) keys.add(key);
  if (visibility.kind === 'only' && keys.size === 0) return ALL_VISIBLE;
  return { kind: visibility.kind, keys };
}

/** Shows exactly the series from one to the other, in the order given. */
export function range(ordered: readonly string[], from: string, to: string): Visibility {
  const [start, end] = [ordered.indexOf(from), ordered.indexOf(to)].sort((a, b) => a - b);
  if (start === undefined || end === undefined || start === -1) return ALL_VISIBLE;
  return { kind: 'only', keys: new Set(ordered.slice(start, end + 1)) };
}

import type { ListListeners } from './listener.ts';
import { lsofListeners } from './lsof-listeners.ts';
import { procListeners } from './proc-listeners.ts';

/** How to list listeners on this system; null where Hearth knows no way. */
export function systemListeners(platform: NodeJS.Platform, uid: number): ListListeners | null {
  if (platform === 'linux') return procListeners('/proc', uid);
  return platform === 'darwin' ? lsofListeners(uid) : null;
}

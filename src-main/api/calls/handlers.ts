import type { Handlers } from '../dispatcher.ts';
import type { ApiParts } from '../parts.ts';
import { alertCalls } from './alerts.ts';
import { metadataCalls } from './metadata.ts';
import { queryCalls } from './query.ts';
import { silenceCalls } from './silences.ts';
import { statusCalls } from './status.ts';
import { targetCalls } from './targets.ts';

/** The handler of every call of the contract. */
export function handlersFor(parts: ApiParts): Handlers {
  return {
    ...statusCalls(parts),
    ...queryCalls(parts),
    ...metadataCalls(parts),
    ...targetCalls(parts),
    ...alertCalls(parts),
    ...silenceCalls(parts),
  };
}

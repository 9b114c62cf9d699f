import type { Silence } from '../../../shared/alerts.ts';
import { SilenceError } from '../../alertmanager/errors.ts';
import type { SilenceView } from '../../alertmanager/silences.ts';
import { CallError, type Handlers } from '../dispatcher.ts';
import type { ApiParts } from '../parts.ts';
import { postedAlertRow } from './alerts.ts';

type SilenceCalls = Pick<Handlers, 'silences.list' | 'silences.set' | 'silences.expire' | 'silences.preview'>;

const PREVIEW_ROWS = 100;

export function silenceCalls({ alertmanager }: ApiParts): SilenceCalls {
  const silenceOf = (view: SilenceView): Silence => ({
    ...view,
    matchers: [...view.matchers],
    matches: view.state === 'expired' ? 0 : alertmanager.preview(view.matchers).length,
  });
  return {
    'silences.list': async () => alertmanager.silences().map(silenceOf),
    'silences.set': async (request) => ({ id: refusing(() => alertmanager.setSilence(request)) }),
    'silences.expire': async ({ id }) => {
      refusing(() => alertmanager.expireSilence(id));
      return {};
    },
    'silences.preview': async ({ matchers }) => {
      const matched = matchers.length === 0 ? [] : alertmanager.preview(matchers);
      return { matched: matched.slice(0, PREVIEW_ROWS).map(postedAlertRow), total: alertmanager.listAlerts().length };
    },
  };
}

function refusing<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof SilenceError)
      throw new CallError(error.kind === 'not-found' ? 'not-found' : 'bad-request', error.message);
    throw error;
  }
}

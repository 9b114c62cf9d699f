/** Whether an answer means that it was taken, and if not, whether to try again (notify/util.go Retrier). */
import { DeliveryError } from '../errors.ts';
import type { HttpAnswer } from './http-message.ts';

const MAX_DETAIL = 1024;

export interface CheckOptions {
  /** Tried again beside 5xx. */
  readonly retryCodes?: readonly number[];
  /** What the answer says is wrong; its text when left out. */
  readonly detail?: (answer: HttpAnswer) => string;
  /** In front of the message. */
  readonly prefix?: string;
}

/** Throws DeliveryError unless the status is 2xx. */
export function checkAnswer(answer: HttpAnswer, options: CheckOptions = {}): void {
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  const retry = (status >= 500 && status < 600) || (options.retryCodes ?? []).includes(status);
  const detail = (options.detail ?? ((given: HttpAnswer) => given.text.trim()))(answer).slice(0, MAX_DETAIL);
  const message = `${options.prefix ?? ''}unexpected status code ${status}${detail === '' ? '' : `: ${detail}`}`;
  throw new DeliveryError(message, retry, reasonOf(status));
}

function reasonOf(status: number): DeliveryError['reason'] {
  if (status === 401 || status === 403) return 'authError';
  if (status === 429) return 'rateLimited';
  if (status >= 500) return 'serverError';
  return status >= 400 ? 'clientError' : 'other';
}

/** Refusal of a request about silences; the message is what the API answers. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';
  readonly kind: 'not-found' | 'invalid';

  constructor(kind: 'not-found' | 'invalid', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** A receiver did not take a notification. `retry`: whether trying again may help. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly retry: boolean;
  readonly reason:
    | 'clientError'
    | 'serverError'
    | 'authError'
    | 'rateLimited'
    | 'contextCanceled'
    | 'contextDeadlineExceeded'
    | 'other';

  constructor(message: string, retry: boolean, reason: DeliveryError['reason'] = 'other') {
    super(message);
    this.retry = retry;
    this.reason = reason;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Refusal of a push; the message is the Pushgateway's. */
export class PushError extends Error {
  override readonly name = 'PushError';
}

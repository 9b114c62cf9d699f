/** A rule that could not be evaluated: the message is what its `lastError` shows. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why a query has no answer. 'invalid' is the caller's mistake, known before anything is read. */
export type QueryErrorKind = 'invalid' | 'execution' | 'timeout' | 'cancelled' | 'too-many-samples';

export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly kind: QueryErrorKind;

  constructor(kind: QueryErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export const DUPLICATE_LABELSET = 'vector cannot contain metrics with the same labelset';

export function executionError(message: string): QueryError {
  return new QueryError('execution', message);
}

import type { WireError } from '../../shared/contract.ts';

/** A refusal by the engine, or the engine out of reach (`unavailable`). Cancelled calls reject with AbortError instead. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly kind: WireError['kind'];
  readonly span: { readonly from: number; readonly to: number } | null;

  constructor(error: WireError) {
    super(error.message);
    this.kind = error.kind;
    this.span = error.span ?? null;
  }
}

export function abortError(): DOMException {
  return new DOMException('The call was cancelled', 'AbortError');
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

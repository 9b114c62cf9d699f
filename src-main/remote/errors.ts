/** Refusal of a write; nothing of it was stored. */
export class WriteError extends Error {
  override readonly name = 'WriteError';
}

/** Refusal of a remote read. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
}

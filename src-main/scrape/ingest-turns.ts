/** Bodies as large as this take milliseconds to ingest. */
export const LARGE_BODY_BYTES = 64 * 1024;

/** Lets large bodies that arrive together be ingested in one turn of the thread each, with other work in between. */
export class IngestTurns {
  #last: Promise<void> = Promise.resolve();

  /** Resolves in a turn of its own, in the order asked for. */
  next(): Promise<void> {
    this.#last = this.#last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#last;
  }
}

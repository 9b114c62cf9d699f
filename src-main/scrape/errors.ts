/** Why a scrape failed, in the words that the target's page and /api/v1/targets show. */
export class ScrapeError extends Error {
  override readonly name = 'ScrapeError';
  readonly kind: ScrapeErrorKind;

  constructor(kind: ScrapeErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export type ScrapeErrorKind =
  | 'deadline'
  | 'connection'
  | 'status'
  | 'body-limit'
  | 'content-type'
  | 'sample-limit'
  | 'label-limit'
  | 'bucket-limit'
  | 'invalid-sample'
  | 'target-limit'
  | 'stopped';

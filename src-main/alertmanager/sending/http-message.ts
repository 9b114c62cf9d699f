export interface HttpRequest {
  readonly url: string;
  /** POST when left out. */
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** 0: none of its own. */
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Its first 64 KiB. */
  readonly text: string;
}

/** An HTTP/1.1 response as bytes arrive, cut wherever they are (RFC 9112). Nothing of the body is kept or copied here. */

export class ResponseError extends Error {
  override readonly name = 'ResponseError';
}

export interface ResponseHandler {
  head(status: number, statusText: string, headers: ReadonlyMap<string, string>): void;
  /** A piece of the body, without its transfer coding; it belongs to the caller of push() again afterwards. */
  data(piece: Uint8Array): void;
  end(): void;
}

type State = 'status' | 'header' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'until-close' | 'done';

const NEWLINE = 0x0a;
/** All lines of a head together; a chunk's length line is far shorter. */
const MAX_HEAD_BYTES = 1024 * 1024;
const MAX_INFORMATIONAL = 16;

export class ResponseReader {
  readonly #handler: ResponseHandler;
  #state: State = 'status';
  #line = '';
  #headBytes = 0;
  #informational = 0;
  #status = 0;
  #statusText = '';
  #headers = new Map<string, string>();
  /** Of the body, or of the chunk under way. */
  #remaining = 0;
  #persistent = false;

  constructor(handler: ResponseHandler) {
    this.#handler = handler;
  }

  /** Whether the connection may serve another request: after the end only. */
  get reusable(): boolean {
    return this.#state === 'done' && this.#persistent;
  }

  /** Throws ResponseError. */
  push(bytes: Uint8Array): void {
    let pos = 0;
    while (pos < bytes.length) {
      if (this.#state === 'length' || this.#state === 'chunk' || this.#state === 'until-close') {
        pos = this.#takeData(bytes, pos);
      } else if (this.#state === 'done') {
        throw new ResponseError('malformed HTTP response: bytes after its end');
      } else {
        pos = this.#takeLine(bytes, pos);
      }
    }
  }

  /** The connection has ended. Returns whether the response is whole. */
  close(): boolean {
    if (this.#state === 'until-close') this.#end();
    return this.#state === 'done';
  }

  #takeData(bytes: Uint8Array, pos: number): number {
    const length = Math.min(this.#remaining, bytes.length - pos);
    this.#handler.data(bytes.subarray(pos, pos + length));
    this.#remaining -= length;
    if (this.#remaining === 0) {
      if (this.#state === 'chunk') this.#state = 'chunk-end';
      else this.#end();
    }
    return pos + length;
  }

  #takeLine(bytes: Uint8Array, pos: number): number {
    const newline = bytes.indexOf(NEWLINE, pos);
    const end = newline < 0 ? bytes.length : newline;
    this.#headBytes += end - pos + 1;
    if (this.#headBytes > MAX_HEAD_BYTES) throw new ResponseError('malformed HTTP response: its headers are too long');
    this.#line += Buffer.from(bytes.buffer, bytes.byteOffset + pos, end - pos).toString('latin1');
    if (newline < 0) return end;
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line;
    this.#line = '';
    this.#read(line);
    return newline + 1;
  }

  #read(line: string): void {
    switch (this.#state) {
      case 'status':
        this.#readStatus(line);
        return;
      case 'header':
        if (line === '') this.#endHead();
        else this.#readHeader(line);
        return;
      case 'chunk-size':
        this.#readChunkSize(line);
        return;
      case 'chunk-end':
        if (line !== '') throw new ResponseError('malformed HTTP response: a chunk does not end where it says');
        this.#state = 'chunk-size';
        return;
      case 'trailer':
        if (line === '') this.#end();
        return;
      case 'length':
      case 'chunk':
      case 'until-close':
      case 'done':
        return;
    }
  }

  #readStatus(line: string): void {
    const match = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: (.*))?$/.exec(line);
    if (match === null) throw new ResponseError(`malformed HTTP response ${JSON.stringify(line.slice(0, 80))}`);
    this.#persistent = match[1] === '1';
    this.#status = Number(match[2]);
    this.#statusText = match[3] ?? '';
    this.#headers = new Map();
    this.#state = 'header';
  }

  #readHeader(line: string): void {
    const colon = line.indexOf(':');
    if (colon <= 0) throw new ResponseError(`malformed MIME header line: ${line.slice(0, 80)}`);
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const known = this.#headers.get(name);
    if (name === 'content-length' && known !== undefined && known !== value)
      throw new ResponseError('malformed HTTP response: it has two lengths');
    this.#headers.set(name, known === undefined || name === 'content-length' ? value : `${known}, ${value}`);
  }

  #endHead(): void {
    if (this.#status < 200) {
      if (++this.#informational > MAX_INFORMATIONAL) throw new ResponseError('too many 1xx responses');
      this.#state = 'status';
      return;
    }
    const connection = (this.#headers.get('connection') ?? '').toLowerCase();
    if (connection.includes('close')) this.#persistent = false;
    else if (connection.includes('keep-alive')) this.#persistent = true;
    this.#chooseBody();
    this.#handler.head(this.#status, this.#statusText, this.#headers);
    if (this.#state === 'length' && this.#remaining === 0) this.#end();
  }

  #chooseBody(): void {
    const coding = (this.#headers.get('transfer-encoding') ?? '').toLowerCase();
    const length = this.#headers.get('content-length');
    this.#headBytes = 0;
    if (this.#status === 204 || this.#status === 304) {
      this.#state = 'length';
    } else if (coding !== '') {
      if (coding !== 'chunked') throw new ResponseError(`unsupported transfer encoding: ${JSON.stringify(coding)}`);
      this.#state = 'chunk-size';
    } else if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) throw new ResponseError(`bad Content-Length ${JSON.stringify(length)}`);
      this.#remaining = Number(length);
      this.#state = 'length';
    } else {
      this.#remaining = Infinity;
      this.#persistent = false;
      this.#state = 'until-close';
    }
  }

  #readChunkSize(line: string): void {
    const match = /^([0-9a-fA-F]{1,12})\s*(?:;.*)?$/.exec(line);
    if (match === null) throw new ResponseError('malformed HTTP response: invalid byte in chunk length');
    this.#headBytes = 0;
    this.#remaining = Number.parseInt(match[1] ?? '', 16);
    this.#state = this.#remaining === 0 ? 'trailer' : 'chunk';
  }

  #end(): void {
    this.#state = 'done';
    this.#handler.end();
  }
}

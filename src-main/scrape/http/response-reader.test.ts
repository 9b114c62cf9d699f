import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ResponseError, ResponseReader } from './response-reader.ts';

interface Read {
  readonly status: number;
  readonly body: string;
  readonly type: string;
  readonly whole: boolean;
  readonly reusable: boolean;
}

/** Reads a response that arrives in pieces which end at `cuts`, then the connection ends. */
function read(text: string, cuts: readonly number[]): Read | string {
  let status = 0;
  let type = '';
  let body = '';
  const reader = new ResponseReader({
    head: (given, _text, headers) => {
      status = given;
      type = headers.get('content-type') ?? '';
    },
    data: (piece) => {
      body += Buffer.from(piece).toString('latin1');
    },
    end: () => {},
  });
  const bytes = Buffer.from(text, 'latin1');
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1))), bytes.length].sort((a, b) => a - b);
  try {
    let from = 0;
    for (const end of ends) {
      reader.push(bytes.subarray(from, end));
      from = end;
    }
  } catch (error) {
    if (error instanceof ResponseError) return error.message;
    throw error;
  }
  const reusable = reader.reusable;
  return { status, body, type, whole: reader.close(), reusable };
}

const OK = { status: 200, body: 'hello', type: 't', whole: true, reusable: true };

test.each<[text: string, result: Read | RegExp]>([
  ['HTTP/1.1 200 OK\r\nContent-Type: t\r\nContent-Length: 5\r\n\r\nhello', OK],
  ['HTTP/1.1 200 OK\nCONTENT-TYPE:t\nContent-Length:5\n\nhello', OK],
  [
    'HTTP/1.1 200\r\nContent-Type: t\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello',
    { ...OK, reusable: false },
  ],
  ['HTTP/1.0 200 OK\r\nContent-Type: t\r\nContent-Length: 5\r\n\r\nhello', { ...OK, reusable: false }],
  ['HTTP/1.0 200 OK\r\nContent-Type: t\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello', OK],
  ['HTTP/1.1 200 OK\r\nContent-Type: t\r\n\r\nhello', { ...OK, reusable: false }],
  ['HTTP/1.1 100 Continue\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: t\r\nContent-Length: 5\r\n\r\nhello', OK],
  ['HTTP/1.1 200 OK\r\nContent-Type: t\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n', OK],
  ['HTTP/1.1 200 OK\r\nContent-Type: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nTrailer: x\r\n\r\n', OK],
  ['HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '', type: '', whole: true, reusable: true }],
  ['HTTP/1.1 200 OK\r\nContent-Type: t\r\nContent-Length: 9\r\n\r\nhello', { ...OK, whole: false, reusable: false }],
  [
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel',
    { ...OK, body: 'hel', type: '', whole: false, reusable: false },
  ],
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello!', /bytes after its end/],
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello', /two lengths/],
  ['HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello', /bad Content-Length/],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n', /unsupported transfer encoding/],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n', /invalid byte in chunk length/],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n', /does not end where it says/],
  ['HTTP/1.1 200 OK\r\nno colon\r\n\r\n', /malformed MIME header line/],
  ['SSH-2.0-OpenSSH\r\n', /malformed HTTP response "SSH/],
  [`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(1 << 20)}\r\n\r\n`, /too long/],
])('%#', (text, result) => {
  const whole = read(text, []);
  if (result instanceof RegExp) expect(whole).toMatch(result);
  else expect(whole).toEqual(result);
  // However it is cut, it reads the same.
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 8 }), (cuts) => {
      const cut = read(text, cuts);
      if (result instanceof RegExp) expect(cut).toMatch(result);
      else expect(cut).toEqual(result);
    }),
    { numRuns: text.length > 10_000 ? 5 : 100 },
  );
});

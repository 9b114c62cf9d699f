import { afterEach, describe, expect, it, vi } from 'vitest';
import { padTo8, takeColumns } from '../../shared/page-frame.ts';
import { isAbort } from './engine-error.ts';
import { connectHttp, decodePageFrame } from './http-transport.ts';

/** As the engine writes a reply. */
function encode(reply: unknown): ArrayBuffer {
  const { plain, columns } = takeColumns(reply);
  const json = new TextEncoder().encode(JSON.stringify(plain));
  const head = padTo8(4 + json.length);
  const body = new Uint8Array(head + columns.reduce((sum, column) => sum + padTo8(column.byteLength), 0));
  new DataView(body.buffer).setUint32(0, json.length, true);
  body.set(json, 4);
  let at = head;
  for (const column of columns) {
    body.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += padTo8(column.byteLength);
  }
  return body.buffer;
}

describe('calls over HTTP', () => {
  afterEach(() => vi.unstubAllGlobals());
  const answer = (response: Response) => vi.stubGlobal('fetch', async () => response);

  it.each([
    [{ a: 1, text: 'grüße' }],
    [{ values: Float64Array.of(1, Number.NaN, Number.POSITIVE_INFINITY), present: Uint8Array.of(1, 1, 0) }],
    [[{ values: new Float64Array(0) }, Uint8Array.of(7)]],
  ])('decodes %o', (reply) => expect(decodePageFrame(encode(reply))).toEqual(reply));

  it('replies with what the engine sends', async () => {
    answer(new Response(encode({ values: Float64Array.of(2) })));
    expect(await connectHttp('http://x').call('a', {}, undefined)).toEqual({ values: Float64Array.of(2) });
  });

  it.each([
    [Response.json({ kind: 'parse', message: 'no' }, { status: 400 }), { kind: 'parse', message: 'no' }],
    [new Response('<html>', { status: 502 }), { kind: 'unavailable' }],
  ])('refuses with the reason', async (response, reason) => {
    answer(response);
    await expect(connectHttp('http://x').call('a', {}, undefined)).rejects.toMatchObject(reason);
  });

  it('says that nobody answers', async () => {
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('fetch failed')));
    await expect(connectHttp('http://x').call('a', {}, undefined)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('lets a cancelled call be cancelled', async () => {
    await expect(connectHttp('http://x').call('a', {}, AbortSignal.abort())).rejects.toSatisfy(isAbort);
  });
});

import { uncompress } from 'snappy';

const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;

/** The body is no snappy block, or too large unpacked. */
export class SnappyBodyError extends Error {
  override readonly name = 'SnappyBodyError';
}

/** What a request body holds, packed as one snappy block. Rejects with SnappyBodyError. */
export async function unpacked(body: unknown): Promise<Uint8Array> {
  const packed = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  if (declaredLength(packed) > MAX_UNPACKED_BYTES)
    throw new SnappyBodyError(`the request is larger than ${MAX_UNPACKED_BYTES} bytes unpacked`);
  try {
    return Buffer.from(await uncompress(packed));
  } catch (error) {
    throw new SnappyBodyError(`snappy: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The length that a snappy block says it has (its leading varint); infinite when that is malformed. */
function declaredLength(packed: Uint8Array): number {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = packed[i];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return length;
  }
  return Number.POSITIVE_INFINITY;
}

/** Records that Prometheus compressed: snappy's block format, or one zstd frame. */
import zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import snappy from 'snappy';
import { CorruptionError } from '../errors.ts';

/** No record is larger: what claims to be is damaged, and must not take the memory that it asks for. */
export const MAX_RECORD_BYTES = 256 * 1024 * 1024;
/** The most that three bytes of snappy can stand for is 64. */
const SNAPPY_MAX_RATIO = 64;
/** Prometheus's writer looks back 8 MiB at most. */
const MAX_WINDOW_BYTES = 64 * 1024 * 1024;
const ZSTD_MAGIC = 0xfd2fb528;

/** A buffer of its own. Throws CorruptionError. */
export function uncompressSnappy(data: Buffer): Buffer {
  const claimed = snappyLength(data);
  if (claimed > MAX_RECORD_BYTES || claimed > data.length * SNAPPY_MAX_RATIO) {
    throw new CorruptionError(`snappy data of ${data.length} bytes claims to hold ${claimed}`);
  }
  try {
    const plain = snappy.uncompressSync(data, { copyOutputData: true });
    if (typeof plain !== 'string') return plain;
  } catch (error) {
    throw new CorruptionError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  throw new CorruptionError('snappy data does not hold bytes');
}

function snappyLength(data: Buffer): number {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = data[i] ?? 0;
    length += (byte & 127) * 128 ** i;
    if (byte < 128) return length;
  }
  throw new CorruptionError('snappy data has no length');
}

/** By Node's own zstd where it has one (22.15 and later), else by fzstd. Throws CorruptionError. */
export function uncompressZstd(data: Buffer): Buffer {
  if (typeof zlib.zstdDecompressSync !== 'function') return uncompressZstdPlain(data);
  checkWindow(data);
  try {
    return zlib.zstdDecompressSync(data, { maxOutputLength: MAX_RECORD_BYTES });
  } catch (error) {
    throw new CorruptionError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** The same in JavaScript. */
export function uncompressZstdPlain(data: Buffer): Buffer {
  checkWindow(data);
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Decompress((part) => {
    length += part.length;
    if (length > MAX_RECORD_BYTES) throw new CorruptionError(`zstd data holds more than ${MAX_RECORD_BYTES} bytes`);
    parts.push(part);
  });
  try {
    stream.push(data, true);
  } catch (error) {
    if (error instanceof CorruptionError) throw error;
    throw new CorruptionError(`zstd: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  return Buffer.concat(parts, length);
}

/** A frame says how far it looks back: decoders set that much memory aside at once (RFC 8878, 3.1.1.1). */
function checkWindow(data: Buffer): void {
  if (data.length < 6 || data.readUInt32LE(0) !== ZSTD_MAGIC) throw new CorruptionError('not a zstd frame');
  const descriptor = data[4]!;
  const isSingleSegment = (descriptor & 32) !== 0;
  const window = isSingleSegment ? contentSize(data, descriptor) : windowSize(data[5]!);
  if (window > (isSingleSegment ? MAX_RECORD_BYTES : MAX_WINDOW_BYTES)) {
    throw new CorruptionError(`a zstd frame asks for ${window} bytes of memory`);
  }
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** Of a single segment: it follows the descriptor and the dictionary's id. */
function contentSize(data: Buffer, descriptor: number): number {
  const at = 5 + (DICTIONARY_BYTES[descriptor & 3] ?? 0);
  const bytes = 1 << (descriptor >> 6);
  if (at + bytes > data.length) throw new CorruptionError('a zstd frame ends within its header');
  if (bytes === 1) return data[at]!;
  if (bytes === 2) return data.readUInt16LE(at) + 256;
  if (bytes === 4) return data.readUInt32LE(at);
  return data.readUInt32LE(at) + data.readUInt32LE(at + 4) * 2 ** 32;
}

const DICTIONARY_BYTES = [0, 1, 2, 4];

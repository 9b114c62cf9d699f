/** Records that Prometheus compressed: snappy's block format, or one zstd frame. */
import zlib from 'node:zlib';
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

type ZstdDecoder = InstanceType<typeof import('zstddec/stream')['ZSTDDecoder']>;

/** Where Node has no zstd (before 22.15): the reference decoder as WebAssembly, once it is loaded. */
let fallback: ZstdDecoder | null = null;

/** To be awaited before anything is uncompressed. */
export async function prepareZstd(): Promise<void> {
  if (typeof zlib.zstdDecompressSync !== 'function') await loadFallback();
}

export async function loadFallback(): Promise<void> {
  if (fallback !== null) return;
  const { ZSTDDecoder } = await import('zstddec/stream');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  fallback = decoder;
}

/** Throws CorruptionError. */
export function uncompressZstd(data: Buffer): Buffer {
  if (typeof zlib.zstdDecompressSync !== 'function') return uncompressByFallback(data);
  checkFrame(data);
  try {
    return zlib.zstdDecompressSync(data, { maxOutputLength: MAX_RECORD_BYTES });
  } catch (error) {
    throw new CorruptionError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** The same by the fallback, which says nothing of errors: what it makes is measured. */
export function uncompressByFallback(data: Buffer): Buffer {
  if (fallback === null) throw new Error('zstd is not prepared');
  const size = checkFrame(data);
  if (size === null) return uncompressUnsized(data, fallback);
  if (size === 0) return Buffer.alloc(0);
  const plain = fallback.decode(data, size);
  if (plain.length !== size) throw new CorruptionError('zstd data is damaged');
  return Buffer.from(plain.buffer, plain.byteOffset, plain.length);
}

/** On damage the decoder would go on for ever, handing out nothing. */
function uncompressUnsized(data: Buffer, decoder: ZstdDecoder): Buffer {
  const parts: Uint8Array[] = [];
  let length = 0;
  let nothings = 0;
  try {
    for (const part of decoder.decodeStreaming([data])) {
      nothings = part.length === 0 ? nothings + 1 : 0;
      length += part.length;
      if (nothings > 3 || length > MAX_RECORD_BYTES) throw new CorruptionError('zstd data is damaged, or too much');
      parts.push(part);
    }
  } catch (error) {
    throw new CorruptionError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  return Buffer.concat(parts, length);
}

/**
 * The size that the frame says its content has, null when it does not say. Refuses what would take too much memory: a
 * frame also says how far it looks back, and decoders set that much aside at once (RFC 8878, 3.1.1.1).
 */
function checkFrame(data: Buffer): number | null {
  if (data.length < 6 || data.readUInt32LE(0) !== ZSTD_MAGIC) throw new CorruptionError('not a zstd frame');
  const descriptor = data[4]!;
  const isSingleSegment = (descriptor & 32) !== 0;
  const size = contentSize(data, descriptor, isSingleSegment);
  const window = isSingleSegment ? 0 : windowSize(data[5]!);
  if (window > MAX_WINDOW_BYTES || (size ?? 0) > MAX_RECORD_BYTES) {
    throw new CorruptionError(`a zstd frame asks for ${Math.max(window, size ?? 0)} bytes of memory`);
  }
  return size;
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** It follows the descriptors and the dictionary's id. */
function contentSize(data: Buffer, descriptor: number, isSingleSegment: boolean): number | null {
  const flag = descriptor >> 6;
  if (flag === 0 && !isSingleSegment) return null;
  const at = (isSingleSegment ? 5 : 6) + (DICTIONARY_BYTES[descriptor & 3] ?? 0);
  const bytes = 1 << flag;
  if (at + bytes > data.length) throw new CorruptionError('a zstd frame ends within its header');
  if (bytes === 1) return data[at]!;
  if (bytes === 2) return data.readUInt16LE(at) + 256;
  if (bytes === 4) return data.readUInt32LE(at);
  return data.readUInt32LE(at) + data.readUInt32LE(at + 4) * 2 ** 32;
}

const DICTIONARY_BYTES = [0, 1, 2, 4];

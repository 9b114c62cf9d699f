/** Reads XOR2 chunks (encoding 4, tsdb/chunkenc/xor2.go), which Hearth does not write. */
import { CorruptChunkError } from '../../kernels/xor-chunk.ts';
import type { SampleColumns } from '../../model/sample-columns.ts';
import { STALE_NAN_HIGH, STALE_NAN_LOW } from '../../model/staleness.ts';
import { BitReader } from './bit-reader.ts';
import { NO_WINDOW } from './bit-writer.ts';
import type { EncodedChunk } from './encoding.ts';
import { StartTimeReader, startTimesOf } from './start-times.ts';

const HEADER_BYTES = 3;
const TWO_32 = 4294967296;

/** Appends the samples with minT <= t <= maxT to `into`; returns how many. Throws CorruptChunkError. */
export function decodeXor2(chunk: EncodedChunk, minT: number, maxT: number, into: SampleColumns): number {
  const { bytes, start, end, count } = chunk;
  if (count === 0) return 0;
  if (end - start < HEADER_BYTES) throw new CorruptChunkError('chunk ends within its header');
  const reader = new BitReader(bytes, start + HEADER_BYTES, end);
  const decoder = new Xor2Decoder(reader);
  const startTime = new StartTimeReader(bytes[start + 2]!);
  into.reserve(Math.min(count, reader.bitsLeft));
  const before = into.length;
  const startTimes = bytes[start + 2] === 0 ? null : startTimesOf(into);
  let n = before;
  for (let i = 0; i < count; i++) {
    const beforeMs = decoder.time;
    decoder.next(i);
    startTime.next(reader, i, beforeMs, decoder.time);
    reader.check();
    if (decoder.time > maxT) break;
    if (decoder.time < minT) continue;
    into.times[n] = decoder.time;
    into.halves[2 * n] = decoder.isStale ? STALE_NAN_LOW : decoder.low;
    into.halves[2 * n + 1] = decoder.isStale ? STALE_NAN_HIGH : decoder.high;
    if (startTimes !== null) startTimes[n] = startTime.timeMs;
    n++;
  }
  into.length = n;
  if (startTimes === null) into.startTimes?.fill(0, before, n);
  return n - before;
}

class Xor2Decoder {
  readonly #reader: BitReader;
  readonly #window = new Uint16Array(1).fill(NO_WINDOW);
  #delta = 0;
  time = 0;
  /** The last value that was no staleness marker: what others are XORed with. */
  low = 0;
  high = 0;
  isStale = false;

  constructor(reader: BitReader) {
    this.#reader = reader;
  }

  next(index: number): void {
    this.isStale = false;
    if (index === 0) {
      this.#first();
      return;
    }
    if (index === 1) {
      this.#delta = this.#reader.uvarint();
      this.#value();
    } else {
      this.#following();
    }
    this.time += this.#delta;
  }

  #first(): void {
    const reader = this.#reader;
    this.time = reader.varint();
    reader.double();
    this.isStale = reader.low === STALE_NAN_LOW && reader.high === STALE_NAN_HIGH;
    if (this.isStale) return;
    this.low = reader.low;
    this.high = reader.high;
  }

  /** Time and value have their control bits in common. */
  #following(): void {
    const reader = this.#reader;
    const control = reader.ones(5);
    if (control === 0) return;
    if (control === 1) {
      this.#changed(reader.bits(1) === 1);
    } else if (control === 5) {
      this.isStale = true;
    } else {
      if (control === 2) this.#delta += signed(reader.bits(13), 13);
      else if (control === 3) this.#delta += signed(reader.bits(20), 20);
      else this.#delta += (reader.bits(32) | 0) * TWO_32 + reader.bits(32);
      this.#value();
    }
  }

  #value(): void {
    const control = this.#reader.ones(3);
    if (control === 0) return;
    if (control === 3) this.isStale = true;
    else this.#changed(control === 2);
  }

  #changed(inNewWindow: boolean): void {
    const reader = this.#reader;
    if (inNewWindow) reader.newWindow(this.#window, 0);
    reader.inWindow(this.#window[0]!);
    this.low ^= reader.low;
    this.high ^= reader.high;
  }
}

function signed(value: number, bits: number): number {
  return (value << (32 - bits)) >> (32 - bits);
}

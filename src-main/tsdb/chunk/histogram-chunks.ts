/** Histograms of one kind as chunks, in memory of its own: what compaction writes anew. */
import type { NativeHistogram } from '../../model/native-histogram.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { BitWriter } from './bit-writer.ts';
import { ENCODING_FLOAT_HISTOGRAM, ENCODING_HISTOGRAM } from './encoding.ts';
import { continuationOf, headerAfter, Widener } from './histogram-continuity.ts';
import { decodeHistograms } from './histogram-decoder.ts';
import { HistogramEncoder, headerOf } from './histogram-encoder.ts';

/** Bytes [start, end) are a chunk; they are valid until the next call. */
export interface WrittenChunk {
  readonly encoding: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly sampleCount: number;
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
}

export class HistogramChunkWriter {
  readonly #out = new BitWriter();
  readonly #maxSamples: number;

  constructor(maxSamples: number) {
    this.#maxSamples = maxSamples;
  }

  /** Samples `from`..`to` of the columns, all integer histograms or all float histograms. */
  write(columns: SampleColumns, from: number, to: number, onChunk: (chunk: WrittenChunk) => void): void {
    let encoder: HistogramEncoder | null = null;
    let first = from;
    for (let i = from; i < to; i++) {
      const h = columns.histograms![i]!;
      if (encoder === null) {
        encoder = this.#begin(h, headerOf(h.counterReset));
      } else if (encoder.count >= this.#maxSamples) {
        onChunk(this.#finish(encoder, columns, first, i));
        encoder = this.#begin(h, headerAfter(encoder, h));
        first = i;
      }
      if (encoder.count === 0) {
        encoder.append(this.#out, columns.times[i]!, h);
        continue;
      }
      const next = continuationOf(encoder, h);
      if (next.kind === 'breaks') {
        onChunk(this.#finish(encoder, columns, first, i));
        encoder = this.#begin(h, next.header);
        encoder.append(this.#out, columns.times[i]!, h);
        first = i;
      } else {
        if (next.wider) encoder = this.#widen(encoder, next.histogram);
        encoder.append(this.#out, columns.times[i]!, next.histogram);
      }
    }
    if (encoder !== null) onChunk(this.#finish(encoder, columns, first, to));
  }

  #begin(first: NativeHistogram, header: number): HistogramEncoder {
    this.#out.clear();
    return new HistogramEncoder(first, header);
  }

  #widen(encoder: HistogramEncoder, by: NativeHistogram): HistogramEncoder {
    return rewrite(encoder, { bytes: this.#out.bytes, start: 0, end: this.#out.byteLength }, by, this.#out);
  }

  #finish(encoder: HistogramEncoder, columns: SampleColumns, from: number, to: number): WrittenChunk {
    const { bytes, byteLength } = this.#out;
    bytes[0] = encoder.count >>> 8;
    bytes[1] = encoder.count & 0xff;
    return {
      encoding: encodingOf(encoder),
      bytes,
      start: 0,
      end: byteLength,
      sampleCount: encoder.count,
      minTimeMs: columns.times[from]!,
      maxTimeMs: columns.times[to - 1]!,
    };
  }
}

export function encodingOf({ isInteger }: { readonly isInteger: boolean }): number {
  return isInteger ? ENCODING_HISTOGRAM : ENCODING_FLOAT_HISTOGRAM;
}

/**
 * Writes an encoder's chunk anew into `out`, with the buckets of `by`, which has all of the chunk's and more. The bytes
 * may be those of `out`. Returns the encoder to go on with.
 */
export function rewrite(
  encoder: HistogramEncoder,
  at: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
  by: NativeHistogram,
  out: BitWriter,
): HistogramEncoder {
  const columns = new SampleColumns(encoder.count);
  const chunk = { ...at, count: encoder.count, encoding: encodingOf(encoder) };
  decodeHistograms(chunk, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, columns);
  const widener = new Widener(encoder.layout, by);
  const histograms = columns.histograms!.map((h) => widener.widened(h!));
  out.clear();
  const wider = new HistogramEncoder(histograms[0]!, encoder.header);
  for (let i = 0; i < columns.length; i++) wider.append(out, columns.times[i]!, histograms[i]!);
  return wider;
}

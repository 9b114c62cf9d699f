import type { SampleColumns } from '../../model/sample-columns.ts';
import { ENCODING_XOR } from './encoding.ts';
import { HistogramChunkWriter, type WrittenChunk } from './histogram-chunks.ts';
import { ChunkRewriter } from './rewrite-chunk.ts';

/** Decoded samples of any kind as chunks of encodings 1 to 3, in memory of its own. Start times are not written. */
export class SampleChunkWriter {
  readonly #maxSamples: number;
  readonly #floats = new ChunkRewriter();
  readonly #histograms: HistogramChunkWriter;

  constructor(maxSamples: number) {
    this.#maxSamples = maxSamples;
    this.#histograms = new HistogramChunkWriter(maxSamples);
  }

  /** Samples `begin`..`end` of the columns; the bytes of a chunk are only valid during the call. */
  write(columns: SampleColumns, onChunk: (chunk: WrittenChunk) => void, begin = 0, end = columns.length): void {
    const { histograms } = columns;
    for (let from = begin; from < end; ) {
      const kind = kindOf(histograms, from);
      let to = from + 1;
      while (to < end && (histograms === null || kindOf(histograms, to) === kind)) to++;
      if (kind === 'float') this.#writeFloats(columns, from, to, onChunk);
      else this.#histograms.write(columns, from, to, onChunk);
      from = to;
    }
  }

  #writeFloats(columns: SampleColumns, begin: number, end: number, onChunk: (chunk: WrittenChunk) => void): void {
    for (let from = begin; from < end; from += this.#maxSamples) {
      const to = Math.min(end, from + this.#maxSamples);
      onChunk({
        encoding: ENCODING_XOR,
        ...this.#floats.encode(columns, from, to),
        sampleCount: to - from,
        minTimeMs: columns.times[from]!,
        maxTimeMs: columns.times[to - 1]!,
      });
    }
  }
}

function kindOf(histograms: SampleColumns['histograms'], i: number): 'float' | 'integers' | 'floats' {
  const h = histograms?.[i];
  return h === undefined ? 'float' : h.integer ? 'integers' : 'floats';
}

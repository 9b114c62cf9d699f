import type { NativeHistogram } from '../../model/native-histogram.ts';
import { BitWriter } from '../chunk/bit-writer.ts';
import type { HistogramEncoder } from '../chunk/histogram-encoder.ts';

/** What is known of an open histogram chunk beside the state record of its series. */
export interface OpenHistogramChunk {
  encoder: HistogramEncoder;
  /** Samples from here on belong to another chunk, unless this has very few. */
  endMs: number;
  isEndPredicted: boolean;
}

/** What the head keeps for series of native histograms, by the address of their state records. */
export class HeadHistograms {
  readonly #open = new Map<number, OpenHistogramChunk>();
  readonly #last = new Map<number, NativeHistogram>();
  /** Where samples are encoded before they are copied behind the others of their chunk. */
  readonly scratch = new BitWriter();

  open(state: number): OpenHistogramChunk | undefined {
    return this.#open.get(state);
  }

  setOpen(state: number, chunk: OpenHistogramChunk): void {
    this.#open.set(state, chunk);
  }

  closeChunk(state: number): void {
    this.#open.delete(state);
  }

  /** Of a series that has had one; see last-histogram.ts. */
  last(state: number): NativeHistogram | undefined {
    return this.#last.get(state);
  }

  setLast(state: number, histogram: NativeHistogram): void {
    this.#last.set(state, histogram);
  }

  /** The series is gone. */
  forget(state: number): void {
    this.#open.delete(state);
    this.#last.delete(state);
  }
}

import type { MetricMetadata } from '../model/metadata.ts';
import type { NativeHistogram } from '../model/native-histogram.ts';

export type MetadataKind = 'type' | 'help' | 'unit';

/** A metadata line that the sink did not know: TYPE holds one of MetricType's words, HELP is unescaped. */
export interface MetadataLine {
  readonly kind: MetadataKind;
  readonly metric: string;
  readonly text: string;
  /** The bytes of the line, its newline included. */
  readonly start: number;
  readonly end: number;
}

/**
 * What a scanner calls, line by line, in the order of the body. Positions are offsets into the body that is being
 * scanned, end exclusive; they are valid during the call only. Whatever a sink throws ends the scan.
 *
 * `expect` and `expectMetadata` let a sink recognise lines that it has seen before by their bytes: what they accept is
 * not checked again, and no string is made. A sink without a memory returns -1.
 */
export interface ExpositionSink {
  /** Asked at the first byte of a sample line: the end of its series part when the sink knows the series, else -1. */
  expect(body: Uint8Array, pos: number): number;
  /** The sample of the line that `expect` has just recognised. `timeMs` is NaN when the line has none. */
  repeat(value: number, timeMs: number): void;
  /** A sample whose series part (`name{...}`, well formed) is body[start, end); also after an `expect` that misled. */
  sample(body: Uint8Array, start: number, end: number, value: number, timeMs: number): void;
  /**
   * Told before the sample that it belongs to. body[start, end) are its labels, `{...}`, or all of its message where the
   * body is protobuf. `timeMs` is NaN when it has none.
   */
  exemplar?(body: Uint8Array, start: number, end: number, value: number, timeMs: number): void;
  /** Asked at the `#` of a metadata line or comment: the position after its newline when the sink knows it, else -1. */
  expectMetadata(body: Uint8Array, pos: number): number;
  metadata(body: Uint8Array, line: MetadataLine): void;
  /** Asked after a `sample`: whether the scan is to stop here, to be taken up again from where it was left. */
  pausesHere?(): boolean;
}

/**
 * A protobuf body has no lines: `expect`, `sample` and `expectMetadata` get keys (MetricKey) and heads (FamilyHead), which
 * are as different as the lines would be.
 */
export interface ProtobufSink extends ExpositionSink {
  /** The native histogram of the series that `expect` has just recognised. */
  repeatHistogram(histogram: NativeHistogram, timeMs: number): void;
  histogram(key: Uint8Array, start: number, end: number, histogram: NativeHistogram, timeMs: number): void;
  /** A family that `expectMetadata` did not know; its metrics follow. */
  family(head: Uint8Array, family: ExposedMetadata): void;
  /** When the counting began of what comes next, 0 when that is unknown; told before its samples. */
  created?(timeMs: number): void;
}

export interface ExposedMetadata extends MetricMetadata {
  readonly metric: string;
  /** The bytes by which the family is to be recognised. */
  readonly start: number;
  readonly end: number;
}

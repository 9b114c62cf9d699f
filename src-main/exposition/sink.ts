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
  /** The labels of an exemplar, `{...}` at body[start, end); told before the sample that it belongs to. */
  exemplar?(body: Uint8Array, start: number, end: number): void;
  /** Asked at the `#` of a metadata line or comment: the position after its newline when the sink knows it, else -1. */
  expectMetadata(body: Uint8Array, pos: number): number;
  metadata(body: Uint8Array, line: MetadataLine): void;
  /** Asked after a `sample`: whether the scan is to stop here, to be taken up again from where it was left. */
  pausesHere?(): boolean;
}

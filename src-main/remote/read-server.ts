/** Answers to remote read (storage/remote/read_handler.go). */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { crc32c } from '@node-rs/crc32';
import { compareLabels, getLabel, type Labels, labelEntries, labelsOf } from '../model/labels.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import type { Querier, Queryable } from '../model/storage.ts';
import { type EncodedChunk, encodeChunkedSeries, encodeTimeSeries } from './encode-series.ts';
import { ReadError } from './errors.ts';
import { decodeReadRequest, type ReadQuery, type ReadRequest } from './read-request.ts';

export interface ReadServerOptions {
  readonly queryable: Queryable;
  readonly externalLabels: () => Labels;
  /** Samples that one answer may have where it is not streamed. */
  readonly maxSamples: number;
  /** Chunks of a frame together; one that is larger has a frame of its own. */
  readonly maxFrameBytes: number;
  /** The samples as chunks of the storage's encodings; the bytes handed over are copied. */
  readonly writeChunks: (columns: SampleColumns, onChunk: (chunk: EncodedChunk) => void) => void;
}

export class ReadServer {
  readonly #options: ReadServerOptions;

  constructor(options: ReadServerOptions) {
    this.#options = options;
  }

  /** `message` is an unpacked prometheus.ReadRequest. Throws ReadError. */
  decode(message: Uint8Array): ReadRequest {
    try {
      return decodeReadRequest(message);
    } catch (error) {
      throw new ReadError(error instanceof Error ? error.message : String(error));
    }
  }

  /** A prometheus.ReadResponse message. Throws ReadError when there is too much. */
  samples(queries: readonly ReadQuery[]): Uint8Array {
    const writer = new BinaryWriter();
    let left = this.#options.maxSamples;
    for (const query of queries) {
      writer.tag(1, WireType.LengthDelimited).fork();
      for (const { labels, columns } of this.#series(query)) {
        left -= columns.length;
        if (left < 0) throw new ReadError(`exceeded sample limit (${this.#options.maxSamples})`);
        writer.tag(1, WireType.LengthDelimited).bytes(encodeTimeSeries(labels, columns));
      }
      writer.join();
    }
    return writer.finish();
  }

  /** Frames of prometheus.ChunkedReadResponse, series by series: length, CRC-32C, message. */
  *frames(queries: readonly ReadQuery[]): Generator<Uint8Array> {
    for (const [queryIndex, query] of queries.entries())
      for (const { labels, columns } of this.#series(query))
        for (const chunks of this.#pieces(columns)) yield frame(encodeChunkedSeries(labels, chunks, queryIndex));
  }

  *#pieces(columns: SampleColumns): Generator<readonly EncodedChunk[]> {
    const chunks: EncodedChunk[] = [];
    this.#options.writeChunks(columns, (chunk) => chunks.push({ ...chunk, bytes: chunk.bytes.slice() }));
    let piece: EncodedChunk[] = [];
    let size = 0;
    for (const chunk of chunks) {
      if (size + chunk.bytes.length > this.#options.maxFrameBytes && piece.length > 0) {
        yield piece;
        piece = [];
        size = 0;
      }
      piece.push(chunk);
      size += chunk.bytes.length;
    }
    if (piece.length > 0) yield piece;
  }

  /** By labels; the columns are overwritten with the next. */
  *#series({
    minTimeMs,
    maxTimeMs,
    matchers,
  }: ReadQuery): Generator<{ readonly labels: Labels; readonly columns: SampleColumns }> {
    const external = this.#options.externalLabels();
    // What asks for an external label asks for all that is here.
    const own = matchers.filter(
      ({ name, type, value }) => !(type === '=' && value !== '' && getLabel(external, name) === value),
    );
    const querier: Querier = this.#options.queryable.querier(minTimeMs, maxTimeMs);
    try {
      const set = querier.select(own);
      const order = Array.from({ length: set.length }, (_, index) => ({ index, labels: set.labels(index) }));
      order.sort((a, b) => compareLabels(a.labels, b.labels));
      const columns = new SampleColumns();
      for (const { index, labels } of order) {
        columns.clear();
        if (set.read(index, minTimeMs, maxTimeMs, columns) > 0)
          yield { labels: labelsOf([...labelEntries(external), ...labelEntries(labels)]), columns };
      }
    } finally {
      querier.close();
    }
  }
}

function frame(message: Uint8Array): Uint8Array {
  const head = new BinaryWriter().uint32(message.length).finish();
  const bytes = Buffer.alloc(head.length + 4 + message.length);
  bytes.set(head, 0);
  bytes.writeUInt32BE(crc32c(Buffer.from(message.buffer, message.byteOffset, message.byteLength)), head.length);
  bytes.set(message, head.length + 4);
  return bytes;
}

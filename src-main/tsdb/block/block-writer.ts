import fs from 'node:fs';
import path from 'node:path';
import { isOfFloats } from '../chunk/decode-chunk.ts';
import { Tombstones } from '../tombstones.ts';
import { ChunkFilesWriter } from './chunk-files.ts';
import { type IndexedChunks, IndexWriter } from './index-writer.ts';
import { type BlockMeta, writeMeta } from './meta.ts';
import { syncDirectory } from './output-file.ts';
import { writeTombstones } from './tombstone-file.ts';

/** One chunk on its way into a block: bytes[start..end) is its data. */
export interface BlockChunk {
  readonly encoding: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly sampleCount: number;
  readonly minTimeMs: number;
  /** Included. */
  readonly maxTimeMs: number;
}

/** What a block is to hold: series in the order of their labels, at least one, each with at least one chunk. */
export interface BlockContent {
  /** Exactly the names and values used, sorted by UTF-8 bytes. */
  readonly symbols: readonly string[];
  readonly seriesCount: number;
  /** Alternating names and values as places in `symbols`; valid until the next call. */
  labels(series: number): Uint32Array;
  /** Hands out the chunks in order of time; the bytes are only valid during the call. */
  chunks(series: number, onChunk: (chunk: BlockChunk) => void): void;
}

/** The meta without what is counted while writing. */
export type BlockIdentity = Pick<BlockMeta, 'ulid' | 'minTime' | 'maxTime' | 'compaction'>;

/**
 * Writes a whole block into `<dataDir>/<ulid>`: built beside as `<ulid>.tmp-for-creation`, synced, renamed. On failure
 * nothing remains.
 */
export function writeBlock(dataDir: string, identity: BlockIdentity, content: BlockContent): BlockMeta {
  const dir = path.join(dataDir, identity.ulid);
  const building = `${dir}.tmp-for-creation`;
  fs.mkdirSync(path.join(building, 'chunks'), { recursive: true });
  const index = new IndexWriter(path.join(building, 'index'), content.symbols);
  const chunks = new ChunkFilesWriter(path.join(building, 'chunks'));
  try {
    const counts = writeSeries(index, chunks, content);
    chunks.close();
    index.finish();
    const meta: BlockMeta = {
      ulid: identity.ulid,
      minTime: identity.minTime,
      maxTime: identity.maxTime,
      stats: {
        numSamples: counts.floats + counts.histograms,
        ...(counts.floats > 0 ? { numFloatSamples: counts.floats } : {}),
        ...(counts.histograms > 0 ? { numHistogramSamples: counts.histograms } : {}),
        numSeries: content.seriesCount,
        numChunks: counts.chunks,
      },
      compaction: identity.compaction,
      version: 1,
    };
    writeMeta(building, meta);
    writeTombstones(building, new Tombstones());
    syncDirectory(path.join(building, 'chunks'));
    syncDirectory(building);
    fs.renameSync(building, dir);
    syncDirectory(dataDir);
    return meta;
  } catch (error) {
    index.abandon();
    chunks.abandon();
    fs.rmSync(building, { recursive: true, force: true });
    throw error;
  }
}

interface Counts {
  floats: number;
  histograms: number;
  chunks: number;
}

function writeSeries(index: IndexWriter, chunks: ChunkFilesWriter, content: BlockContent): Counts {
  const counts: Counts = { floats: 0, histograms: 0, chunks: 0 };
  for (let s = 0; s < content.seriesCount; s++) {
    const indexed: Record<keyof IndexedChunks, number[]> = { minTimes: [], maxTimes: [], segments: [], offsets: [] };
    content.chunks(s, (chunk) => {
      const place = chunks.write(chunk.encoding, chunk.bytes, chunk.start, chunk.end);
      indexed.minTimes.push(chunk.minTimeMs);
      indexed.maxTimes.push(chunk.maxTimeMs);
      indexed.segments.push(place.segment);
      indexed.offsets.push(place.offset);
      counts[isOfFloats(chunk.encoding) ? 'floats' : 'histograms'] += chunk.sampleCount;
      counts.chunks++;
    });
    index.addSeries(content.labels(s), indexed);
  }
  return counts;
}

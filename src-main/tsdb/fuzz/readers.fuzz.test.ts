/**
 * Every reader of bytes on garbled input: it refuses with its own kind of error, soon, and in bounded memory. With the
 * checksums as they fall nothing wrong is ever read; with the checksums put right afterwards it is the parsing that is
 * tried.
 */
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import snappy from 'snappy';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CorruptChunkError, decodeXorPlain } from '../../kernels/xor-chunk.ts';
import { decodeXor } from '../../kernels/xor-decoder.ts';
import { silentLogger } from '../../model/log.ts';
import { Matcher } from '../../model/matcher.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { Block } from '../block/block.ts';
import { BlockQuerier } from '../block/block-querier.ts';
import { FileCache } from '../block/file-cache.ts';
import { readMeta } from '../block/meta.ts';
import { readTombstones, writeTombstones } from '../block/tombstone-file.ts';
import { decodeChunk } from '../chunk/decode-chunk.ts';
import { CorruptionError } from '../errors.ts';
import { Head } from '../head/head.ts';
import { readHeadChunks } from '../head/head-chunk-files.ts';
import type { TestTsdb } from '../test-tsdb.ts';
import { Tombstones } from '../tombstones.ts';
import { loadFallback, uncompressByFallback, uncompressSnappy, uncompressZstd } from '../wal/compression.ts';
import { listSegments, segmentFile } from '../wal/layout.ts';
import { readWal } from '../wal/open-wal.ts';
import { RecordLog } from '../wal/record-log.ts';
import { scanSegment } from '../wal/segment-scan.ts';
import { mutated, type Random } from './mutate.ts';
import { endsWell, FUZZ_TIMEOUT_MS, fuzz } from './run-fuzz.ts';
import { blockDirs, writeSampleData } from './sample-data.ts';
import { garbledChunks, garbledHeadChunks, garbledIndex, garbledTombstones, headChunkFile } from './seal.ts';

let db: TestTsdb;
let dir = '';
let block = '';

beforeAll(async () => {
  await loadFallback();
  db = await writeSampleData();
  dir = `${db.dir}-fuzz`;
  block = path.join(dir, path.basename(blockDirs(db.dir)[0] ?? ''));
  fs.cpSync(path.join(db.dir, path.basename(block)), block, { recursive: true });
});
afterAll(() => {
  fs.rmSync(db.dir, { recursive: true });
  fs.rmSync(dir, { recursive: true });
});

/** Runs `once` with a file of the block garbled, and puts it right again. */
async function fuzzFile(name: string, garble: (bytes: Buffer, random: Random) => Buffer, once: () => void) {
  const file = path.join(block, name);
  const intact = fs.readFileSync(file);
  try {
    await fuzz((random) => {
      fs.writeFileSync(file, garble(intact, random));
      once();
    });
  } finally {
    fs.writeFileSync(file, intact);
  }
}

const anyBytes = (bytes: Buffer, random: Random) => mutated(bytes, random).bytes;

interface Contents {
  /** Series as JSON of their labels -> their samples as JSON. */
  readonly series: Map<string, string>;
  readonly badChunks: number;
}

/** Everything in the block, by every way of reading; null when it is refused. */
function readBlock(): Contents | null {
  const series = new Map<string, string>();
  let badChunks = 0;
  const isRead = endsWell(() => {
    const opened = Block.open(block, new FileCache(1 << 20));
    const querier = new BlockQuerier(opened, 0, 4e12, () => {
      badChunks++;
    });
    try {
      querier.labelNames([]);
      querier.labelValues('s', []);
      querier.labelNames([new Matcher('s', '=~', '[0-4]')]);
      querier.select([new Matcher('odd', '=', 'yes'), new Matcher('s', '!=', '3')]);
      const set = querier.select([]);
      const columns = new SampleColumns();
      for (let i = 0; i < set.length; i++) {
        columns.clear();
        set.read(i, 0, 4e12, columns);
        const times = columns.times.subarray(0, columns.length);
        const values = columns.values.subarray(0, columns.length);
        series.set(JSON.stringify(set.labels(i)), `${times.join()} ${values.join()}`);
      }
    } finally {
      querier.close();
      opened.close();
    }
  }, [CorruptionError]);
  return isRead ? { series, badChunks } : null;
}

describe('a block', () => {
  test.each([['index'], ['chunks/000001'], ['tombstones']])(
    '%s garbled: refused, or chunks named, or read as it was',
    async (name) => {
      const whole = readBlock();
      expect(whole?.series.size).toBe(9);
      await fuzzFile(name, anyBytes, () => {
        const found = readBlock();
        if (found === null) return;
        for (const [labels, samples] of found.series) {
          const right = whole?.series.get(labels);
          if (right === undefined) throw new Error(`a series that never was: ${labels}`);
          if (samples !== right && found.badChunks === 0) throw new Error(`wrong samples of ${labels}`);
        }
      });
    },
    FUZZ_TIMEOUT_MS,
  );

  test.each([
    ['index', garbledIndex],
    ['chunks/000001', garbledChunks],
    ['tombstones', garbledTombstones],
  ])(
    '%s garbled, with right checksums',
    async (name, garble) => {
      const stones = new Tombstones();
      for (let id = 1; id < 60; id++) stones.add(id, 1000 * id, 1.8e12);
      if (name === 'tombstones') writeTombstones(block, stones);
      await fuzzFile(name, garble, () => {
        if (name === 'tombstones') endsWell(() => readTombstones(block), [CorruptionError]);
        readBlock();
      });
      writeTombstones(block, new Tombstones());
    },
    FUZZ_TIMEOUT_MS,
  );

  test(
    'meta.json garbled',
    () =>
      fuzzFile('meta.json', anyBytes, () => {
        endsWell(() => readMeta(block), [CorruptionError]);
        readBlock();
      }),
    FUZZ_TIMEOUT_MS,
  );
});

describe('chunks', () => {
  test.each([1, 2, 3, 4, 5, 6])(
    'of encoding %i: garbled data, any length and count',
    async (encoding) => {
      const source = fs.readFileSync(path.join(block, 'chunks', '000001')).subarray(12, 400);
      await fuzz((random) => {
        const data = Buffer.concat([
          mutated(source.subarray(0, 20 + random.below(380)), random).bytes,
          Buffer.alloc(8),
        ]);
        const end = Math.max(0, data.length - 8);
        const count = random.below(4) === 0 ? random.below(65_536) : random.below(300);
        const chunk = { bytes: data, start: 0, end, count };
        const columns = new SampleColumns();
        const range = random.below(2) === 0 ? ([0, 2e12] as const) : ([-Infinity, Infinity] as const);
        if (encoding === 1) {
          endsWell(() => decodeXorPlain(chunk, ...range, new SampleColumns()), [CorruptChunkError]);
          endsWell(() => decodeXor(chunk, ...range, columns), [CorruptChunkError]);
        }
        endsWell(
          () => decodeChunk({ ...chunk, encoding }, ...range, new SampleColumns()),
          [CorruptChunkError, CorruptionError],
        );
      });
    },
    FUZZ_TIMEOUT_MS,
  );

  test(
    'head chunk files',
    async () => {
      const chunks = fs.readFileSync(path.join(block, 'chunks', '000001'));
      const data = chunks.subarray(8 + 3, 8 + 3 + 150);
      const file = headChunkFile(
        Array.from({ length: 20 }, (_, i) => ({ ref: i + 1, times: [1e12 + i, 1e12 + i + 999] as const, data })),
      );
      const chunksDir = path.join(dir, 'chunks_head');
      fs.mkdirSync(chunksDir);
      await fuzz((random) => {
        const garble = random.below(2) === 0 ? garbledHeadChunks : anyBytes;
        fs.writeFileSync(path.join(chunksDir, '000001'), garble(file, random));
        readHeadChunks(chunksDir, new Head({ chunkRangeMs: 7_200_000, maxSeries: 0 }));
      });
      fs.rmSync(chunksDir, { recursive: true });
    },
    FUZZ_TIMEOUT_MS,
  );
});

describe('the log', () => {
  /** The records of the sample data's log, and a segment of them. */
  function recordsOfLog(): Buffer[] {
    const records: Buffer[] = [];
    for (const { file } of listSegments(path.join(db.dir, 'wal'))) {
      scanSegment(file, (record) => records.push(Buffer.from(record)));
    }
    return records;
  }

  test(
    'segments garbled anywhere: all records before the damage are read, and only records that were written',
    async () => {
      const wal = path.join(dir, 'wal-segments');
      fs.mkdirSync(wal);
      const log = new RecordLog(wal);
      const written = recordsOfLog().slice(0, 60);
      written.push(Buffer.alloc(90_000, 'long'), ...written.slice(0, 20));
      const ends: number[] = [];
      for (const record of written) {
        log.log(record);
        ends.push(fs.statSync(segmentFile(wal, 0)).size);
      }
      await log.close();
      const intact = fs.readFileSync(segmentFile(wal, 0));
      const file = path.join(wal, 'garbled');
      await fuzz((random) => {
        const { bytes, intactBytes } = mutated(intact, random);
        fs.writeFileSync(file, bytes);
        const found: Buffer[] = [];
        scanSegment(file, (record) => found.push(Buffer.from(record)));
        const sure = ends.filter((end) => end <= intactBytes).length;
        if (found.length < sure) throw new Error(`${sure} records precede the damage, ${found.length} were read`);
        found.forEach((record, i) => {
          const isRight = i < sure ? record.equals(written[i]!) : written.some((one) => one.equals(record));
          if (!isRight) throw new Error(`record ${i} was never written`);
        });
      });
      fs.rmSync(wal, { recursive: true });
    },
    FUZZ_TIMEOUT_MS,
  );

  test(
    'records garbled, with right checksums',
    async () => {
      const records = recordsOfLog();
      const some = [...records.slice(0, 30), ...records.filter((record) => record[0] !== 2)];
      await fuzz(async (random) => {
        const data = path.join(dir, 'replayed');
        fs.mkdirSync(path.join(data, 'wal'), { recursive: true });
        const log = new RecordLog(path.join(data, 'wal'));
        for (const record of some) {
          if (random.below(10) > 0) log.log(record);
          const garbled = mutated(record, random).bytes;
          if (random.below(12) === 0) garbled[0] = random.below(16);
          if (random.below(4) === 0 && garbled.length > 0) log.log(garbled);
        }
        await log.close();
        const head = new Head({ chunkRangeMs: 7_200_000, maxSeries: 0 });
        await readWal(data, head, silentLogger);
        fs.rmSync(data, { recursive: true });
      });
    },
    FUZZ_TIMEOUT_MS,
  );

  test.each([
    ['snappy', (bytes: Buffer) => snappy.compressSync(bytes), [uncompressSnappy]],
    ['zstd', (bytes: Buffer) => zlib.zstdCompressSync(bytes), [uncompressZstd, uncompressByFallback]],
  ] as const)(
    '%s frames garbled',
    async (_, compress, readers) => {
      const frames = recordsOfLog()
        .slice(0, 10)
        .map((record) => compress(Buffer.concat([record, record])));
      await fuzz((random) => {
        const { bytes } = mutated(random.pick(frames), random);
        for (const uncompress of readers) endsWell(() => uncompress(bytes), [CorruptionError]);
      });
    },
    FUZZ_TIMEOUT_MS,
  );
});

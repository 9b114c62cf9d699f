import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CorruptChunkError } from '../../kernels/xor-chunk.ts';
import { compareStrings } from '../../model/labels.ts';
import { Matcher } from '../../model/matcher.ts';
import { SampleColumns } from '../../model/sample-columns.ts';
import { ChunkRewriter } from '../chunk/rewrite-chunk.ts';
import { CorruptionError } from '../errors.ts';
import { Block } from './block.ts';
import { BlockQuerier } from './block-querier.ts';
import { type BlockContent, writeBlock } from './block-writer.ts';
import { FileCache } from './file-cache.ts';
import { isUlid, makeUlid } from './ulid.ts';

const SERIES = 300;
const ULID = makeUlid(1_700_000_000_000, new Uint8Array(10).fill(77));

test('ulids', () => {
  expect(makeUlid(1_469_918_176_385, new Uint8Array(10))).toBe('01ARYZ6S410000000000000000');
  expect(makeUlid(0, new Uint8Array(10).fill(255))).toBe('0000000000ZZZZZZZZZZZZZZZZ');
  expect(isUlid(ULID)).toBe(true);
  expect(isUlid('lost+found')).toBe(false);
});

/** Series {n: "value i", odd: "yes"?} with i + 1 samples in chunks of 120. */
function content(): BlockContent {
  const symbols = ['n', 'odd', 'yes', ...Array.from({ length: SERIES }, (_, i) => `v${i}ü`)].sort(compareStrings);
  const at = (text: string) => symbols.indexOf(text);
  const rewriter = new ChunkRewriter();
  const columns = new SampleColumns();
  const order = Array.from({ length: SERIES }, (_, i) => i).sort((a, b) => compareStrings(`v${a}ü`, `v${b}ü`));
  return {
    symbols,
    seriesCount: SERIES,
    labels: (s) => {
      const i = order[s] ?? 0;
      return Uint32Array.of(at('n'), at(`v${i}ü`), ...(i % 2 === 1 ? [at('odd'), at('yes')] : []));
    },
    chunks: (s, onChunk) => {
      const i = order[s] ?? 0;
      for (let from = 0; from <= i; from += 120) {
        columns.clear();
        columns.reserve(120);
        for (let k = from; k <= Math.min(i, from + 119); k++) {
          columns.times[columns.length] = 1000 * k;
          columns.values[columns.length++] = i + k / 7;
        }
        const encoded = rewriter.encode(columns, 0, columns.length);
        const maxTimeMs = columns.times[columns.length - 1] ?? 0;
        onChunk({ encoding: 1, ...encoded, sampleCount: columns.length, minTimeMs: 1000 * from, maxTimeMs });
      }
    },
  };
}

let dir = '';

beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-block-'));
  writeBlock(dir, { ulid: ULID, minTime: 0, maxTime: 300_000, compaction: { level: 1, sources: [ULID] } }, content());
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

/** Series value -> samples, as far as they are right; throws on a wrong one. */
function read(block: Block, matchers: Matcher[], span: [number, number] = [0, 300_000]): Map<string, number> {
  const querier = new BlockQuerier(block, ...span, () => {});
  const counts = new Map<string, number>();
  try {
    const set = querier.select(matchers);
    const columns = new SampleColumns();
    for (let s = 0; s < set.length; s++) {
      columns.clear();
      set.read(s, ...span, columns);
      const value = set.labels(s)[1] ?? '';
      const i = Number(value.slice(1, -1));
      for (let k = 0; k < columns.length; k++) {
        if (columns.values[k] !== i + (columns.times[k] ?? 0) / 7000) throw new Error(`wrong sample in ${value}`);
      }
      counts.set(value, columns.length);
    }
  } finally {
    querier.close();
  }
  return counts;
}

describe('a block', () => {
  test('is read back, through a cache much smaller than it', () => {
    const block = Block.open(path.join(dir, ULID), new FileCache(1));
    const counts = read(block, []);
    expect(counts.size).toBe(SERIES);
    for (let i = 0; i < SERIES; i++) expect(counts.get(`v${i}ü`)).toBe(i + 1);
    expect(block.meta.stats).toEqual({
      numSamples: (SERIES * (SERIES + 1)) / 2,
      numFloatSamples: (SERIES * (SERIES + 1)) / 2,
      numSeries: SERIES,
      numChunks: 540,
    });
    expect(read(block, [new Matcher('n', '=', 'v7ü')])).toEqual(new Map([['v7ü', 8]]));
    expect(read(block, [new Matcher('odd', '=', ''), new Matcher('n', '=~', 'v1.ü')]).size).toBe(5);
    expect(read(block, [new Matcher('odd', '=', 'yes')]).size).toBe(SERIES / 2);
    expect(read(block, [new Matcher('n', '=', 'none')]).size).toBe(0);
    expect(read(block, [], [200_000, 201_000]).size).toBe(SERIES - 200);
    expect(read(block, [new Matcher('n', '=', 'v299ü')], [119_000, 121_000])).toEqual(new Map([['v299ü', 3]]));
    const querier = new BlockQuerier(block, 0, 1e6, () => {});
    expect(querier.labelNames([])).toEqual(['n', 'odd']);
    expect(querier.labelNames([new Matcher('n', '=', 'v2ü')])).toEqual(['n']);
    expect(querier.labelValues('odd', [])).toEqual(['yes']);
    expect(querier.labelValues('n', [new Matcher('n', '=~', 'v(3|10)ü')])).toEqual(['v10ü', 'v3ü']);
    querier.close();
    block.close();
  });

  test('whose bytes are changed anywhere gives an error or right samples, never wrong ones', () => {
    const copy = path.join(dir, 'copy');
    let random = 12345;
    const next = (limit: number) => {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      return Math.floor((random / 2 ** 32) * limit);
    };
    for (let round = 0; round < 300; round++) {
      fs.cpSync(path.join(dir, ULID), copy, { recursive: true });
      const file = path.join(copy, round % 3 === 0 ? 'chunks/000001' : 'index');
      const bytes = fs.readFileSync(file);
      for (let i = 0; i <= next(3); i++) bytes[next(bytes.length)] = next(256);
      fs.writeFileSync(file, round % 10 === 0 ? bytes.subarray(0, next(bytes.length)) : bytes);
      try {
        const block = Block.open(copy, new FileCache(1 << 20));
        read(block, round % 2 === 0 ? [] : [new Matcher('odd', '=', 'yes')]);
        block.close();
      } catch (error) {
        if (!(error instanceof CorruptionError || error instanceof CorruptChunkError)) throw error;
      }
      fs.rmSync(copy, { recursive: true });
    }
  });
});

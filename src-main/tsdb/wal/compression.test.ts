import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { crc32c } from '@node-rs/crc32';
import snappy from 'snappy';
import { beforeAll, expect, test } from 'vitest';
import { CorruptionError } from '../errors.ts';
import { loadFallback, uncompressByFallback, uncompressSnappy, uncompressZstd } from './compression.ts';
import { FLAG_ZSTD, FRAGMENT_FIRST, FRAGMENT_FULL, FRAGMENT_LAST } from './layout.ts';
import { scanSegment } from './segment-scan.ts';

/** Half text, half noise. */
function body(length: number): Buffer {
  let state = length | 1;
  return Buffer.from(
    Array.from({ length }, (_, i) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return i % 64 < 32 ? 97 + (i % 7) : state >>> 24;
    }),
  );
}

const sizes = [1, 100, 5000, 70_000, 1_000_000];
const commands: readonly (readonly string[])[] = [['-1'], ['-19'], ['--no-check'], ['--check']];
const hasZstd = spawnSync('zstd', ['--version']).status === 0;
if (!hasZstd) process.stdout.write('skipped: the zstd command is not installed\n');

beforeAll(loadFallback);

test.each([['native', uncompressZstd] as const, ['fallback', uncompressByFallback] as const])(
  'zstd made by node is read: %s',
  (_, uncompress) => {
    for (const size of sizes) {
      for (const level of [1, 3, 19]) {
        const params = { [zlib.constants.ZSTD_c_compressionLevel]: level };
        const packed = zlib.zstdCompressSync(body(size), { params });
        expect(uncompress(packed).equals(body(size))).toBe(true);
      }
    }
  },
);

test.skipIf(!hasZstd).each(commands)('zstd made by the command with %s is read', (flag) => {
  for (const size of sizes) {
    const packed = spawnSync('zstd', ['-c', flag], { input: body(size), maxBuffer: 1 << 26 }).stdout;
    expect(uncompressZstd(packed).equals(body(size))).toBe(true);
    expect(uncompressByFallback(packed).equals(body(size))).toBe(true);
  }
});

test('what claims more than a record may hold takes no memory', () => {
  const bomb = zlib.zstdCompressSync(Buffer.alloc(300 * 1024 * 1024));
  expect(bomb.length).toBeLessThan(100_000);
  const wide = Buffer.from(zlib.zstdCompressSync(body(1000)));
  wide[4] = 0; // a window descriptor follows
  wide[5] = 0xff;
  for (const data of [bomb, wide, Buffer.alloc(3), Buffer.alloc(0)]) {
    expect(() => uncompressZstd(data)).toThrow(CorruptionError);
    expect(() => uncompressByFallback(data)).toThrow(CorruptionError);
  }
  const claims = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0]);
  for (const data of [claims, Buffer.alloc(0), Buffer.from([5, 1, 2])]) {
    expect(() => uncompressSnappy(data)).toThrow(CorruptionError);
  }
  const zeros = Buffer.alloc(1 << 20);
  expect(uncompressSnappy(snappy.compressSync(zeros)).equals(zeros)).toBe(true);
});

test('a segment with records compressed by zstd', () => {
  const fragment = (type: number, part: Buffer) => {
    const head = Buffer.alloc(7);
    head[0] = type | FLAG_ZSTD;
    head.writeUInt16BE(part.length, 1);
    head.writeUInt32BE(crc32c(part), 3);
    return Buffer.concat([head, part]);
  };
  const long = zlib.zstdCompressSync(body(20_000));
  const bytes = Buffer.concat([
    fragment(FRAGMENT_FULL, zlib.zstdCompressSync(body(500))),
    fragment(FRAGMENT_FIRST, long.subarray(0, 1000)),
    fragment(FRAGMENT_LAST, long.subarray(1000)),
    fragment(FRAGMENT_FULL, Buffer.from('no zstd')),
    fragment(FRAGMENT_FULL, zlib.zstdCompressSync(body(7))),
  ]);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-zstd-'));
  fs.writeFileSync(path.join(dir, '00000000'), bytes);
  const records: Buffer[] = [];
  const { damages } = scanSegment(path.join(dir, '00000000'), (record) => records.push(Buffer.from(record)));
  expect(records).toEqual([body(500), body(20_000), body(7)]);
  expect(damages.map(({ reason }) => reason)).toEqual(['not a zstd frame']);
  fs.rmSync(dir, { recursive: true });
});

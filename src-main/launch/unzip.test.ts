import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { unzip } from './unzip.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'hearth-unzip-'));

/** An archive as PKWARE's APPNOTE draws it: local headers with their data, the directory, its end. */
function zipOf(files: Readonly<Record<string, { readonly text: string; readonly deflated: boolean }>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, { text, deflated }] of Object.entries(files)) {
    const raw = Buffer.from(text);
    const data = deflated ? deflateRawSync(raw) : raw;
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(crc32(raw), 0);
    sizes.writeUInt32LE(data.length, 4);
    sizes.writeUInt32LE(raw.length, 8);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(deflated ? 8 : 0, 8);
    sizes.copy(local, 14);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    local.writeUInt16LE(3, 28);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(deflated ? 8 : 0, 10);
    sizes.copy(entry, 16);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(at, 42);
    const record = Buffer.concat([local, Buffer.from(name), Buffer.from('ext'), data]);
    parts.push(record);
    directory.push(entry, Buffer.from(name));
    at += record.length;
  }
  const end = Buffer.alloc(22 + 7);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(7, 20);
  end.write('comment', 22);
  return Buffer.concat([...parts, ...directory, end]);
}

describe('unzip', () => {
  const archive = path.join(folder, 'a.zip');

  it('writes the wanted files, stored, deflated and empty, and leaves the others', async () => {
    const long = 'hearth '.repeat(10_000);
    writeFileSync(
      archive,
      zipOf({
        'top/': { text: '', deflated: false },
        'top/long.txt': { text: long, deflated: true },
        'top/deep/short.txt': { text: 'stored', deflated: false },
        'top/empty': { text: '', deflated: false },
        'other/unwanted.txt': { text: 'no', deflated: true },
      }),
    );
    const written = await unzip(archive, (name) => (name.startsWith('top/') ? path.join(folder, 'out', name) : null));
    expect(written).toBe(3);
    expect(readFileSync(path.join(folder, 'out/top/long.txt'), 'utf8')).toBe(long);
    expect(readFileSync(path.join(folder, 'out/top/deep/short.txt'), 'utf8')).toBe('stored');
    expect(readFileSync(path.join(folder, 'out/top/empty'), 'utf8')).toBe('');
    expect(() => readFileSync(path.join(folder, 'out/other/unwanted.txt'))).toThrow();
  });

  it('says what is wrong with what is no archive', async () => {
    writeFileSync(archive, 'not a zip archive at all, but long enough to look for its end');
    await expect(unzip(archive, () => null)).rejects.toThrow('no end of directory');
  });
});

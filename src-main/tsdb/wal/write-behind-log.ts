/** `wbl/`: the log of samples out of order, in the format of the write-ahead log (tsdb/head_append.go). */
import fs from 'node:fs';
import path from 'node:path';
import { ByteWriter } from '../byte-writer.ts';
import { encodeHistograms, type RefHistograms } from './histogram-records.ts';
import { listSegments } from './layout.ts';
import { RecordLog } from './record-log.ts';
import { encodeSamples, type SampleColumnsOfRecord } from './records.ts';

const MAX_SAMPLES_PER_RECORD = 200_000;

/** There is nothing on the disk before the first sample out of order. */
export class WriteBehindLog {
  readonly dir: string;
  #log: RecordLog | null = null;
  readonly #out = new ByteWriter();

  constructor(dataDir: string) {
    this.dir = path.join(dataDir, 'wbl');
  }

  /** Their series must be in the write-ahead log. Throws WalWriteError. */
  logSamples(samples: SampleColumnsOfRecord): void {
    for (let from = 0; from < samples.length; from += MAX_SAMPLES_PER_RECORD) {
      encodeSamples(this.#out, samples, from, Math.min(samples.length, from + MAX_SAMPLES_PER_RECORD));
      this.#opened().log(this.#out.written());
    }
  }

  /** Of the kinds that a series has, the earlier ones in the order of records come first. Throws WalWriteError. */
  logHistograms(histograms: RefHistograms): void {
    const all = { from: 0, to: histograms.refs.length };
    encodeHistograms(this.#out, histograms, all, () => this.#opened().log(this.#out.written()));
  }

  #opened(): RecordLog {
    if (this.#log === null) {
      fs.mkdirSync(this.dir, { recursive: true });
      this.#log = new RecordLog(this.dir);
    }
    return this.#log;
  }

  /** What is logged from now on is not in the segments that `removeBefore` removes for the number returned. */
  nextSegment(): number {
    if (this.#log === null) return (listSegments(this.dir).at(-1)?.number ?? -1) + 1;
    this.#log.nextSegment();
    return this.#log.segmentNumber;
  }

  removeBefore(segmentNumber: number): void {
    for (const { number, file } of listSegments(this.dir)) if (number < segmentNumber) fs.rmSync(file, { force: true });
  }

  /** Everything logged is on the disk when this resolves. */
  async close(): Promise<void> {
    await this.#log?.close();
  }
}

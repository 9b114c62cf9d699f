/**
 * Run by hand: `node src-main/tsdb/chunk/histogram-chunk.bench.ts`. CPU nanoseconds and bytes a sample, of chunks of 100
 * histograms with 30 buckets; medians.
 */
import { SampleColumns } from '../../model/sample-columns.ts';
import { histogramOf } from '../test-histograms.ts';
import { decodeChunk } from './decode-chunk.ts';
import { HistogramChunkWriter, type WrittenChunk } from './histogram-chunks.ts';

const SAMPLES = 100;
const BUCKETS = 30;
const REPEATS = 200;
const ROUNDS = 7;

function cpuNs(action: () => void): number {
  const before = process.cpuUsage();
  for (let i = 0; i < REPEATS; i++) action();
  const used = process.cpuUsage(before);
  return ((used.user + used.system) * 1000) / REPEATS / SAMPLES;
}

function median(action: () => void): string {
  cpuNs(action);
  const rounds = Array.from({ length: ROUNDS }, () => cpuNs(action)).sort((a, b) => a - b);
  return `${rounds[ROUNDS >> 1]?.toFixed(0)} ns`;
}

function histograms(integer: boolean): SampleColumns {
  const columns = new SampleColumns(SAMPLES);
  columns.histograms = [];
  const counts = new Array<number>(BUCKETS).fill(0);
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  for (let i = 0; i < SAMPLES; i++) {
    for (let b = 0; b < BUCKETS; b++) counts[b] = (counts[b] ?? 0) + Math.floor(random() * 20);
    columns.times[i] = 1.7e12 + i * 15_000;
    columns.histograms.push(histogramOf({ integer, sum: i + random() }, Object.fromEntries(counts.entries())));
  }
  columns.length = SAMPLES;
  return columns;
}

for (const integer of [true, false]) {
  const columns = histograms(integer);
  const writer = new HistogramChunkWriter(SAMPLES);
  const written: WrittenChunk[] = [];
  writer.write(columns, 0, SAMPLES, (chunk) => written.push({ ...chunk, bytes: chunk.bytes.slice(0, chunk.end) }));
  const encode = median(() => writer.write(columns, 0, SAMPLES, () => {}));
  const into = new SampleColumns(SAMPLES);
  const decode = median(() => {
    into.clear();
    for (const chunk of written) decodeChunk({ ...chunk, count: chunk.sampleCount }, -Infinity, Infinity, into);
  });
  const bytes = written.reduce((sum, chunk) => sum + chunk.end, 0) / SAMPLES;
  process.stdout.write(
    `${integer ? 'integers' : 'floats'}: encode ${encode}, decode ${decode}, ${bytes.toFixed(1)} bytes\n`,
  );
}

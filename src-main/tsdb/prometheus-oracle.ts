/** What Hearth, promtool and a running Prometheus hold, in a form that can be compared; and remote writes to the latter. */
import { execFileSync, spawnSync } from 'node:child_process';
import snappy from 'snappy';
import { type Labels, labelsFromRecord } from '../model/labels.ts';
import { SampleColumns } from '../model/sample-columns.ts';
import type { Exemplar } from '../model/storage.ts';
import { ByteWriter } from './byte-writer.ts';
import type { TestTsdb } from './test-tsdb.ts';

export const isInstalled = ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).status === 0);
if (!isInstalled) process.stdout.write('skipped: prometheus and promtool are not installed\n');

/** series -> time -> value bits */
export type Dump = Record<string, Record<string, string>>;

export function bitsOf(value: number): string {
  return Number.isNaN(value) ? 'NaN' : Buffer.from(Float64Array.of(value).buffer).toString('hex');
}

export function keyOf(labels: Labels): string {
  const pairs: string[] = [];
  for (let i = 0; i < labels.length; i += 2) pairs.push(`${labels[i]}=${JSON.stringify(labels[i + 1])}`);
  return `{${pairs.join(', ')}}`;
}

export function ourDump(db: TestTsdb): Dump {
  const out: Dump = {};
  const querier = db.tsdb.querier(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const set = querier.select([]);
  const columns = new SampleColumns();
  for (let i = 0; i < set.length; i++) {
    columns.clear();
    set.read(i, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, columns);
    const samples: Record<string, string> = {};
    for (let k = 0; k < columns.length; k++) samples[columns.times[k] ?? 0] = bitsOf(columns.values[k] ?? 0);
    out[keyOf(set.labels(i))] = samples;
  }
  querier.close();
  return out;
}

export function promtoolDump(dir: string): Dump {
  const text = execFileSync('promtool', ['tsdb', 'dump', dir], { encoding: 'utf8', maxBuffer: 1 << 29 });
  const out: Dump = {};
  for (const line of text.split('\n')) {
    const [, labels, value = '', time = ''] = /^(\{.*\}) (\S+) (-?\d+)$/.exec(line) ?? [];
    if (labels === undefined) continue;
    const number = value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value);
    out[labels] ??= {};
    out[labels][time] = bitsOf(number);
  }
  return out;
}

interface WrittenSeries {
  readonly labels: Labels;
  readonly samples: readonly (readonly [timeMs: number, value: number])[];
  readonly exemplars?: readonly Exemplar[];
}

/** The body of a remote-write request, version 1. */
export function remoteWrite(series: readonly WrittenSeries[]): Buffer {
  return snappy.compressSync(
    Buffer.concat(
      series.map(({ labels, samples, exemplars = [] }) =>
        field(
          1,
          Buffer.concat([
            ...labelFields(labels),
            ...samples.map(([timeMs, value]) => field(2, Buffer.concat([double(1, value), integer(2, timeMs)]))),
            ...exemplars.map((exemplar) =>
              field(
                3,
                Buffer.concat([
                  ...labelFields(exemplar.labels),
                  double(2, exemplar.value),
                  integer(3, exemplar.timeMs),
                ]),
              ),
            ),
          ]),
        ),
      ),
    ),
  );
}

function field(number: number, bytes: Buffer): Buffer {
  const out = new ByteWriter();
  out.uvarint(number * 8 + 2);
  out.uvarint(bytes.length);
  out.raw(bytes);
  return Buffer.from(out.written());
}

function labelFields(labels: Labels): Buffer[] {
  const fields: Buffer[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const pair = [field(1, Buffer.from(labels[i] ?? '')), field(2, Buffer.from(labels[i + 1] ?? ''))];
    fields.push(field(1, Buffer.concat(pair)));
  }
  return fields;
}

function double(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(9, number * 8 + 1);
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

function integer(number: number, value: number): Buffer {
  const out = new ByteWriter();
  out.uvarint(number * 8);
  out.uvarint(value);
  return Buffer.from(out.written());
}

export async function sendWrite(url: string, body: Buffer): Promise<[status: number, text: string]> {
  const headers = { 'Content-Encoding': 'snappy', 'Content-Type': 'application/x-protobuf' };
  const response = await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body: new Uint8Array(body) });
  return [response.status, await response.text()];
}

/** All samples of a selector in the ten days before a time, as a Prometheus answers. */
export async function queriedDump(url: string, selector: string, timeMs: number): Promise<Dump> {
  const query = encodeURIComponent(`${selector}[10d]`);
  const answer = await fetch(`${url}/api/v1/query?query=${query}&time=${timeMs / 1000}`);
  const { data } = JSON.parse(await answer.text());
  const out: Dump = {};
  for (const { metric, values } of data.result) {
    const samples: Record<string, string> = {};
    for (const [t, v] of values) samples[Math.round(t * 1000)] = bitsOf(numberOf(v));
    out[keyOf(labelsFromRecord(metric))] = samples;
  }
  return out;
}

function numberOf(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}

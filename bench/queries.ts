/** Times queries on several servers, interleaved, and prints CPU and wall ratios. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Server, usageOf } from './process.ts';

const query = z.object({
  name: z.string(),
  kind: z.enum(['range', 'instant', 'series', 'label_values']),
  query: z.string().default(''),
  match: z.string().default(''),
  label: z.string().default(''),
  /** Seconds. */
  window: z.number().default(0),
  step: z.number().default(0),
});
export const querySuite = z.object({ queries: z.array(query) });
type Query = z.infer<typeof query>;

/** Enough work a measurement for /proc's 10 ms ticks. */
const MIN_WALL_MS = 60;
const MAX_REPEATS = 15;
const SERIES_WINDOW_SECONDS = 21_600;

export interface Contender {
  readonly server: Server;
  /** Appended to every query URL, e.g. `&nocache=1`. */
  readonly parameters: string;
}

interface Measured {
  readonly cpuMs: number[];
  readonly wallMs: number[];
  readonly answer: string;
}

/** One row a query: median CPU and wall milliseconds a request of each contender. */
export interface Row {
  readonly name: string;
  readonly kind: Query['kind'];
  readonly cpuMs: readonly number[];
  readonly wallMs: readonly number[];
  /** Whether the first and the last contender gave the same number of series and (nearly) the same sum of values. */
  readonly agree: boolean;
}

export async function benchQueries(
  queries: readonly Query[],
  contenders: readonly Contender[],
  endSeconds: number,
  rounds: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const q of queries) {
    const measured: Measured[] = [];
    for (const contender of contenders)
      measured.push({ cpuMs: [], wallMs: [], answer: await checkAnswer(urlOf(contender, q, endSeconds)) });
    for (let round = 0; round < rounds; round++) {
      for (const [i, contender] of contenders.entries()) {
        const target = measured[i];
        if (target !== undefined) await measureOnce(contender, urlOf(contender, q, endSeconds), target);
      }
    }
    rows.push({
      name: q.name,
      kind: q.kind,
      cpuMs: measured.map((m) => median(m.cpuMs)),
      wallMs: measured.map((m) => median(m.wallMs)),
      agree: measured[0]?.answer === measured.at(-1)?.answer,
    });
    await sleep(20);
  }
  return rows;
}

async function measureOnce(contender: Contender, url: string, into: Measured): Promise<void> {
  const before = usageOf(contender.server.pid).cpuSeconds;
  const startMs = performance.now();
  let repeats = 0;
  do {
    const oneMs = performance.now();
    await (await fetch(url)).arrayBuffer();
    into.wallMs.push(performance.now() - oneMs);
    repeats++;
  } while (performance.now() - startMs < MIN_WALL_MS && repeats < MAX_REPEATS);
  into.cpuMs.push(((usageOf(contender.server.pid).cpuSeconds - before) * 1000) / repeats);
}

function urlOf({ server, parameters }: Contender, q: Query, end: number): string {
  const e = encodeURIComponent;
  switch (q.kind) {
    case 'range':
      return `${server.url}/api/v1/query_range?query=${e(q.query)}&start=${end - q.window}&end=${end}&step=${q.step}${parameters}`;
    case 'instant':
      return `${server.url}/api/v1/query?query=${e(q.query)}&time=${end}${parameters}`;
    case 'series':
      return `${server.url}/api/v1/series?match[]=${e(q.match)}&start=${end - SERIES_WINDOW_SECONDS}&end=${end}${parameters}`;
    case 'label_values':
      return `${server.url}/api/v1/label/${q.label}/values?start=${end - SERIES_WINDOW_SECONDS}&end=${end}${parameters}`;
  }
}

const answerShape = z.object({
  status: z.literal('success'),
  data: z.union([
    z.array(z.unknown()),
    z.object({
      result: z.array(
        z.object({
          value: z.tuple([z.number(), z.string()]).optional(),
          values: z.array(z.tuple([z.number(), z.string()])).optional(),
        }),
      ),
    }),
  ]),
});

/** Number of series and sum of values to four digits: what contenders must agree on. */
async function checkAnswer(url: string): Promise<string> {
  const { data } = answerShape.parse(await (await fetch(url)).json());
  if (Array.isArray(data)) return `${data.length} items`;
  let sum = 0;
  for (const series of data.result)
    for (const [, text] of series.values ?? (series.value === undefined ? [] : [series.value]))
      sum += Number.isFinite(Number(text)) ? Number(text) : 0;
  return `${data.result.length} series, sum ${sum.toPrecision(4)}`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

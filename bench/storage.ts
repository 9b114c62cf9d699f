/** What the storage costs when it starts, cuts its head and compacts: each server with its own copy of one directory. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type PeerPaths, type Server, startHearth, startPrometheus, usageOf } from './process.ts';
import { median } from './queries.ts';

const SERIES = 20_000;
/** Every 15 s: 3 h 5 min, just enough for a block to be due. */
const SCRAPES = 740;
const SETTLE_MS = 4000;
/** Both look once a minute whether a block is due. */
const BLOCK_WITHIN_MS = 150_000;

export interface StorageOptions {
  readonly work: string;
  readonly rounds: number;
  readonly configFile: (name: string, text: string) => string;
  readonly alertmanagerConfig: string;
}

interface Contender {
  readonly name: string;
  readonly start: (paths: PeerPaths) => Promise<Server>;
}

export async function benchStorage(options: StorageOptions): Promise<void> {
  const source = path.join(options.work, 'head');
  mkdirSync(source);
  const written = spawnSync(
    process.execPath,
    [path.join(import.meta.dirname, 'write-head.ts'), source, String(SERIES), String(SCRAPES)],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (written.signal !== 'SIGKILL') throw new Error('the head could not be written');
  const contenders: readonly Contender[] = [
    { name: 'prometheus', start: startPrometheus },
    { name: 'hearth', start: (paths) => startHearth(paths, options.alertmanagerConfig) },
  ];
  const config = options.configFile('storage.yml', 'global:\n  scrape_interval: 1h\n');
  console.log(`\nstorage: ${SERIES} series, ${(SERIES * SCRAPES) / 1e6} M samples in the log`);
  await benchRestart({ contenders, source, config, options });
  for (const contender of contenders) {
    const dir = path.join(options.work, `cut-${contender.name}`);
    cpSync(source, dir, { recursive: true });
    await benchCut(contender, { dir, config });
    rmSync(dir, { recursive: true });
  }
}

async function benchRestart(run: {
  readonly contenders: readonly Contender[];
  readonly source: string;
  readonly config: string;
  readonly options: StorageOptions;
}): Promise<void> {
  const results = run.contenders.map(() => ({ wallMs: [] as number[], cpuMs: [] as number[] }));
  for (let round = 0; round < run.options.rounds; round++) {
    for (const [i, contender] of run.contenders.entries()) {
      const dir = path.join(run.options.work, `restart-${contender.name}`);
      cpSync(run.source, dir, { recursive: true });
      const startedMs = performance.now();
      const server = await contender.start({ dir, config: run.config });
      results[i]?.wallMs.push(performance.now() - startedMs);
      results[i]?.cpuMs.push(usageOf(server.pid).cpuSeconds * 1000);
      await server.kill();
      rmSync(dir, { recursive: true });
    }
  }
  for (const [i, { name }] of run.contenders.entries()) {
    const { wallMs = [], cpuMs = [] } = results[i] ?? {};
    console.log(
      `${name.padEnd(12)} restart: ${Math.round(median(wallMs))} ms from spawn to ready, ${Math.round(median(cpuMs))} ms CPU`,
    );
  }
}

/** From the start on the same head until its first block is there and the log is cut, less what idling costs. */
async function benchCut({ name, start }: Contender, paths: PeerPaths): Promise<void> {
  const server = await start(paths);
  try {
    await sleep(SETTLE_MS);
    const before = { ms: performance.now(), cpu: usageOf(server.pid).cpuSeconds };
    const turnBefore = await longestTurn(server);
    const block = await waitForBlock(paths.dir);
    await sleep(SETTLE_MS);
    const after = { ms: performance.now(), cpu: usageOf(server.pid).cpuSeconds };
    await sleep(SETTLE_MS);
    const idle = (usageOf(server.pid).cpuSeconds - after.cpu) / (performance.now() - after.ms);
    const cpuMs = (after.cpu - before.cpu - idle * (after.ms - before.ms)) * 1000;
    console.log(
      `${name.padEnd(12)} cut and compact: ${Math.round(cpuMs)} ms CPU, ${bytesASample(block)} bytes a sample`,
    );
    const turn = await longestTurn(server);
    if (turn > 0) {
      const when = turn > turnBefore ? 'meanwhile' : 'before it; meanwhile less';
      console.log(`${name.padEnd(12)} longest turn of the engine thread: ${Math.round(turn * 1000)} ms, ${when}`);
    }
  } finally {
    await server.kill();
  }
}

async function waitForBlock(dir: string): Promise<string> {
  const untilMs = performance.now() + BLOCK_WITHIN_MS;
  while (performance.now() < untilMs) {
    const found = readdirSync(dir).find(
      (entry) => /^[0-9A-Z]{26}$/.test(entry) && existsSync(path.join(dir, entry, 'meta.json')),
    );
    if (found !== undefined) return path.join(dir, found);
    await sleep(200);
  }
  throw new Error(`no block in ${dir}`);
}

const metaShape = z.object({ stats: z.object({ numSamples: z.number() }) });

function bytesASample(block: string): string {
  const { stats } = metaShape.parse(JSON.parse(readFileSync(path.join(block, 'meta.json'), 'utf8')));
  const files = ['index', ...readdirSync(path.join(block, 'chunks')).map((name) => path.join('chunks', name))];
  const bytes = files.reduce((sum, file) => sum + statSync(path.join(block, file)).size, 0);
  return (bytes / stats.numSamples).toFixed(3);
}

/** Seconds, as Hearth measures it itself; 0 of others. */
async function longestTurn(server: Server): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^hearth_engine_turn_max_seconds (\S+)/m.exec(metrics)?.[1] ?? 0);
}

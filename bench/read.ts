/** CPU of reading every sample of the history: Hearth through `Queryable`, Prometheus through its cheapest function. */
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { compiledKernels } from '../src-main/launch/kernels-wasm.ts';
import { repository } from '../src-main/launch/places.ts';
import { startPrometheus, usageOf } from './process.ts';
import { median } from './queries.ts';

const NATIVES = ['snappy', '@node-rs/crc32'];

export interface ReadOptions {
  readonly work: string;
  readonly blocks: string;
  readonly endSeconds: number;
  readonly hours: number;
  readonly rounds: number;
  readonly config: string;
}

export async function benchRead(options: ReadOptions): Promise<void> {
  const hearth = await readByHearth(options);
  const prometheusMs = await readByPrometheus(options, hearth.samples);
  const hearthMs = median(hearth.cpuMs);
  console.log(`\nreading every one of ${hearth.samples / 1e6} M samples, CPU ms`);
  console.log(`prometheus   ${Math.round(prometheusMs)} (count_over_time)`);
  console.log(
    `hearth       ${Math.round(hearthMs)} (Queryable; the first time ${Math.round(hearth.cpuMs[0] ?? 0)}), ratio ${(hearthMs / prometheusMs).toFixed(2)}`,
  );
}

const answer = z.object({ samples: z.number(), cpuMs: z.array(z.number()) });

/** In a process of its own, bundled as the product is: from sources the kernels would be plain TypeScript. */
async function readByHearth({ work, blocks }: ReadOptions): Promise<z.infer<typeof answer>> {
  const dir = path.join(work, 'read-hearth');
  cpSync(blocks, dir, { recursive: true });
  const outfile = path.join(repository, 'node_modules', '.cache', 'hearth-bench', 'read-all.mjs');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'read-all.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    external: NATIVES,
    define: { HEARTH_KERNELS: JSON.stringify(await compiledKernels()) },
    logLevel: 'error',
  });
  const { stdout, stderr, status } = spawnSync(process.execPath, [outfile, dir], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`reading failed: ${stderr.slice(-2000)}`);
  return answer.parse(JSON.parse(stdout));
}

const counted = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

async function readByPrometheus(options: ReadOptions, samples: number): Promise<number> {
  const dir = path.join(options.work, 'read-prometheus');
  cpSync(options.blocks, dir, { recursive: true });
  const server = await startPrometheus({ dir, config: options.config });
  try {
    const query = encodeURIComponent(`sum(count_over_time({__name__=~".+"}[${options.hours}h]))`);
    // One millisecond early: the last sample lies at the end, and the first would fall out.
    const url = `${server.url}/api/v1/query?query=${query}&time=${options.endSeconds - 0.001}`;
    const cpuMs: number[] = [];
    for (let round = 0; round < options.rounds; round++) {
      const before = usageOf(server.pid).cpuSeconds;
      const { data } = counted.parse(await (await fetch(url)).json());
      cpuMs.push((usageOf(server.pid).cpuSeconds - before) * 1000);
      const found = Number(data.result[0]?.value[1]);
      if (found < 0.99 * samples) throw new Error(`Prometheus read ${found} samples of ${samples}`);
    }
    return median(cpuMs);
  } finally {
    await server.stop();
  }
}

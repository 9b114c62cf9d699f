import { Worker } from 'node:worker_threads';
import type { CompactionJob, CompactionResult, RunCompaction } from './compaction-jobs.ts';

const HEAP_LIMIT_MB = 1024;

/** Runs each job on a thread of its own; `workerUrl` is compaction-worker.ts, or what it was built into. */
export function compactionThread(workerUrl: URL): RunCompaction {
  return (job) => runOnThread(workerUrl, job);
}

function runOnThread(workerUrl: URL, job: CompactionJob): Promise<CompactionResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerUrl, {
      workerData: job,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
    });
    worker.once('message', (result: CompactionResult) => resolve(result));
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the compaction thread ended with code ${code}`)));
  });
}

/** The worker beside this file: as TypeScript in the sources, as JavaScript where it was built. */
export function defaultWorkerUrl(): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new URL(`./compaction-worker.${extension}`, import.meta.url);
}

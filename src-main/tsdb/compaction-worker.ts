/** Entry of the worker thread that writes blocks and checkpoints: one job, one answer, then it ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { type CompactionJob, runCompactionJob } from './compaction-jobs.ts';

const job: CompactionJob = workerData;
parentPort?.postMessage(await runCompactionJob(job));

import type { CompactionJob, CompactionResult, RunCompaction } from './compaction-jobs.ts';

/** What the storage counts of itself since it was opened. */
export class StorageCounters {
  compactions = 0;
  failedCompactions = 0;
  /** Damaged records that were found in the log. */
  walCorruptions = 0;

  /** Counts the jobs that write blocks. */
  counting(run: RunCompaction): RunCompaction {
    return async (job: CompactionJob): Promise<CompactionResult> => {
      const isCompaction = job.kind !== 'checkpoint';
      try {
        const result = await run(job);
        if (isCompaction) this.compactions++;
        return result;
      } catch (error) {
        if (isCompaction) this.failedCompactions++;
        throw error;
      }
    };
  }
}

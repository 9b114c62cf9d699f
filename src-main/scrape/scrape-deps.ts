import type { Clock } from '../model/clock.ts';
import type { Logger } from '../model/log.ts';
import type { Appendable, SeriesRef } from '../model/storage.ts';
import type { ScrapeCounters } from './counters.ts';
import type { BodyBuffers } from './http/body-buffer.ts';
import type { IngestFeatures } from './ingest/target-ingest.ts';
import type { IngestTurns } from './ingest-turns.ts';
import type { IntervalLengths } from './interval-lengths.ts';

/** What the composition hands to scraping. */
export interface ScrapeOptions {
  readonly appendable: Appendable;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Text exposition of an exporter that runs in this process. */
  readonly collectBuiltin: (name: string) => Promise<Uint8Array>;
  /** Of Hearth, for the User-Agent. */
  readonly version: string;
  /** The name of this machine: it shifts the times of scrapes and stands in global URLs. */
  readonly hostName: string;
  /**
   * For so long after their start exporters in this process are asked every second, beginning at once: that costs
   * little, and a window that is opened for the first time has something to draw. 0: their interval from the start.
   */
  readonly openingMs: number;
  /** Whether scrapes also report their timeout, sample limit and body size. */
  readonly extraScrapeMetrics: boolean;
  readonly ingestFeatures: IngestFeatures;
}

/** What the loops share. */
export interface LoopDeps extends ScrapeOptions {
  readonly counters: ScrapeCounters;
  readonly buffers: BodyBuffers;
  readonly turns: IngestTurns;
  readonly intervalLengths: IntervalLengths;
  /** What sockets read into: consumed before the next read. */
  readonly receiveBuffer: Buffer;
  /** After the state of a target has changed. */
  readonly changed: () => void;
  /** Ends series that no loop writes any more: see RetiredSeries. */
  readonly retire: (refs: readonly SeriesRef[], staleTimeMs: number, intervalMs: number) => void;
}

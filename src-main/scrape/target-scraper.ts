import type { ScrapeConfig } from '../config/scrape-config.ts';
import type { Appender, SeriesRef } from '../model/storage.ts';
import { ScrapeError } from './errors.ts';
import type { BodyBuffer } from './http/body-buffer.ts';
import { bodyFormat } from './http/content-type.ts';
import { HttpSource } from './http/http-source.ts';
import { scrapeHeaders } from './http/request-headers.ts';
import { ScrapeReport } from './ingest/report.ts';
import { type ScrapedBody, TargetIngest } from './ingest/target-ingest.ts';
import { LARGE_BODY_BYTES } from './ingest-turns.ts';
import { sameSeries, sameSource } from './job-config.ts';
import type { LoopDeps } from './scrape-deps.ts';
import { configFor, type ScrapeTarget } from './target.ts';
import { TargetState } from './target-state.ts';

/** Without body_size_limit a body may still not be larger than this. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** One scrape of one target: request, body, samples, and the report on it. Holds what is kept between scrapes. */
export class TargetScraper {
  readonly state = new TargetState();
  readonly #deps: LoopDeps;
  #target: ScrapeTarget;
  #config: ScrapeConfig;
  #source: HttpSource;
  #ingest: TargetIngest;
  readonly #report: ScrapeReport;
  #abort = new AbortController();

  constructor(target: ScrapeTarget, config: ScrapeConfig, deps: LoopDeps) {
    this.#target = target;
    this.#config = configFor(target, config, deps.ingestFeatures.createdZeros);
    this.#deps = deps;
    this.#source = sourceOf(target, config, deps);
    this.#ingest = new TargetIngest(this.#config, target.labels, deps.counters, deps.ingestFeatures);
    this.#report = new ScrapeReport(target.labels, deps.extraScrapeMetrics);
  }

  get target(): ScrapeTarget {
    return this.#target;
  }

  get families() {
    return this.#ingest.families;
  }

  /** Every series that the last scrape wrote. */
  liveRefs(): SeriesRef[] {
    return [...this.#ingest.liveRefs(), ...this.#report.refs()];
  }

  /** The same target under another configuration, between two scrapes: what still holds is kept. */
  applyConfig(target: ScrapeTarget, jobConfig: ScrapeConfig): void {
    const config = configFor(target, jobConfig, this.#deps.ingestFeatures.createdZeros);
    if (!sameSource(config, this.#config)) {
      this.#source.close();
      this.#source = sourceOf(target, config, this.#deps);
    }
    if (sameSeries(config, this.#config)) {
      this.#ingest.applyConfig(config);
    } else {
      const refs = this.#ingest.liveRefs();
      this.#ingest = new TargetIngest(config, target.labels, this.#deps.counters, this.#deps.ingestFeatures);
      this.#ingest.inherit(refs);
    }
    this.#target = target;
    this.#config = config;
  }

  /** Discovery found it again, perhaps under other labels that are not its own. */
  rediscovered(target: ScrapeTarget): void {
    this.#target = target;
  }

  /** Gives up what is under way, without a trace. */
  close(): void {
    this.#abort.abort(new ScrapeError('stopped', 'the scrape was given up'));
    this.#source.close();
  }

  /** Samples get `timeMs`. `forcedError` fails the scrape before it begins; '' lets it. Rejects when the storage does. */
  async scrape(timeMs: number, forcedError: string): Promise<void> {
    const { clock, buffers, counters } = this.#deps;
    const startedMs = clock.monotonicMs();
    const limit = this.#config.bodySizeLimitBytes;
    const buffer = buffers.acquire(limit > 0 ? Math.min(limit, MAX_BODY_BYTES) : MAX_BODY_BYTES);
    let failure: unknown = forcedError === '' ? null : new ScrapeError('target-limit', forcedError);
    let body: ScrapedBody | null = null;
    try {
      if (failure === null) body = await this.#receive(buffer);
      if (buffer.length >= LARGE_BODY_BYTES) await this.#deps.turns.next();
    } catch (error) {
      failure = error;
    }
    try {
      if (isStopped(failure)) return;
      counters.bodyBytes += buffer.length;
      await this.#write({ timeMs, startedMs, body, failure });
    } catch (error) {
      this.#record(timeMs, clock.monotonicMs() - startedMs, error, false); // the storage refuses: not even `up` is there
      throw error;
    } finally {
      buffers.release(buffer);
    }
  }

  async #receive(buffer: BodyBuffer): Promise<ScrapedBody> {
    const { clock, collectBuiltin, version } = this.#deps;
    const { url, timeoutMs, builtinExporter } = this.#target;
    const abort = new AbortController();
    this.#abort = abort;
    const cancel = clock.after(timeoutMs, () => abort.abort(new ScrapeError('deadline', 'context deadline exceeded')));
    try {
      if (builtinExporter !== '') {
        buffer.append(await orAborted(collectBuiltin(builtinExporter), abort.signal));
        return { bytes: buffer.bytes, length: buffer.length, format: 'text' };
      }
      const headers = scrapeHeaders(this.#config, timeoutMs, version);
      const contentType = await this.#source.fetch({ url, headers, body: buffer, signal: abort.signal });
      const format = bodyFormat(contentType, this.#config.fallbackScrapeProtocol);
      return { bytes: buffer.bytes, length: buffer.length, format };
    } finally {
      cancel();
    }
  }

  /** One batch, in one turn unless there is much that is new. */
  async #write(scraped: {
    readonly timeMs: number;
    readonly startedMs: number;
    readonly body: ScrapedBody | null;
    readonly failure: unknown;
  }): Promise<void> {
    const { clock, counters, appendable, turns } = this.#deps;
    const { timeMs, body } = scraped;
    let beganMs = clock.monotonicMs();
    let failure = scraped.failure;
    let appender = appendable.appender();
    if (body !== null) {
      try {
        for (const _turn of this.#ingest.append(appender, body, timeMs, clock.nowMs())) {
          counters.ingestMs += clock.monotonicMs() - beganMs;
          await turns.next();
          beganMs = clock.monotonicMs();
          this.#abort.signal.throwIfAborted();
        }
      } catch (error) {
        failure = error;
        appender.rollback();
        if (isStopped(failure)) return;
        appender = appendable.appender();
      }
    }
    if (failure !== null) this.#ingest.appendNothing(appender, timeMs);
    const durationMs = clock.monotonicMs() - scraped.startedMs;
    this.#appendReport(appender, { timeMs, durationMs, received: body !== null, failure, bytes: body?.length ?? 0 });
    appender.commit();
    counters.ingestMs += clock.monotonicMs() - beganMs;
    this.#record(timeMs, durationMs, failure, body !== null);
  }

  #appendReport(
    appender: Appender,
    scrape: {
      readonly timeMs: number;
      readonly durationMs: number;
      readonly received: boolean;
      readonly failure: unknown;
      readonly bytes: number;
    },
  ): void {
    const { received, failure } = scrape;
    const tooLarge = failure instanceof ScrapeError && failure.kind === 'body-limit';
    this.#report.append(appender, scrape.timeMs, {
      up: failure === null ? 1 : 0,
      scrape_duration_seconds: scrape.durationMs / 1000,
      scrape_samples_scraped: received ? this.#ingest.scraped : 0,
      scrape_samples_post_metric_relabeling: received ? this.#ingest.postRelabel : 0,
      scrape_series_added: received ? this.#ingest.seriesAdded : 0,
      scrape_timeout_seconds: this.#target.timeoutMs / 1000,
      scrape_sample_limit: this.#config.sampleLimit,
      scrape_body_size_bytes: tooLarge ? -1 : scrape.bytes,
    });
  }

  #record(timeMs: number, durationMs: number, failure: unknown, received: boolean): void {
    const { counters, logger, changed } = this.#deps;
    const error = failure === null ? '' : failure instanceof Error ? failure.message : String(failure);
    counters.scrapes++;
    if (failure !== null) {
      counters.failedScrapes++;
      countLimit(failure, counters);
      logger.debug({ target: this.#target.url, job: this.#config.jobName, reason: error }, 'scrape failed');
    }
    this.state.record({ timeMs, durationMs, error, samplesScraped: received ? this.#ingest.scraped : 0 });
    changed();
  }
}

function sourceOf(target: ScrapeTarget, config: ScrapeConfig, deps: LoopDeps): HttpSource {
  return new HttpSource({ config, socketPath: target.unixSocket, receiveBuffer: deps.receiveBuffer });
}

/** The scrape was given up: nothing of it is written or told. */
function isStopped(failure: unknown): boolean {
  return failure instanceof ScrapeError && failure.kind === 'stopped';
}

function countLimit(failure: unknown, counters: LoopDeps['counters']): void {
  if (!(failure instanceof ScrapeError)) return;
  if (failure.kind === 'sample-limit') counters.exceededSampleLimit++;
  else if (failure.kind === 'body-limit') counters.exceededBodySizeLimit++;
  else if (failure.kind === 'label-limit') counters.exceededLabelLimits++;
  else if (failure.kind === 'bucket-limit') counters.exceededBucketLimit++;
}

/** The promise, or the signal's reason when that comes first. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

/** One target's way from a body to the storage: it knows the lines of the last scrape and what series they stood for. */
import type { ScrapeConfig } from '../../config/scrape-config.ts';
import { scanOpenMetrics } from '../../exposition/openmetrics-scanner.ts';
import { parseSeries } from '../../exposition/series-text.ts';
import type { ExpositionSink, MetadataLine } from '../../exposition/sink.ts';
import { scanText } from '../../exposition/text-scanner.ts';
import type { Labels } from '../../model/labels.ts';
import type { Appender, SeriesRef } from '../../model/storage.ts';
import type { ScrapeCounters } from '../counters.ts';
import { ScrapeError } from '../errors.ts';
import { MetadataCache } from './metadata-cache.ts';
import { storedLabels } from './sample-labels.ts';
import { DROPPED, SeriesCache } from './series-cache.ts';

/** No scrape may have more samples than this, whatever its sample_limit. */
const MAX_SAMPLES = 1_000_000;
/** Explicit timestamps further in the future than this are out of bounds. */
const MAX_FUTURE_MS = 600_000;
/** A line met for the first time takes 10 to 25 microseconds: so many of them are enough for one turn of the thread. */
const NEW_LINES_PER_TURN = 400;

export type BodyFormat = 'text' | 'openmetrics';

export interface ScrapedBody {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly format: BodyFormat;
}

export class TargetIngest implements ExpositionSink {
  /** TYPE, HELP and UNIT of the metrics. */
  readonly families: MetadataCache = new MetadataCache();
  /** Of the last body: lines with a sample, before and after metric relabelling, up to its first error. */
  scraped = 0;
  postRelabel = 0;
  seriesAdded = 0;
  readonly #cache = new SeriesCache();
  readonly #counters: ScrapeCounters;
  #config: ScrapeConfig;
  #target: Labels;
  #appender: Appender | null = null;
  #timeMs = 0;
  #latestMs = 0;
  #limit = MAX_SAMPLES;
  #overLimit = false;
  /** Number of the scrape under way, of the last one committed (its tracked series live), and of the last whole one. */
  #scrape = 0;
  #committed = 0;
  #whole = 0;
  /** Slots from here on came in a scrape that is not committed. */
  #firstNew = 0;
  /** Lines of the scrape under way, each once; its tracked series; those of them that the last committed one had too. */
  #lines = 0;
  #tracked = 0;
  #continued = 0;
  /** Lines that were not known before this turn. */
  #newLines = 0;
  /** Of the last committed scrape. */
  #trackedBefore = 0;
  /** Series that an earlier configuration of this target wrote and that the next scrape must end unless it has them. */
  #inherited: readonly SeriesRef[] = [];

  constructor(config: ScrapeConfig, target: Labels, counters: ScrapeCounters) {
    this.#config = config;
    this.#target = target;
    this.#counters = counters;
  }

  /** Only for a configuration under which every line still stands for the same series. */
  applyConfig(config: ScrapeConfig): void {
    this.#config = config;
  }

  inherit(refs: readonly SeriesRef[]): void {
    this.#inherited = refs;
  }

  /**
   * Appends all of a body, and staleness markers for the series that it no longer has. Yields wherever the thread may
   * take a turn with something else: bodies with many new lines are long work. Throws ExpositionError, ScrapeError or
   * SeriesLimitError for what fails the scrape; then roll back and call `appendNothing`.
   */
  *append(appender: Appender, body: ScrapedBody, timeMs: number, nowMs: number): Generator<void> {
    this.#begin(appender, timeMs);
    this.#latestMs = nowMs + MAX_FUTURE_MS;
    this.#limit = this.#config.sampleLimit > 0 ? Math.min(this.#config.sampleLimit, MAX_SAMPLES) : MAX_SAMPLES;
    const scan = body.format === 'text' ? scanText : scanOpenMetrics;
    let pos = scan(body.bytes, body.length, this);
    while (pos < body.length) {
      yield;
      this.#newLines = 0;
      pos = scan(body.bytes, body.length, this, pos);
    }
    if (this.#overLimit) throw new ScrapeError('sample-limit', 'sample limit exceeded');
    this.#endMissing(timeMs);
    this.families.finish();
    this.#committed = this.#whole = this.#scrape;
    this.#trackedBefore = this.#tracked;
    this.#cache.sweep(this.#scrape, this.#lines);
    this.#firstNew = this.#cache.count;
    this.#appender = null;
    this.#cache.rewind();
  }

  /** The scrape failed, or the target is gone: every live series gets a staleness marker. */
  appendNothing(appender: Appender, timeMs: number): void {
    this.#appender = null;
    this.#cache.rewind();
    for (const ref of this.liveRefs()) appender.appendStale(ref, timeMs);
    this.#inherited = [];
    this.#committed = ++this.#scrape;
    this.#trackedBefore = 0;
    // Bodies that fail after ever other lines must not pile them up.
    if (this.#cache.count > 2 * this.#firstNew + 1000) this.#cache.clear();
  }

  /** The series that got a sample in the last committed scrape and would get a staleness marker. */
  liveRefs(): SeriesRef[] {
    const { refs, tracked } = this.#cache;
    const live = [...this.#inherited];
    if (this.#trackedBefore === 0) return live;
    for (let slot = 0; slot < this.#firstNew; slot++)
      if (tracked[slot]! >= this.#committed && refs[slot]! > 0) live.push(refs[slot]!);
    return live;
  }

  #begin(appender: Appender, timeMs: number): void {
    this.#appender = appender;
    this.#timeMs = timeMs;
    this.#overLimit = false;
    this.#scrape++;
    this.#firstNew = this.#cache.count;
    this.scraped = this.postRelabel = this.seriesAdded = 0;
    this.#lines = this.#tracked = this.#continued = 0;
    this.#newLines = 0;
    this.#cache.rewind();
    this.families.rewind(this.#scrape);
  }

  pausesHere(): boolean {
    return this.#newLines >= NEW_LINES_PER_TURN;
  }

  expect(body: Uint8Array, pos: number): number {
    return this.#cache.matchExpected(body, pos);
  }

  repeat(value: number, timeMs: number): void {
    this.#count();
    this.#store(this.#cache.advance(), value, timeMs);
  }

  sample(body: Uint8Array, start: number, end: number, value: number, timeMs: number): void {
    this.#count();
    let slot = this.#cache.find(body, start, end);
    if (slot < 0) {
      const ref = this.#seriesOf(body, start, end);
      slot = this.#cache.add(body, start, end);
      this.#cache.refs[slot] = ref;
      this.#newLines++;
    }
    this.#store(slot, value, timeMs);
  }

  expectMetadata(body: Uint8Array, pos: number): number {
    return this.families.matchExpected(body, pos);
  }

  metadata(body: Uint8Array, line: MetadataLine): void {
    this.families.add(body, line);
  }

  #count(): void {
    if (++this.scraped > MAX_SAMPLES) throw new ScrapeError('sample-limit', 'sample limit exceeded');
  }

  #store(slot: number, value: number, timeMs: number): void {
    const cache = this.#cache;
    const lastSeen = cache.seen[slot]!;
    if (lastSeen !== this.#scrape) this.#lines++;
    cache.seen[slot] = this.#scrape;
    if (cache.refs[slot] === DROPPED) return;
    this.postRelabel++;
    if (this.postRelabel > this.#limit) {
      this.#overLimit = true;
      return;
    }
    const explicit = !Number.isNaN(timeMs) && this.#config.honorTimestamps;
    if (lastSeen < this.#whole || lastSeen === 0) this.seriesAdded++;
    if (!explicit || this.#config.trackTimestampsStaleness) this.#track(slot);
    if (!explicit && lastSeen === this.#scrape) this.#counters.duplicateSamples++;
    else this.#appendSample(slot, explicit ? timeMs : this.#timeMs, value);
  }

  /** The series of this line is to get a staleness marker when it goes away. */
  #track(slot: number): void {
    const { tracked } = this.#cache;
    const before = tracked[slot];
    if (before === this.#scrape) return;
    tracked[slot] = this.#scrape;
    this.#tracked++;
    if (before === this.#committed) this.#continued++;
  }

  #appendSample(slot: number, timeMs: number, value: number): void {
    const counters = this.#counters;
    if (timeMs > this.#latestMs) {
      counters.outOfBoundsSamples++;
      return;
    }
    let outcome = this.#appender!.append(this.#cache.refs[slot]!, timeMs, value);
    if (outcome === 'unknown-series') {
      const bytes = this.#cache.bytesOf(slot);
      this.#cache.refs[slot] = this.#seriesOf(bytes, 0, bytes.length); // the storage forgot it in between
      outcome = this.#appender!.append(this.#cache.refs[slot]!, timeMs, value);
    }
    switch (outcome) {
      case 'ok':
        counters.samplesAppended++;
        return;
      case 'duplicate':
        counters.duplicateSamples++;
        return;
      case 'out-of-order':
        counters.outOfOrderSamples++;
        return;
      case 'out-of-bounds':
        counters.outOfBoundsSamples++;
        return;
      case 'too-old':
      case 'unknown-series':
        counters.tooOldSamples++;
        return;
    }
  }

  /** The series that a line stands for under the present configuration, made when there is none. */
  #seriesOf(body: Uint8Array, start: number, end: number): SeriesRef {
    const scrapedLabels = parseSeries(body, start, end, this.families.currentType);
    const labels = storedLabels(scrapedLabels, this.#target, this.#config);
    return labels === null ? DROPPED : this.#appender!.series(labels);
  }

  /** Staleness markers for series of the last committed scrape that no line of this one stands for. */
  #endMissing(timeMs: number): void {
    if (this.#continued === this.#trackedBefore && this.#inherited.length === 0) return;
    const { refs, tracked } = this.#cache;
    const missing: SeriesRef[] = [...this.#inherited];
    if (this.#trackedBefore > 0)
      for (let slot = 0; slot < this.#firstNew; slot++)
        if (tracked[slot] === this.#committed && refs[slot]! > 0) missing.push(refs[slot]!);
    this.#inherited = [];
    if (missing.length === 0) return;
    // Two spellings of one series may have taken turns: then it is not missing.
    const present = new Set<SeriesRef>();
    for (let slot = 0; slot < this.#cache.count; slot++) if (tracked[slot] === this.#scrape) present.add(refs[slot]!);
    for (const ref of missing) if (!present.has(ref)) this.#appender!.appendStale(ref, timeMs);
  }
}

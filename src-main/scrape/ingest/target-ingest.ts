/** One target's way from a body to the storage: it knows the lines of the last scrape and what series they stood for. */
import type { ScrapeConfig } from '../../config/scrape-config.ts';
import { scanOpenMetrics } from '../../exposition/openmetrics-scanner.ts';
import { ProtobufScanner } from '../../exposition/protobuf/protobuf-scanner.ts';
import type { ExposedMetadata, MetadataLine, ProtobufSink } from '../../exposition/sink.ts';
import { scanText } from '../../exposition/text-scanner.ts';
import type { Labels } from '../../model/labels.ts';
import type { NativeHistogram } from '../../model/native-histogram.ts';
import type { Appender, AppendOutcome, SeriesRef } from '../../model/storage.ts';
import { countOutcome, type ScrapeCounters } from '../counters.ts';
import { ScrapeError } from '../errors.ts';
import { ClassicConverter, isConvertible } from './classic-converter.ts';
import { CreatedZeros } from './created-zeros.ts';
import { ExemplarIntake } from './exemplar-intake.ts';
import { limitHistogram, schemaOfFactor } from './histogram-limits.ts';
import { LineSeries } from './line-series.ts';
import { LiveSeries } from './live-series.ts';
import { MetadataCache } from './metadata-cache.ts';
import { DROPPED, SeriesCache } from './series-cache.ts';

/** No scrape may have more samples than this, whatever its sample_limit. */
const MAX_SAMPLES = 1_000_000;
/** Explicit timestamps further in the future than this are out of bounds. */
const MAX_FUTURE_MS = 600_000;
/** A line met for the first time takes 10 to 25 microseconds: so many of them are enough for one turn of the thread. */
const NEW_LINES_PER_TURN = 400;

export type BodyFormat = 'text' | 'openmetrics' | 'protobuf';

export interface ScrapedBody {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly format: BodyFormat;
}

/** Experiments of Prometheus, off unless asked for. */
export interface IngestFeatures {
  /** metadata-wal-records: the storage gets the metadata of the series. */
  readonly metadata: boolean;
  /** created-timestamp-zero-ingestion: a counter is 0 when its counting begins, where protobuf tells when. */
  readonly createdZeros: boolean;
}

const NO_FEATURES: IngestFeatures = { metadata: false, createdZeros: false };

export class TargetIngest implements ProtobufSink {
  /** TYPE, HELP and UNIT of the metrics. */
  readonly families: MetadataCache = new MetadataCache();
  /** Of the last body: lines with a sample, before and after metric relabelling, up to its first error. */
  scraped = 0;
  postRelabel = 0;
  seriesAdded = 0;
  readonly #cache = new SeriesCache();
  readonly #live = new LiveSeries(this.#cache);
  readonly #series: LineSeries;
  readonly #exemplars: ExemplarIntake;
  readonly #counters: ScrapeCounters;
  readonly #features: IngestFeatures;
  /** Null: nobody wants zeros. */
  readonly #createdZeros: CreatedZeros | null;
  #protobuf: ProtobufScanner | null = null;
  /** Null: classic histograms stay what they are. */
  readonly #converter: ClassicConverter | null;
  #config: ScrapeConfig;
  #appender: Appender | null = null;
  #timeMs = 0;
  #latestMs = 0;
  #limit = MAX_SAMPLES;
  #overLimit = false;
  #maxSchema = 0;
  #overBucketLimit = false;
  /** Of the native histogram read last: its classic buckets may follow. */
  #nativeSlot = -1;
  /** Number of the scrape under way, and of the last whole one. */
  #scrape = 0;
  #whole = 0;
  /** Lines of the scrape under way, each once. */
  #lines = 0;
  /** Lines that were not known before this turn. */
  #newLines = 0;

  constructor(config: ScrapeConfig, target: Labels, counters: ScrapeCounters, features = NO_FEATURES) {
    this.#config = config;
    this.#series = new LineSeries(config, target, this.families);
    this.#counters = counters;
    this.#features = features;
    this.#exemplars = new ExemplarIntake(counters);
    this.#createdZeros = features.createdZeros ? new CreatedZeros() : null;
    this.#converter = config.convertClassicHistogramsToNhcb ? new ClassicConverter() : null;
  }

  /** Only for a configuration under which every line still stands for the same series. */
  applyConfig(config: ScrapeConfig): void {
    this.#config = this.#series.config = config;
  }

  inherit(refs: readonly SeriesRef[]): void {
    this.#live.inherit(refs);
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
    let pos = this.#scan(body, 0);
    while (pos < body.length) {
      yield;
      this.#newLines = 0;
      pos = this.#scan(body, pos);
    }
    this.#closeConverted();
    if (this.#overBucketLimit) throw new ScrapeError('bucket-limit', 'histogram bucket limit exceeded');
    if (this.#overLimit) throw new ScrapeError('sample-limit', 'sample limit exceeded');
    this.#live.endMissing(appender, timeMs, this.#scrape);
    this.families.finish();
    this.#whole = this.#scrape;
    if (this.#cache.sweep(this.#scrape, this.#lines)) this.#converter?.forget();
    this.#live.commit(this.#scrape);
    this.#appender = null;
    this.#cache.rewind();
  }

  /** The scrape failed, or the target is gone: every live series gets a staleness marker. */
  appendNothing(appender: Appender, timeMs: number): void {
    this.#appender = null;
    this.#cache.rewind();
    this.#live.endAll(appender, timeMs, ++this.#scrape);
    // What was told to a batch that has been rolled back is to be told again.
    this.#exemplars.forget();
    this.#createdZeros?.forget();
    // Bodies that fail after ever other lines must not pile them up.
    if (2 * this.#live.newSlots <= this.#cache.count + 1000) return;
    this.#cache.clear();
    this.#converter?.forget();
  }

  /** The series that got a sample in the last committed scrape and would get a staleness marker. */
  liveRefs(): SeriesRef[] {
    return this.#live.refs();
  }

  #scan({ bytes, length, format }: ScrapedBody, from: number): number {
    switch (format) {
      case 'text':
        return scanText(bytes, length, this, from);
      case 'openmetrics':
        return scanOpenMetrics(bytes, length, this, from);
      case 'protobuf':
        return this.#protobufScanner().scan(bytes, length, this, from);
    }
  }

  #protobufScanner(): ProtobufScanner {
    const { scrapeNativeHistograms: native, alwaysScrapeClassicHistograms: classicToo } = this.#config;
    this.#protobuf ??= new ProtobufScanner({ native, classicToo });
    return this.#protobuf;
  }

  #begin(appender: Appender, timeMs: number): void {
    this.#appender = appender;
    this.#timeMs = timeMs;
    this.#overLimit = this.#overBucketLimit = false;
    this.#maxSchema = schemaOfFactor(this.#config.nativeHistogramMinBucketFactor);
    this.#nativeSlot = -1;
    this.#exemplars.begin();
    this.#converter?.close();
    this.created(0);
    this.#scrape++;
    this.#live.begin();
    this.scraped = this.postRelabel = this.seriesAdded = 0;
    this.#lines = this.#newLines = 0;
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
    const slot = this.#cache.advance();
    if (this.#converter !== null && this.#convert(slot, value, timeMs)) return;
    this.#count();
    this.#store(slot, value, timeMs);
  }

  sample(body: Uint8Array, start: number, end: number, value: number, timeMs: number): void {
    this.#count();
    const slot = this.#slotOf(body, start, end);
    if (this.#converter !== null && this.#convert(slot, value, timeMs)) this.scraped--;
    else this.#store(slot, value, timeMs);
  }

  repeatHistogram(histogram: NativeHistogram, timeMs: number): void {
    this.#takeNative(this.#cache.advance(), histogram, timeMs);
  }

  histogram(key: Uint8Array, start: number, end: number, histogram: NativeHistogram, timeMs: number): void {
    this.#takeNative(this.#slotOf(key, start, end), histogram, timeMs);
  }

  created(timeMs: number): void {
    if (this.#createdZeros !== null) this.#createdZeros.createdMs = timeMs;
  }

  exemplar(body: Uint8Array, start: number, end: number, value: number, timeMs: number): void {
    this.#exemplars.add({ body, start, end, value, timeMs });
  }

  expectMetadata(body: Uint8Array, pos: number): number {
    return this.families.matchExpected(body, pos);
  }

  metadata(body: Uint8Array, line: MetadataLine): void {
    this.families.add(body, line);
  }

  family(head: Uint8Array, family: ExposedMetadata): void {
    this.families.addFamily(head, family);
  }

  #count(): void {
    if (++this.scraped > MAX_SAMPLES) throw new ScrapeError('sample-limit', 'sample limit exceeded');
  }

  #slotOf(body: Uint8Array, start: number, end: number): number {
    let slot = this.#cache.find(body, start, end);
    if (slot >= 0) return slot;
    const ref = this.#isOnlyConverted(body, start, end) ? DROPPED : this.#seriesOf(body, start, end);
    slot = this.#cache.add(body, start, end);
    this.#cache.refs[slot] = ref;
    this.#newLines++;
    return slot;
  }

  #store(slot: number, value: number, timeMs: number): void {
    const atMs = this.#admit(slot, timeMs);
    if (!Number.isNaN(atMs)) this.#appendSample(slot, atMs, value);
    if (this.#exemplars.pending.length > 0) this.#appendExemplars(slot, timeMs);
  }

  #takeNative(slot: number, histogram: NativeHistogram, timeMs: number): void {
    this.#closeConverted();
    this.#nativeSlot = slot;
    this.#count();
    this.#storeHistogram(slot, histogram, timeMs);
  }

  #storeHistogram(slot: number, histogram: NativeHistogram, timeMs: number): void {
    const atMs = this.#admit(slot, timeMs);
    if (!Number.isNaN(atMs)) {
      const limited = limitHistogram(histogram, this.#maxSchema, this.#config.nativeHistogramBucketLimit);
      if (limited === null) this.#overBucketLimit = true;
      else this.#appendHistogram(slot, atMs, limited);
    }
    if (this.#exemplars.pending.length > 0) this.#appendExemplars(slot, timeMs);
  }

  /** Counts a sample in; returns the time at which it is to be stored, NaN when it is not. */
  #admit(slot: number, timeMs: number): number {
    const cache = this.#cache;
    const lastSeen = cache.seen[slot]!;
    if (lastSeen !== this.#scrape) this.#lines++;
    cache.seen[slot] = this.#scrape;
    if (cache.refs[slot] === DROPPED) return Number.NaN;
    this.postRelabel++;
    if (this.postRelabel > this.#limit) {
      this.#overLimit = true;
      return Number.NaN;
    }
    const explicit = !Number.isNaN(timeMs) && this.#config.honorTimestamps;
    if (lastSeen < this.#whole || lastSeen === 0) this.seriesAdded++;
    if (!explicit || this.#config.trackTimestampsStaleness) this.#live.track(slot, this.#scrape);
    if (explicit) return timeMs;
    if (lastSeen !== this.#scrape) return this.#timeMs;
    this.#counters.duplicateSamples++;
    return Number.NaN;
  }

  #appendSample(slot: number, timeMs: number, value: number): void {
    if (timeMs > this.#latestMs) {
      this.#counters.outOfBoundsSamples++;
      return;
    }
    this.#createdZeros?.append(this.#appender!, this.#cache.refs[slot]!, timeMs, null);
    let outcome = this.#appender!.append(this.#cache.refs[slot]!, timeMs, value);
    if (outcome === 'unknown-series') {
      this.#refresh(slot);
      outcome = this.#appender!.append(this.#cache.refs[slot]!, timeMs, value);
    }
    this.#settle(slot, outcome);
  }

  #appendHistogram(slot: number, timeMs: number, histogram: NativeHistogram): void {
    if (timeMs > this.#latestMs) {
      this.#counters.outOfBoundsSamples++;
      return;
    }
    this.#createdZeros?.append(this.#appender!, this.#cache.refs[slot]!, timeMs, histogram);
    let outcome = this.#appender!.appendHistogram(this.#cache.refs[slot]!, timeMs, histogram);
    if (outcome === 'unknown-series') {
      this.#refresh(slot);
      outcome = this.#appender!.appendHistogram(this.#cache.refs[slot]!, timeMs, histogram);
    }
    this.#settle(slot, outcome);
  }

  /** The storage forgot the series in between. */
  #refresh(slot: number): void {
    const bytes = this.#cache.bytesOf(slot);
    this.#cache.refs[slot] = this.#seriesOf(bytes, 0, bytes.length);
  }

  #settle(slot: number, outcome: AppendOutcome): void {
    countOutcome(this.#counters, outcome);
    if (this.#features.metadata) this.#tellMetadata(slot);
  }

  #appendExemplars(slot: number, timeMs: number): void {
    const ref = this.#cache.refs[slot]!;
    const explicit = !Number.isNaN(timeMs) && this.#config.honorTimestamps;
    if (ref > 0) this.#exemplars.append(this.#appender!, ref, explicit ? timeMs : this.#timeMs);
    this.#exemplars.pending.length = 0;
  }

  /** Of a series that is new, or whose family has other metadata now. */
  #tellMetadata(slot: number): void {
    if (!this.families.currentChanged && !this.#live.isNew(slot)) return;
    const metadata = this.#series.metadata(this.#cache.bytesOf(slot));
    if (metadata !== null) this.#appender!.setMetadata(this.#cache.refs[slot]!, metadata);
  }

  /** Takes the line as a part of a classic histogram, if it is one; true when that is all it is. */
  #convert(slot: number, value: number, timeMs: number): boolean {
    const converter = this.#converter!;
    if (!converter.knows(slot)) {
      const bytes = this.#cache.bytesOf(slot);
      converter.learn(slot, this.#series.labels(bytes, 0, bytes.length), this.#series.histogramFamily);
    }
    if (!converter.isPart(slot)) {
      this.#closeConverted();
      return false;
    }
    if (!converter.continues(slot)) this.#closeConverted();
    // The target has it as a native histogram already.
    if (this.#nativeSlot >= 0 && this.#cache.aside(converter.keyOf(slot)) === this.#nativeSlot) return false;
    converter.add(slot, value, timeMs, this.#exemplars.pending);
    if (this.#config.alwaysScrapeClassicHistograms) return false;
    this.#exemplars.pending.length = 0;
    if (this.#cache.seen[slot] !== this.#scrape) this.#lines++;
    this.#cache.seen[slot] = this.#scrape;
    return true;
  }

  #isOnlyConverted(body: Uint8Array, start: number, end: number): boolean {
    if (this.#converter === null || this.#config.alwaysScrapeClassicHistograms) return false;
    const { histogramFamily } = this.#series;
    return histogramFamily !== '' && isConvertible(this.#series.labels(body, start, end), histogramFamily);
  }

  #closeConverted(): void {
    const converted = this.#converter?.close() ?? null;
    if (converted === null || converted.histogram === null) return;
    const { pending } = this.#exemplars; // of the line that comes next
    this.#exemplars.pending = converted.exemplars.filter((exemplar) => !Number.isNaN(exemplar.timeMs));
    const slot = this.#cache.aside(converted.key);
    if (this.#cache.refs[slot] === 0) {
      this.#cache.refs[slot] = this.#seriesOf(converted.key, 0, converted.key.length);
      this.#newLines++;
    }
    this.#count();
    this.#storeHistogram(slot, converted.histogram, converted.timeMs);
    this.#exemplars.pending = pending;
  }

  /** The series that a line stands for under the present configuration, made when there is none. */
  #seriesOf(body: Uint8Array, start: number, end: number): SeriesRef {
    const labels = this.#series.storedLabels(body, start, end);
    return labels === null ? DROPPED : this.#appender!.series(labels);
  }
}

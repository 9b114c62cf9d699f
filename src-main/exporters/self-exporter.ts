/** Hearth's own metrics: those of the process, and what the rooms tell when somebody asks. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { MetricPage, type PageLabels, type PageSummary } from './metric-page.ts';
import { SELF_METRICS, type SelfMetric } from './self-metrics.ts';

const EVENT_LOOP_RESOLUTION_MS = 10;

/** A value, or one for each of several label sets. */
export type Reading = number | Iterable<readonly [labels: PageLabels, value: number]>;

/** One summary, or one for each of several label sets. */
export type SummaryReading = Iterable<readonly [labels: PageLabels, summary: PageSummary]>;

interface Told {
  readonly name: string;
  readonly write: (page: MetricPage) => void;
}

export class SelfExporter {
  /** For rooms that observe by themselves: histograms and summaries of prom-client. */
  readonly registry = new Registry();
  readonly #told = new Map<string, Told>();
  readonly #turns = monitorEventLoopDelay({ resolution: EVENT_LOOP_RESOLUTION_MS });
  #started = false;

  constructor() {
    this.gauge('hearth_engine_turn_max_seconds', 'Longest turn of the engine thread since Hearth was ready.', () =>
      turnSeconds(this.#turns.max),
    );
    this.gauge('hearth_engine_turn_p99_seconds', '99th percentile of the turns of the engine thread.', () =>
      turnSeconds(this.#turns.percentile(99)),
    );
  }

  /** Begins to measure the turns of this thread. */
  start(): void {
    if (!this.#started) collectDefaultMetrics({ register: this.registry });
    this.#started = true;
    this.#turns.enable();
  }

  stop(): void {
    this.#turns.disable();
  }

  /** A metric of Prometheus or Alertmanager, type and help being theirs. */
  known(name: SelfMetric, read: () => Reading): void {
    const [type, help] = SELF_METRICS[name];
    this.#tellValues(type, name, help, read);
  }

  gauge(name: string, help: string, read: () => Reading): void {
    this.#tellValues('gauge', name, help, read);
  }

  summary(name: string, help: string, read: () => SummaryReading): void {
    this.#tell({
      name,
      write: (page) => {
        for (const [labels, reading] of read()) page.summary(name, help, reading, labels);
      },
    });
  }

  /** `read` gives the count so far, not what was added. */
  counter(name: string, help: string, read: () => Reading): void {
    this.#tellValues('counter', name, help, read);
  }

  #tellValues(type: 'gauge' | 'counter', name: string, help: string, read: () => Reading): void {
    this.#tell({
      name,
      write: (page) => {
        const reading = read();
        if (typeof reading === 'number') page[type](name, help, reading);
        else for (const [labels, value] of reading) page[type](name, help, value, labels);
      },
    });
  }

  #tell(told: Told): void {
    if (this.#told.has(told.name)) throw new Error(`metric ${told.name} is told twice`);
    this.#told.set(told.name, told);
  }

  /** One page of text exposition 0.0.4. */
  async collect(): Promise<Uint8Array> {
    return Buffer.from(await this.text(), 'utf8');
  }

  async text(): Promise<string> {
    const page = new MetricPage();
    for (const { write } of this.#told.values()) write(page);
    return page.text() + (await this.registry.metrics());
  }
}

/** What is recorded is the time between two looks; the pause that was meant to be between them is no turn. */
function turnSeconds(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - EVENT_LOOP_RESOLUTION_MS / 1000) : 0;
}

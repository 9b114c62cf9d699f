import { Counter, Gauge, Registry, Summary } from 'prom-client';
import type { BuildInfo } from './parts.ts';

const PERCENTILES = [0.1, 0.5, 0.9];

/** The Pushgateway's own metrics, under its own names. */
export class PushMetrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<'handler' | 'code' | 'method'>;
  readonly #sizes: Summary<'method'>;
  readonly #durations: Summary<'method'>;

  constructor(build: BuildInfo) {
    const registers = [this.#registry];
    const { version, revision, branch, goVersion: goversion } = build;
    new Gauge({
      name: 'pushgateway_build_info',
      help: "A metric with a constant '1' value labeled by version, revision, branch, goversion from which pushgateway was built, and the goos and goarch for the build.",
      labelNames: ['branch', 'goversion', 'revision', 'version'],
      registers,
    }).set({ branch, goversion, revision, version }, 1);
    this.#requests = new Counter({
      name: 'pushgateway_http_requests_total',
      help: 'Total HTTP requests processed by the Pushgateway, excluding scrapes.',
      labelNames: ['handler', 'code', 'method'],
      registers,
    });
    this.#sizes = new Summary({
      name: 'pushgateway_http_push_size_bytes',
      help: 'HTTP request size for pushes to the Pushgateway.',
      labelNames: ['method'],
      percentiles: PERCENTILES,
      registers,
    });
    this.#durations = new Summary({
      name: 'pushgateway_http_push_duration_seconds',
      help: 'HTTP request duration for pushes to the Pushgateway.',
      labelNames: ['method'],
      percentiles: PERCENTILES,
      registers,
    });
  }

  count(handler: string, code: number, method: string): void {
    this.#requests.inc({ handler, code, method: method.toLowerCase() });
  }

  push(method: string, sizeBytes: number, seconds: number): void {
    this.#sizes.observe({ method: method.toLowerCase() }, sizeBytes);
    this.#durations.observe({ method: method.toLowerCase() }, seconds);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** A deterministic history of a laptop's services, as OpenMetrics text for `promtool tsdb create-blocks-from openmetrics`. */
import { closeSync, openSync, writeSync } from 'node:fs';

const HANDLERS = ['/', '/orders', '/cart', '/healthz'];
const CODES = ['200', '404', '500'];
const BOUNDS = ['0.01', '0.05', '0.1', '0.5', '1', '5', '+Inf'];
/** Share of requests up to each bound. */
const SHARE_UP_TO = [0.2, 0.55, 0.8, 0.95, 0.99, 0.999, 1];
const FLUSH_BYTES = 8 << 20;

export const SERIES_PER_INSTANCE = HANDLERS.length * (CODES.length + BOUNDS.length + 2) + 2;

export interface HistoryOptions {
  readonly instances: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly stepSeconds: number;
}

/** Numerical Recipes' linear congruential generator, [0, 1). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

interface Series {
  readonly family: string;
  readonly key: string;
  /** Advances by one step and returns the value. */
  readonly next: () => number;
}

function seriesOf(instance: number): Series[] {
  const draw = random(instance + 1);
  const base = `job="service-${instance % 7}",instance="127.0.0.1:${8000 + instance}"`;
  const rate = 0.2 + 20 * draw();
  const counter = (share: number): (() => number) => {
    let total = Math.floor(draw() * 1e5);
    return () => {
      total += Math.floor(rate * share * 15 * (0.5 + draw()));
      return total;
    };
  };
  const gauge =
    (middle: number): (() => number) =>
    () =>
      Math.round(middle * (0.9 + 0.2 * draw()));
  const perHandler = HANDLERS.flatMap((handler): Series[] => {
    const labels = `${base},handler="${handler}"`;
    const family = 'http_request_duration_seconds';
    return [
      ...CODES.map((code, i) => ({
        family: 'http_requests',
        key: `http_requests_total{${labels},code="${code}"}`,
        next: counter([0.9, 0.08, 0.02][i] ?? 0),
      })),
      ...BOUNDS.map((le, i) => ({
        family,
        key: `${family}_bucket{${labels},le="${le}"}`,
        next: counter(SHARE_UP_TO[i] ?? 1),
      })),
      { family, key: `${family}_sum{${labels}}`, next: counter(0.1) },
      { family, key: `${family}_count{${labels}}`, next: counter(1) },
    ];
  });
  return [
    ...perHandler,
    { family: 'process_resident_memory_bytes', key: `process_resident_memory_bytes{${base}}`, next: gauge(8e7) },
    { family: 'process_open_fds', key: `process_open_fds{${base}}`, next: gauge(60) },
  ];
}

/** Writes the history to `file`; returns how many samples it has. */
export function writeHistory(file: string, options: HistoryOptions): number {
  const out = openSync(file, 'w');
  const all = Array.from({ length: options.instances }, (_, i) => seriesOf(i)).flat();
  let samples = 0;
  let text = '';
  for (const series of all) {
    for (let t = options.startSeconds; t < options.endSeconds; t += options.stepSeconds) {
      text += `${series.key} ${series.next()} ${t}\n`;
      samples++;
    }
    if (text.length > FLUSH_BYTES) {
      writeSync(out, text);
      text = '';
    }
  }
  writeSync(out, `${text}# EOF\n`);
  closeSync(out);
  return samples;
}

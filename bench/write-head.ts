/** A data directory whose log holds everything, as one that was killed leaves it: `node bench/write-head.ts DIR SERIES SCRAPES`. */
import { systemClock } from '../src-main/model/clock.ts';
import { type Labels, labelsFromRecord } from '../src-main/model/labels.ts';
import { silentLogger } from '../src-main/model/log.ts';
import { Tsdb } from '../src-main/tsdb/tsdb.ts';

const STEP_MS = 15_000;
const SERIES_PER_TARGET = 5000;
const BOUNDS = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf'];
const GAUGES = ['process_resident_memory_bytes', 'go_goroutines', 'container_cpu_usage', 'pod_restarts'];

/** Of 16 series one is a sum, one a count, 4 are gauges (of which one never moves), the others buckets. */
function labelsOf(i: number): Labels {
  const pod = Math.floor(i / 16);
  const base = {
    job: 'bench',
    instance: `127.0.0.1:${19_100 + Math.floor(i / SERIES_PER_TARGET)}`,
    namespace: `ns-${pod % 20}`,
    pod: `checkout-${(pod * 2_654_435_761).toString(16)}-${pod}`,
  };
  const k = i % 16;
  if (k < 12)
    return labelsFromRecord({
      __name__: 'http_request_duration_seconds_bucket',
      handler: '/api',
      le: BOUNDS[k] ?? '',
      ...base,
    });
  return labelsFromRecord({ __name__: GAUGES[k - 12] ?? '', ...base });
}

function advance(values: Float64Array, noise: () => number): void {
  for (let i = 0; i < values.length; i++) {
    const k = i % 16;
    if (k === 15) continue;
    values[i] =
      k < 12 ? (values[i] ?? 0) + Math.floor(noise() * (k + 1)) : Math.floor(1e6 * noise()) / (k === 14 ? 1e6 : 1);
  }
}

/** Numerical Recipes' linear congruential generator, [0, 1). */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

const [dir = '', series = '20000', scrapes = '740'] = process.argv.slice(2);
const tsdb = await Tsdb.open({ dir, clock: systemClock, log: silentLogger });
const values = new Float64Array(Number(series));
const refs = new Float64Array(values.length);
const noise = generator();
const startMs = Math.floor(Date.now() / STEP_MS) * STEP_MS - Number(scrapes) * STEP_MS;
for (let scrape = 0; scrape < Number(scrapes); scrape++) {
  advance(values, noise);
  for (let from = 0; from < values.length; from += SERIES_PER_TARGET) {
    const appender = tsdb.appender();
    const timeMs = startMs + scrape * STEP_MS + (from / SERIES_PER_TARGET) * 137;
    for (let i = from; i < Math.min(values.length, from + SERIES_PER_TARGET); i++) {
      if (scrape === 0) refs[i] = appender.series(labelsOf(i));
      appender.append(refs[i] ?? 0, timeMs, values[i] ?? 0);
    }
    appender.commit();
  }
}
process.kill(process.pid, 'SIGKILL');

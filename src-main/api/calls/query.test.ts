import { expect, it } from 'vitest';
import { labelsFromRecord } from '../../model/labels.ts';
import { type NativeHistogram, NO_BUCKETS } from '../../model/native-histogram.ts';
import { startTestHearth } from '../test-hearth.ts';

const HISTOGRAM: NativeHistogram = {
  schema: 0,
  integer: true,
  counterReset: 'unknown',
  zeroThreshold: 0,
  zeroCount: 0,
  count: 3,
  sum: 4.5,
  stale: false,
  positive: { spans: Int32Array.of(0, 2), counts: Float64Array.of(1, 2) },
  negative: NO_BUCKETS,
  customValues: new Float64Array(0),
};
const SHOWN = {
  totals: Float64Array.of(3, 4.5),
  buckets: Float64Array.of(0.5, 1, 1, 1, 2, 2),
  rules: Uint8Array.of(0, 0),
};

it('native histograms go to the window in columns', async () => {
  await using hearth = await startTestHearth();
  const nowMs = hearth.clock.nowMs();
  const appender = hearth.parts.tsdb.appender();
  appender.append(appender.series(labelsFromRecord({ __name__: 'x', is: 'float' })), nowMs, 7);
  appender.appendHistogram(appender.series(labelsFromRecord({ __name__: 'x', is: 'histogram' })), nowMs, HISTOGRAM);
  appender.commit();
  const ask = async (name: string, request: object) => {
    const outcome = await hearth.dispatcher.call(name, request, new AbortController().signal);
    if ('error' in outcome) throw new Error(outcome.error.message);
    return outcome.reply;
  };
  expect(await ask('query.instant', { query: 'x', timeMs: nowMs })).toMatchObject({
    value: {
      kind: 'vector',
      labels: [{ is: 'float' }, { is: 'histogram' }],
      values: Float64Array.of(7, Number.NaN),
      histograms: [{ at: 1, ...SHOWN }],
    },
  });
  expect(await ask('query.instant', { query: 'x{is="histogram"}[1m]', timeMs: nowMs })).toMatchObject({
    value: { kind: 'raw', series: [{ values: Float64Array.of(Number.NaN), histograms: [{ at: 0, ...SHOWN }] }] },
  });
  const range = { query: 'x{is="histogram"}', startMs: nowMs - 1000, endMs: nowMs, stepMs: 1000 };
  expect(await ask('query.range', range)).toMatchObject({
    values: Float64Array.of(Number.NaN, Number.NaN),
    present: Uint8Array.of(0, 2),
  });
});

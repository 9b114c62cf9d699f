import { describe, expect, it } from 'vitest';
import { chartDataOf, extentOf, nearest, summarise } from './series.ts';

const stats = { samplesRead: 0, peakSamples: 0, prepareMs: 0, evalMs: 0 };
const reply = {
  warnings: [],
  infos: [],
  stats,
  totalSeries: 2,
  labels: [
    { __name__: 'up', job: 'a', instance: '1' },
    { __name__: 'up', job: 'a', instance: '2' },
  ],
  startMs: 1000,
  stepMs: 500,
  stepCount: 3,
  values: Float64Array.of(1, 2, 3, Number.NaN, 5, Number.POSITIVE_INFINITY),
  present: Uint8Array.of(1, 1, 1, 0, 1, 1),
};

describe('series of a reply', () => {
  const data = chartDataOf(reply);

  it('views the reply without copying', () => {
    expect([...data.timesSec]).toEqual([1, 1.5, 2]);
    expect(data.series.map((each) => [...each.values])).toEqual([
      [1, 2, 3],
      [Number.NaN, 5, Number.POSITIVE_INFINITY],
    ]);
    expect(data.series[1]?.values.buffer).toBe(reply.values.buffer);
  });

  it('says once what all series share', () => {
    expect(data.common).toEqual({ __name__: 'up', job: 'a' });
    expect(data.series.map((each) => each.name)).toEqual(['{instance="1"}', '{instance="2"}']);
  });

  it('counts what it cannot draw', () => expect(data.oddValues).toBe(1));

  it('finds the nearest series at a step', () => {
    expect(nearest(data.series, 1, 4.5).map((each) => each.values[1])).toEqual([5, 2]);
    expect(nearest(data.series, 0, 0)).toHaveLength(1);
  });
});

it.each([
  [[1, 2, 3], { last: 3, min: 1, max: 3, mean: 2 }],
  [[Number.NaN, 4, Number.NaN], { last: 4, min: 4, max: 4, mean: 4 }],
  [[Number.NaN], { last: Number.NaN, min: Number.NaN, max: Number.NaN, mean: Number.NaN }],
])('summarises %j', (values, summary) => expect(summarise(Float64Array.from(values))).toEqual(summary));

it.each([
  [[0, 10], 0, 10.6],
  [[100, 101], 99.95, 101.06],
  [[5, 5], 0, 5.3],
  [[0, 0], 0, 1.06],
  [[], 0, 1],
  [[-10, 10], -11, 11.2],
  [[-5, -5], -5.25, 0.3],
])('frames %j', (values, min, max) => {
  const extent = extentOf([{ values: Float64Array.from(values) }]);
  expect(extent.min).toBeCloseTo(min);
  if (values[0] !== -5) expect(extent.max).toBeCloseTo(max);
  expect(extent.max).toBeGreaterThan(extent.min);
});

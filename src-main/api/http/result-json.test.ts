import { describe, expect, it } from 'vitest';
import { labelsFromRecord } from '../../model/labels.ts';
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram, NO_BUCKETS } from '../../model/native-histogram.ts';
import { FLOAT, HISTOGRAM, type QueryValue } from '../../promql/result.ts';
import { JsonText } from './json-text.ts';
import { writeQueryData } from './result-json.ts';
import { timestampText, valueText } from './value-text.ts';

describe('valueText', () => {
  it.each([
    [1, '1'],
    [0.1, '0.1'],
    [-0, '-0'],
    [1e21, '1e+21'],
    [1e20, '100000000000000000000'],
    [1e-7, '1e-07'],
    [1.5e-10, '1.5e-10'],
    [1e-6, '0.000001'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [1e300, '1e+300'],
  ])('prints %d as %s', (value, text) => expect(valueText(value)).toBe(text));
});

describe('timestampText', () => {
  it.each([
    [1435781451781, '1435781451.781'],
    [1435781451000, '1435781451'],
    [1500, '1.500'],
    [5, '0.005'],
    [-500, '-0.500'],
    [0, '0'],
  ])('prints %d ms as %s', (ms, text) => expect(timestampText(ms)).toBe(text));
});

function queryDataJson(value: QueryValue, limit: number, statsJson: string) {
  const out = new JsonText();
  const truncated = writeQueryData(out, value, limit, statsJson);
  return { json: out.toBuffer().toString(), truncated };
}

describe('writeQueryData', () => {
  const labels = [labelsFromRecord({ a: '1' }), labelsFromRecord({ a: '2"' })];

  it('leaves out absent points and empty rows', () => {
    const matrix = {
      kind: 'matrix' as const,
      steps: { startMs: 1000, stepMs: 500, count: 2 },
      labels,
      values: new Float64Array([1, 2, 3, 4]),
      present: new Uint8Array([0, 1, 0, 0]),
      histograms: [],
    };
    const { json, truncated } = queryDataJson({ kind: 'matrix', matrix }, 0, '');
    expect(JSON.parse(json)).toEqual({ resultType: 'matrix', result: [{ metric: { a: '1' }, values: [[1.5, '2']] }] });
    expect(truncated).toBe(false);
  });

  it('says when a limit cut series off', () => {
    const matrix = {
      kind: 'matrix' as const,
      steps: { startMs: 1000, stepMs: 0, count: 1 },
      labels,
      values: new Float64Array([1, 2]),
      present: new Uint8Array([1, 1]),
      histograms: [],
    };
    const { json, truncated } = queryDataJson({ kind: 'vector', matrix }, 1, '');
    expect(JSON.parse(json).result).toEqual([{ metric: { a: '1' }, value: [1, '1'] }]);
    expect(truncated).toBe(true);
  });
});

describe('native histograms', () => {
  const exponential: NativeHistogram = {
    schema: 1,
    integer: true,
    counterReset: 'unknown',
    zeroThreshold: 0.25,
    zeroCount: 3,
    count: 14,
    sum: 4.5,
    stale: false,
    positive: { spans: Int32Array.of(-4, 2, 1, 1), counts: Float64Array.of(1, 2, 4) },
    negative: { spans: Int32Array.of(0, 1, 1, 1), counts: Float64Array.of(4, 0) },
    customValues: new Float64Array(0),
  };
  const custom: NativeHistogram = {
    ...exponential,
    schema: CUSTOM_BUCKETS_SCHEMA,
    zeroThreshold: 0,
    zeroCount: 0,
    positive: { spans: Int32Array.of(0, 3), counts: Float64Array.of(1, 0, 2) },
    negative: NO_BUCKETS,
    customValues: Float64Array.of(-1, 10),
  };
  const matrix = {
    kind: 'matrix' as const,
    steps: { startMs: 1000, stepMs: 500, count: 2 },
    labels: [labelsFromRecord({ a: '1' })],
    values: new Float64Array([7, 1]),
    present: new Uint8Array([FLOAT, HISTOGRAM]),
    histograms: [exponential, custom],
  };

  it('has floats and histograms of a series in lists of their own', () => {
    const { json } = queryDataJson({ kind: 'matrix', matrix }, 0, '');
    expect(JSON.parse(json).result).toEqual([
      {
        metric: { a: '1' },
        values: [[1, '7']],
        histograms: [
          [
            1.5,
            {
              count: '14',
              sum: '4.5',
              buckets: [
                [3, '-Inf', '-1', '1'],
                [0, '10', '+Inf', '2'],
              ],
            },
          ],
        ],
      },
    ]);
  });

  it('says which bounds belong to a bucket; the zero bucket cuts off what reaches into it', () => {
    const vector = { ...matrix, steps: { startMs: 1000, stepMs: 0, count: 1 }, values: new Float64Array([0]) };
    const { json } = queryDataJson({ kind: 'vector', matrix: { ...vector, present: Uint8Array.of(HISTOGRAM) } }, 0, '');
    expect(JSON.parse(json).result[0].histogram[1].buckets).toEqual([
      [1, '-1', '-0.7071067811865475', '4'],
      [3, '-0.25', '0.25', '3'],
      [0, '0.25', '0.25', '1'],
      [0, '0.25', '0.35355339059327373', '2'],
      [0, '0.5', '0.7071067811865475', '4'],
    ]);
  });
});

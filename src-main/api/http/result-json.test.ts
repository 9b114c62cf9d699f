import { describe, expect, it } from 'vitest';
import { labelsFromRecord } from '../../model/labels.ts';
import { queryDataJson, timestampText, valueText } from './result-json.ts';

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

describe('queryDataJson', () => {
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

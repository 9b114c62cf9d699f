import { describe, expect, it } from 'vitest';
import { ApiError } from './envelope.ts';
import {
  durationParameter,
  limitParameter,
  parseTimeMs,
  requiredTime,
  selectorParameters,
  timeParameter,
} from './params.ts';

describe('times', () => {
  it.each([
    ['0', 0],
    ['1435781451.781', 1_435_781_451_781],
    ['1.0005', 1001],
    ['-1', -1000],
    ['1e3', 1_000_000],
    ['2015-06-03T13:21:58.555Z', 1_433_337_718_555],
    ['2015-06-03T13:21:58.555999999Z', 1_433_337_718_555],
    ['2015-06-03T14:21:58+01:00', 1_433_337_718_000],
    ['-292273086-05-16T16:47:06Z', Number.MIN_SAFE_INTEGER],
    ['292277025-08-18T07:12:54.999999999Z', Number.MAX_SAFE_INTEGER],
    ['NaN', Number.MIN_SAFE_INTEGER],
  ])('reads %s', (text, ms) => expect(parseTimeMs(text)).toBe(ms));

  it.each(['', 'now', '30s', '2015-06-03', '2015-06-03T13:21:58', '0x10', '2015-13-03T13:21:58Z'])(
    'refuses %j',
    (text) => expect(parseTimeMs(text)).toBeNull(),
  );

  it('has a default where one is given', () => {
    expect(timeParameter(new URLSearchParams(), 'time', 7)).toBe(7);
    expect(timeParameter(new URLSearchParams('time='), 'time', 7)).toBe(7);
    expect(() => requiredTime(new URLSearchParams(), 'start')).toThrow(
      'invalid parameter "start": cannot parse "" to a valid timestamp',
    );
  });
});

describe('durations', () => {
  const read = (text: string) => durationParameter(new URLSearchParams({ step: text }), 'step');
  it.each([
    ['1', 1000],
    ['0.25', 250],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['-1', -1000],
    ['0', 0],
  ])('reads %s', (text, ms) => expect(read(text)).toBe(ms));

  it.each([
    ['', 'invalid parameter "step": cannot parse "" to a valid duration'],
    ['foo', 'invalid parameter "step": cannot parse "foo" to a valid duration'],
    ['1e20', 'invalid parameter "step": cannot parse "1e20" to a valid duration. It overflows int64'],
  ])('refuses %j', (text, message) => expect(() => read(text)).toThrow(message));
});

it.each([
  ['', 0],
  ['3', 3],
  ['+3', 3],
])('limit %j', (text, limit) => expect(limitParameter(new URLSearchParams({ limit: text }))).toBe(limit));

it.each(['-1', '1.5', 'x'])('refuses the limit %j', (text) =>
  expect(() => limitParameter(new URLSearchParams({ limit: text }))).toThrow(ApiError),
);

describe('selectors', () => {
  it('names the parameter that is wrong', () => {
    expect(() => selectorParameters(new URLSearchParams({ 'match[]': 'up{' }), 'match[]')).toThrow(
      /^invalid parameter "match\[\]": 1:4: parse error: /,
    );
    expect(() => selectorParameters(new URLSearchParams({ 'match[]': '{a=~".*"}' }), 'match[]')).toThrow(ApiError);
  });

  it('reads each', () => {
    const read = selectorParameters(new URLSearchParams('match[]=up&match[]={a="b"}'), 'match[]');
    expect(read.map((matchers) => matchers.map(({ name, value }) => `${name}=${value}`))).toEqual([
      ['__name__=up'],
      ['a=b'],
    ]);
  });
});

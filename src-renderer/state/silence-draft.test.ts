import { describe, expect, it } from 'vitest';
import { matcherOf, parseMatchers, printMatchers, silenceMatchersFor } from './silence-draft.ts';

describe('silence matchers', () => {
  it.each([
    ['alertname="Down"', [matcherOf('alertname', '=', 'Down')]],
    [
      '{alertname=Down, instance=~"web.*"}',
      [matcherOf('alertname', '=', 'Down'), matcherOf('instance', '=~', 'web.*')],
    ],
    ['a!="x", b!~"y,z"', [matcherOf('a', '!=', 'x'), matcherOf('b', '!~', 'y,z')]],
    ['path="C:\\\\x \\"y\\""', [matcherOf('path', '=', 'C:\\x "y"')]],
    ['', []],
    ['what?', null],
    ['a="x" b="y"', null],
  ])('reads %s', (text, matchers) => expect(parseMatchers(text)).toEqual(matchers));

  it('reads what it prints', () => {
    const matchers = [matcherOf('a', '=', 'C:\\x "y", z'), matcherOf('b', '!~', '1|2')];
    expect(parseMatchers(printMatchers(matchers))).toEqual(matchers);
  });

  it('takes the labels of an alert, its name first', () => {
    expect(printMatchers(silenceMatchersFor({ instance: 'a', severity: 'page', alertname: 'Down' }))).toBe(
      'alertname="Down", instance="a"',
    );
  });
});

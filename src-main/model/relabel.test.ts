// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Go templates
import { describe, expect, it } from 'vitest';
import { labelsFromRecord, labelsToRecord } from './labels.ts';
import { compileAnchored } from './regex.ts';
import { type RelabelRule, relabel, relabelSteps } from './relabel.ts';

const defaults: RelabelRule = {
  sourceLabels: [],
  separator: ';',
  regex: compileAnchored('(.*)'),
  modulus: 0,
  targetLabel: '',
  replacement: '$1',
  action: 'replace',
};

function rule(fields: Omit<Partial<RelabelRule>, 'regex'> & { regex?: string }): RelabelRule {
  return { ...defaults, ...fields, regex: compileAnchored(fields.regex ?? '(.*)') };
}

/** Input, rules and results as in upstream's own table (model/relabel/relabel_test.go): null is dropped. */
const CASES: [string, Record<string, string>, RelabelRule[], Record<string, string> | null][] = [
  [
    'replace',
    { a: 'foo', b: 'bar', c: 'baz' },
    [rule({ sourceLabels: ['a'], regex: 'f(.*)', targetLabel: 'd', replacement: 'ch$1-ch$1' })],
    { a: 'foo', b: 'bar', c: 'baz', d: 'choo-choo' },
  ],
  [
    'two sources, in order',
    { a: 'foo', b: 'bar', c: 'baz' },
    [
      rule({ sourceLabels: ['a', 'b'], regex: 'f(.*);(.*)r', targetLabel: 'a', replacement: 'b${1}${2}m' }),
      rule({ sourceLabels: ['c', 'a'], regex: '(b).*b(.*)ba(.*)', targetLabel: 'd', replacement: '$1$2$2$3' }),
    ],
    { a: 'boobam', b: 'bar', c: 'baz', d: 'boooom' },
  ],
  ['drop', { a: 'foo' }, [rule({ sourceLabels: ['a'], regex: '.*o.*', action: 'drop' })], null],
  ['drop misses', { a: 'foo' }, [rule({ sourceLabels: ['a'], regex: 'o', action: 'drop' })], { a: 'foo' }],
  ['keep misses', { a: 'foo' }, [rule({ sourceLabels: ['a'], regex: 'no-match', action: 'keep' })], null],
  ['keep is anchored', { a: 'foo' }, [rule({ sourceLabels: ['a'], regex: 'f|foo', action: 'keep' })], { a: 'foo' }],
  ['no match, no change', { a: 'foo' }, [rule({ sourceLabels: ['a'], regex: 'x', targetLabel: 'b' })], { a: 'foo' }],
  ['a missing source is empty', { a: 'foo' }, [rule({ sourceLabels: ['x'], targetLabel: 'a' })], {}],
  [
    'hashmod',
    { a: 'foo', b: 'bar', c: 'baz' },
    [rule({ sourceLabels: ['c'], targetLabel: 'd', action: 'hashmod', modulus: 1000 })],
    { a: 'foo', b: 'bar', c: 'baz', d: '976' },
  ],
  [
    'hashmod takes newlines',
    { a: 'foo\nbar' },
    [rule({ sourceLabels: ['a'], targetLabel: 'b', action: 'hashmod', modulus: 1000 })],
    { a: 'foo\nbar', b: '734' },
  ],
  [
    'labelmap',
    { a: 'foo', b1: 'bar', b2: 'baz' },
    [rule({ regex: '(b.*)', replacement: 'bar_$1', action: 'labelmap' })],
    { a: 'foo', b1: 'bar', b2: 'baz', bar_b1: 'bar', bar_b2: 'baz' },
  ],
  [
    'labelmap with a template',
    { a: 'foo', __meta_my_bar: 'aaa', __meta_my_baz: 'bbb' },
    [rule({ regex: '__meta_(my.*)', replacement: '$1', action: 'labelmap' })],
    { a: 'foo', __meta_my_bar: 'aaa', __meta_my_baz: 'bbb', my_bar: 'aaa', my_baz: 'bbb' },
  ],
  ['labeldrop', { a: 'foo', b1: 'x', b2: 'y' }, [rule({ regex: '(b.*)', action: 'labeldrop' })], { a: 'foo' }],
  ['labelkeep', { a: 'foo', b1: 'x' }, [rule({ regex: '(b.*)', action: 'labelkeep' })], { b1: 'x' }],
  [
    'a template as the target',
    { a: 'some-name-value' },
    [rule({ sourceLabels: ['a'], regex: 'some-([^-]+)-([^,]+)', targetLabel: '${1}', replacement: '$2' })],
    { a: 'some-name-value', name: 'value' },
  ],
  [
    'an empty target is no target',
    { a: 'x' },
    [rule({ sourceLabels: ['a'], regex: 'x(y)?', targetLabel: '$1', replacement: 'z' })],
    { a: 'x' },
  ],
  [
    'lowercase',
    { a: 'FoO' },
    [rule({ sourceLabels: ['a'], targetLabel: 'b', action: 'lowercase' })],
    { a: 'FoO', b: 'foo' },
  ],
  [
    'uppercase',
    { a: 'FoO' },
    [rule({ sourceLabels: ['a'], targetLabel: 'b', action: 'uppercase' })],
    { a: 'FoO', b: 'FOO' },
  ],
  [
    'keepequal',
    { p: '1', q: '1' },
    [rule({ sourceLabels: ['p'], targetLabel: 'q', action: 'keepequal' })],
    { p: '1', q: '1' },
  ],
  ['keepequal drops', { p: '1', q: '2' }, [rule({ sourceLabels: ['p'], targetLabel: 'q', action: 'keepequal' })], null],
  ['dropequal', { p: '1', q: '1' }, [rule({ sourceLabels: ['p'], targetLabel: 'q', action: 'dropequal' })], null],
  [
    'dropequal keeps',
    { p: '1', q: '2' },
    [rule({ sourceLabels: ['p'], targetLabel: 'q', action: 'dropequal' })],
    { p: '1', q: '2' },
  ],
];

describe('relabel', () => {
  it.each(CASES)('%s', (_name, input, rules, expected) => {
    const { labels, keep } = relabel(labelsFromRecord(input), rules);
    expect(keep ? labelsToRecord(labels) : null).toEqual(expected);
  });

  it('shows every step up to the rule that drops', () => {
    const rules = [
      rule({ sourceLabels: ['a'], targetLabel: 'b' }),
      rule({ sourceLabels: ['b'], regex: 'foo', action: 'drop' }),
      rule({ targetLabel: 'c', replacement: 'never' }),
    ];
    const steps = relabelSteps(labelsFromRecord({ a: 'foo' }), rules);
    expect(steps.map((step) => [labelsToRecord(step.labels), step.keep])).toEqual([
      [{ a: 'foo', b: 'foo' }, true],
      [{ a: 'foo', b: 'foo' }, false],
    ]);
  });
});

import { expect, test } from 'vitest';
import { completionSituation, type Situation } from './completion.ts';

/** The situations at `|`, in a few words: kind, what is narrowed by what, and what would be replaced. */
function at(marked: string): string[] {
  const offset = marked.indexOf('|');
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  return completionSituation(text, offset).map((situation) => {
    const replaced = text.slice(situation.span.from, situation.span.to);
    return `${describeSituation(situation)}${replaced === '' ? '' : ` <${situation.prefix}|${replaced.slice(situation.prefix.length)}>`}`;
  });
}

function describeSituation(situation: Situation): string {
  switch (situation.kind) {
    case 'keyword':
      return situation.words.join(' ');
    case 'labelName':
      return `label of ${situation.selectors.join(' and ')}`.trim();
    case 'labelValue':
      return `${situation.quoted ? '' : 'quoted '}${situation.label} of ${situation.selector}`.trim();
    case 'duration':
      return situation.units ? 'unit' : 'duration';
    default:
      return situation.kind;
  }
}

const OPERAND = ['metric', 'function', 'aggregation'];
const typed = (text: string): string[] => OPERAND.map((kind) => `${kind} <${text}>`);
const DURATION = ['duration', 'step() range() min_of() max_of()'];
const BEHIND = 'and or unless atan2 offset @';

const CASES: readonly (readonly [text: string, situations: readonly string[]])[] = [
  ['|', OPERAND],
  ['ra|', typed('ra|')],
  ['rate(htt|p_req[5m])', typed('htt|p_req')],
  ['sum by (job) (|)', OPERAND],
  ['foo + |', [...OPERAND, 'on ignoring']],
  ['foo > |', [...OPERAND, 'bool on ignoring']],
  ['foo > bool |', [...OPERAND, 'on ignoring']],
  ['foo > b|', [...typed('b|'), 'bool on ignoring <b|>']],
  ['-|', OPERAND],
  ['foo + on(x) |', [...OPERAND, 'group_left group_right']],
  ['foo |', [BEHIND]],
  ['foo o|', [`${BEHIND} <o|>`]],
  ['foo[5m] |', [BEHIND]],
  ['sum(foo) |', [`by without ${BEHIND}`]],
  ['sum |', [`by without ${BEHIND}`]],
  ['sum(foo) by (a) |', [BEHIND]],
  ['rate(foo[5m]) |', [BEHIND]],
  ['1 |', [BEHIND]],
  ['12|', []],
  ['foo{|', ['label of foo']],
  ['foo{|}', ['label of foo']],
  ['{|', ['label of']],
  ['foo{job="a",ins|', ['label of foo{job="a"} <ins|>']],
  ['foo{job="a",|}', ['label of foo{job="a"}']],
  ['{"my.metric",|}', ['label of {"my.metric"}']],
  ['foo{job|}', ['label of foo <job|>']],
  ['foo{job |}', ['= != =~ !~']],
  ['foo{job="a"|}', []],
  ['foo{job=|}', ['quoted job of foo']],
  ['foo{job="|"}', ['job of foo']],
  ['foo{job="|', ['job of foo']],
  ['foo{a="b",job="x|y"}', ['job of foo{a="b"} <x|y>']],
  ['foo{a="b",job="x|', ['job of foo{a="b"} <x|>']],
  ['{job="|"}', ['job of']],
  ['foo{"my.label"="|"}', ['my.label of foo']],
  ['foo{"my|"}', ['label of foo <my|>']],
  ['foo[|', DURATION],
  ['foo[|]', DURATION],
  ['foo[5|]', ['unit <5|>']],
  ['foo[5m:|]', DURATION],
  ['foo offset |', DURATION],
  ['foo @ |', ['start() end()']],
  ['foo @ st|', ['start() end() <st|>']],
  ['sum by (|) (rate(foo{a="b"}[5m]))', ['label of foo{a="b"}']],
  ['sum(rate(foo{a="b"}[5m])) by (j|)', ['label of foo{a="b"} <j|>']],
  ['sum by (a, |) (foo + bar)', ['label of foo and bar']],
  ['sum by ("|") (foo)', ['label of foo']],
  ['foo / on(|) bar{c="d"}', ['label of foo and bar{c="d"}']],
  ['max(sum by (|) (foo)) + bar', ['label of foo']],
  ['label_replace(foo, "|"', []],
  ['# com|', []],
  ['foo # com|', []],
  ['foo ~ |', []],
];

test.each(CASES)('%s', (marked, expected) => {
  expect(at(marked)).toEqual(expected);
});

test('of an alternation only the part at the cursor is completed', () => {
  const text = 'foo{job=~"ab|cd"}';
  expect(completionSituation(text, text.indexOf('d'))).toMatchObject([
    { kind: 'labelValue', prefix: 'c', span: { from: 13, to: 15 } },
  ]);
});

test('any cursor in any text is answered', () => {
  const text = 'sum by (a) (rate(foo{a="b",c!~`d`}[5m:1m] @ end() offset -5m)) >= bool on (x) group_left ("y") bar # c';
  for (let cut = 0; cut <= text.length; cut++) {
    for (let offset = 0; offset <= cut; offset++) {
      for (const { span, prefix } of completionSituation(text.slice(0, cut), offset)) {
        expect(text.slice(span.from, offset)).toBe(prefix);
        expect(span.to).toBeGreaterThanOrEqual(offset);
        expect(span.to).toBeLessThanOrEqual(cut);
      }
    }
  }
});

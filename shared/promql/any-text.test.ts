import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PromqlParseError } from './ast.ts';
import { completionSituation } from './completion.ts';
import { tokens } from './highlight.ts';
import { parsePromql, promqlDiagnostics } from './parse.ts';
import { prettyPromql, printPromql } from './print.ts';

const experimental = { experimental: true };

const OPERANDS = ['foo', 'foo{a="b"}', '{a=~"x|y"}', '1', '5m', '-2', '"s"', '(foo)', 'time()', 'inf', 'sum', 'offset'];
const SUFFIXES = [
  '',
  '',
  '',
  '[5m]',
  '[5m:]',
  '[2*step():1m]',
  ' offset 5m',
  ' offset -step()',
  ' @ 5',
  ' @ end()',
  ' anchored',
];
const OPERATORS = [
  '+',
  '-',
  '*',
  '/',
  '^',
  'atan2',
  '==',
  '> bool',
  '</',
  'and',
  'or',
  'unless',
  '+ on(a)',
  '* ignoring(a) group_left(b)',
];
const PREFIXES = ['', '', '', '-', '+', 'rate(', 'sum by (a) (', 'topk(2, ', '('];
const SCRAPS = [
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '@',
  '#',
  '"',
  '`',
  '~',
  '!',
  ' ',
  '\n',
  'by',
  'bool',
  'group_left',
  'ü',
  '0x',
  '.',
  '_',
];

const operand = fc
  .tuple(
    fc.constantFrom(...PREFIXES),
    fc.constantFrom(...OPERANDS),
    fc.array(fc.constantFrom(...SUFFIXES), { maxLength: 2 }),
  )
  .map(
    ([prefix, text, suffixes]) =>
      prefix + text + suffixes.join('') + (prefix.endsWith('(') || prefix.endsWith(' ') ? ')' : ''),
  );

/** Mostly of right form: what parses is worth printing. */
const query = fc
  .array(fc.tuple(operand, fc.constantFrom(...OPERATORS)), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.map(([text, op], i) => (i === parts.length - 1 ? text : `${text} ${op} `)).join(''));

const broken = fc
  .tuple(query, fc.array(fc.tuple(fc.nat(), fc.constantFrom(...SCRAPS)), { maxLength: 3 }))
  .map(([text, scraps]) =>
    scraps.reduce((before, [at, scrap]) => {
      const place = at % (before.length + 1);
      return before.slice(0, place) + scrap + before.slice(place);
    }, text),
  );

test('what parses prints the same again', () => {
  fc.assert(
    fc.property(query, (text) => {
      fc.pre(promqlDiagnostics(text, experimental).length === 0);
      const expr = parsePromql(text, experimental);
      const printed = printPromql(parsePromql(printPromql(expr), experimental));
      // A sign before a printed `+Inf` is one sign more each time, upstream too.
      if (!/inf/.test(text)) expect(printed).toBe(printPromql(expr));
      expect(printPromql(parsePromql(prettyPromql(expr), experimental))).toBe(printed);
    }),
    { numRuns: 400 },
  );
});

test('what does not is refused in place', () => {
  fc.assert(
    fc.property(broken, (text) => {
      for (const { span } of promqlDiagnostics(text, experimental)) {
        expect(span.from).toBeLessThanOrEqual(span.to);
        expect(span.to).toBeLessThanOrEqual(text.length);
      }
      try {
        parsePromql(text, experimental);
      } catch (error) {
        expect(error).toBeInstanceOf(PromqlParseError);
      }
      expect(tokens(text).every(({ span }) => span.to <= text.length)).toBe(true);
      completionSituation(text, text.length >> 1);
    }),
    { numRuns: 600 },
  );
});

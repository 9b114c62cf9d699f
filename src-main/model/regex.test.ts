// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Go templates
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { compileAnchored, compileSearch, expandTemplate, RegexError } from './regex.ts';

/** Expressions over a small alphabet, valid by construction. */
const { expression } = fc.letrec<{ expression: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', 'ab', 'c', '.', '\\.', '[ab]', '[^a]', '\\d', '\\w', '[a-c]', '[[:alpha:]]', 'é', '\\n'),
    fc.constantFrom(
      '\\pL',
      '\\p{Greek}',
      '\\PN',
      '\\Qa.b\\E',
      '\\x61',
      '\\x{3b1}',
      '[\\d-]',
      '😀',
      '\\W',
      '\\S',
      '\\bA',
    ),
    tie('expression').map((inner) => `(${inner})`),
    tie('expression').map((inner) => `(?:${inner})`),
    tie('expression').map((inner) => `(?i:${inner})`),
  ),
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('atom'),
    fc.tuple(tie('atom'), fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}')).map((p) => {
      const [atom, quantifier] = p;
      return `(?:${atom})${quantifier}`;
    }),
    fc.tuple(tie('atom'), fc.constantFrom('*', '+', '?', '*?')).map(([atom, quantifier]) => atom + quantifier),
    fc.tuple(tie('expression'), tie('expression')).map((p) => p.join('')),
    fc.tuple(tie('expression'), tie('expression')).map((p) => p.join('|')),
  ),
}));
const anyExpression = fc
  .tuple(fc.constantFrom('', '', '(?i)', '^'), expression, fc.constantFrom('', '', '$'))
  .map((parts) => parts.join(''))
  .filter((source) => isValid(source));
const subject = fc
  .array(fc.constantFrom('a', 'b', 'c', 'A', 'B', '.', '1', '\n', 'é', 'α', '😀', ' ', '-', 'K', 'ſ'), { maxLength: 8 })
  .map((chars) => chars.join(''));

function isValid(source: string): boolean {
  try {
    RE2JS.compile(source);
    return true;
  } catch {
    return false;
  }
}

function oracleSubmatches(source: string, value: string): string[] | null {
  const matcher = RE2JS.compile(`^(?s:${source})$`).matcher(value);
  if (!matcher.find()) return null;
  return Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? '');
}

describe('compileAnchored', () => {
  it('answers as RE2 does', () => {
    fc.assert(
      fc.property(anyExpression, fc.array(subject, { minLength: 1, maxLength: 6 }), (source, values) => {
        const regex = compileAnchored(source);
        for (const value of values) {
          const expected = oracleSubmatches(source, value);
          expect({ source, value, matches: regex.matches(value) }).toEqual({
            source,
            value,
            matches: expected !== null,
          });
          expect({ source, value, groups: regex.submatches(value)?.groups ?? null }).toEqual({
            source,
            value,
            groups: expected,
          });
          if (regex.literals !== null) expect(regex.literals.includes(value)).toBe(expected !== null);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['', ['']],
    ['foo', ['foo']],
    ['foo|bar', ['foo', 'bar']],
    ['(foo|bar)', ['foo', 'bar']],
    ['a(b|c)?', ['ab', 'ac', 'a']],
    ['GET|POST|', ['GET', 'POST', '']],
    ['5[0-3]', ['50', '51', '52', '53']],
    ['^prod$', ['prod']],
    ['a\\.b', ['a.b']],
    ['5..', null],
    ['(?i)foo', null],
    ['.*', null],
    ['[a-z]', null],
  ])('finds the literals of %s', (source, literals) => {
    expect(compileAnchored(source).literals).toEqual(literals);
  });

  it.each([
    ['(foo', 'error parsing regexp: missing closing ): `(foo`'],
    ['a)(b', 'error parsing regexp: unexpected ): `a)(b`'],
    ['a**', 'error parsing regexp: invalid nested repetition operator: `**`'],
    ['[z-a]', 'error parsing regexp: invalid character class range: `z-a`'],
    ['*', 'error parsing regexp: missing argument to repetition operator: `*`'],
  ])("refuses %s in RE2's words", (source, message) => {
    expect(() => compileAnchored(source)).toThrow(new RegexError(message));
  });

  it('stays linear on what makes backtracking explode', () => {
    const long = 'a'.repeat(50_000);
    for (const source of ['(a+)+b', '(a|a)*b', '(.*)(.*)(.*)(.*)b', '(a?){50}a{50}b', '.*a.*a.*a.*b', '(?i)a*a*b']) {
      const startedAt = performance.now();
      expect(compileAnchored(source).matches(long)).toBe(false);
      expect(performance.now() - startedAt).toBeLessThan(1_500);
    }
  });
});

describe('compileSearch', () => {
  it.each([
    ['a*', 'baac', 'x', 'xbxcx'],
    ['(\\w+)@(\\w+)', 'bob@home, al@work', '$2.$1', 'home.bob, work.al'],
    ['(?P<first>a)(b)?', 'aab', '<${first}|$2>', '<a|><a|b>'],
    ['^a', 'aaa', 'b', 'baa'],
    ['.', 'a\nb', '_', '_\n_'],
    ['b+?', 'abb', '[$0]', 'a[b][b]'],
  ])('replaces %s in %s', (source, text, template, expected) => {
    expect(compileSearch(source).replaceAll(text, template)).toBe(expected);
  });
});

describe('expandTemplate', () => {
  const submatches = { groups: ['whole', 'one', 'two'], named: { name: 'value' } };
  it.each([
    ['$1-$2', 'one-two'],
    ['${1}0', 'one0'],
    ['$10', ''],
    ['$1x', ''],
    ['$name', 'value'],
    ['${name}s', 'values'],
    ['$names', ''],
    ['$$1', '$1'],
    ['$', '$'],
    ['a$-b', 'a$-b'],
    ['${}', '${}'],
    ['${a-b}', '${a-b}'],
    ['$01', ''],
    ['$toString', ''],
  ])('%s', (template, expected) => {
    expect(expandTemplate(template, submatches)).toBe(expected);
  });
});

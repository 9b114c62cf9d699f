import { describe, expect, test } from 'vitest';
import { type Expr, PromqlParseError } from './ast.ts';
import { astJson } from './ast-json.ts';
import { parsePromql, parseSelector } from './parse.ts';
import { printPromql } from './print.ts';

const experimental = { experimental: true };

/** A query and its canonical form where that differs; checked against Prometheus 2.42 where that knows the syntax. */
const VALID: readonly (readonly [query: string, printed?: string])[] = [
  ['1'],
  ['+Inf'],
  ['-Inf'],
  ['.5', '0.5'],
  ['5.', '5'],
  ['123.4567'],
  ['5e-3', '0.005'],
  ['5e3', '5000'],
  ['0xc', '12'],
  ['0755', '493'],
  ['+5.5e-3', '0.0055'],
  ['-0755', '-493'],
  ['0X1_F', '31'],
  ['1_000_000.5', '1000000.5'],
  ['1h30m'],
  ['5m * 2'],
  ['-5m'],
  ['NaN'],
  ['-1^2', '-1 ^ 2'],
  ['(-1)^2', '(-1) ^ 2'],
  ['2^-1', '2 ^ -1'],
  ['2^3^2', '2 ^ 3 ^ 2'],
  ['-2 * 3'],
  ['-foo'],
  ['- - foo', '--foo'],
  ['-foo offset 5m'],
  ['1 + 2 * 3 - 4 / 5 % 6 ^ 7'],
  ['1 - 2 - 3'],
  ['1 < bool 2 - 1 * 2'],
  ['(1 + 2) * 3'],
  ['1 == bool 1'],
  ['a atan2 b'],
  ['a and b or c unless d'],
  ['a or b and c'],
  ['a == b or c'],
  ['a + b == c - d'],
  ['a < 1 > 2'],
  ['foo'],
  ['foo:bar:baz'],
  [':foo'],
  ['_foo'],
  ['sum'],
  ['sum + sum'],
  ['by'],
  ['offset'],
  ['offset offset 5m'],
  ['and and and'],
  ['start'],
  ['end{a="b"}'],
  ['step'],
  ['range'],
  ['anchored'],
  ['fill + fill'],
  ['min_of'],
  ['foo{}', 'foo'],
  ['foo{a="b"}'],
  ['foo{a="b",}', 'foo{a="b"}'],
  ['foo{ a = "b" , c != \'d\', e =~ "f.*" , g !~ `h|i` }', 'foo{a="b",c!="d",e=~"f.*",g!~"h|i"}'],
  ['{a="b"}'],
  ['{__name__="foo"}'],
  ['{__name__=~"foo.*",a!=""}'],
  ['{"foo"}', '{__name__="foo"}'],
  ['{"my.metric", "label.name"="v", a="b"}', '{"label.name"="v",__name__="my.metric",a="b"}'],
  ['foo{"label.name"=~"v.+"}'],
  ['foo{a="b",a!="c"}', 'foo{a!="c",a="b"}'],
  ['foo{sum="1",by="2",offset="3",on="4"}', 'foo{by="2",offset="3",on="4",sum="1"}'],
  ['foo{a="\\"\\\\\\n\\t\\x41\\u00e9\\101"}', 'foo{a="\\"\\\\\\n\\tAéA"}'],
  ["foo{a='it\\'s'}", 'foo{a="it\'s"}'],
  ['foo{a=`back\\slash`}', 'foo{a="back\\\\slash"}'],
  ['"string"'],
  ["'sin\"gle'", '"sin\\"gle"'],
  ['`raw\\n`', '"raw\\\\n"'],
  ['foo[5m]'],
  ['foo[1w2d3h4m5s6ms]', 'foo[9d3h4m5s6ms]'],
  ['foo[300]', 'foo[5m]'],
  ['foo[0.5]', 'foo[500ms]'],
  ['foo[1y]'],
  ['foo[ 5m ]', 'foo[5m]'],
  ['foo[5m] offset 1h'],
  ['foo[5m] @ 100 offset -1h', 'foo[5m] @ 100.000 offset -1h'],
  ['foo[5m] offset 1h @ end()', 'foo[5m] @ end() offset 1h'],
  ['foo offset 1d12h'],
  ['foo offset -7m'],
  ['foo offset 0s', 'foo'],
  ['foo offset 300', 'foo offset 5m'],
  ['foo @ 1603774568', 'foo @ 1603774568.000'],
  ['foo @ -100.5', 'foo @ -100.500'],
  ['foo @ .3', 'foo @ 0.300'],
  ['foo @ start()'],
  ['foo @ END () offset 5m', 'foo @ end() offset 5m'],
  ['foo @ 5m', 'foo @ 300.000'],
  ['foo[5m:]'],
  ['foo[5m:1m]'],
  ['foo[5m:] offset 1m @ 10', 'foo[5m:] @ 10.000 offset 1m'],
  ['sum(foo)[5m:1m]'],
  ['(foo + bar)[5m:1m]'],
  ['rate(foo[5m])[10m:30s] @ start()'],
  ['min_over_time(rate(foo[5m])[1h:])'],
  ['a - b offset 1h'],
  ['foo[1m + 30s]'],
  ['foo[2 * step()]'],
  ['foo[step()]'],
  ['foo[(5m)]'],
  ['foo[-1m + 6m]'],
  ['foo[min_of(step(), 1m) ^ 2 % 7]'],
  ['foo[1h:max_of(step() / 2, 15s)]'],
  ['foo offset step()'],
  ['foo offset -step()'],
  ['foo offset (2 * range())'],
  ['foo offset -(1m + 1m)'],
  ['foo offset min_of(1m, step()) @ 10', 'foo @ 10.000 offset min_of(1m, step())'],
  ['foo offset 2 + 3', 'foo offset 2s + 3'],
  ['foo offset -2 ^ 2', 'foo offset -2s ^ 2'],
  ['sum(foo)'],
  ['SUM(foo)', 'sum(foo)'],
  ['sum (foo) by (a)', 'sum by (a) (foo)'],
  ['sum by (a) (foo)'],
  ['Sum BY (a, b,) (foo)', 'sum by (a, b) (foo)'],
  ['sum by () (foo)', 'sum(foo)'],
  ['sum without () (foo)'],
  ['avg without (a, b) (foo)'],
  ['count by ("a.b", c) (foo)'],
  ['sum by (by, offset, on, sum, bool, group_left, and, atan2, start) (foo)'],
  ['topk(5, foo)'],
  ['topk by (a) (scalar(bar), foo)'],
  ['quantile(0.9, foo) by (a)', 'quantile by (a) (0.9, foo)'],
  ['count_values("version", foo)'],
  ["count_values by (job) ('v', foo)", 'count_values by (job) ("v", foo)'],
  ['stddev(foo) + stdvar(bar) - group(baz)'],
  ['bottomk(2, foo) / ignoring (a) bar'],
  ['limitk(2, foo)'],
  ['limit_ratio(-0.5, foo)'],
  ['rate(foo[5m])'],
  ['time()'],
  ['pi()'],
  ['day_of_month()'],
  ['day_of_month(foo)'],
  ['round(foo)'],
  ['round(foo, 0.1)'],
  ['label_join(foo, "a", "b")'],
  ['label_join(foo, "a", "b", "c", "d")'],
  ['label_replace(foo, "dst", "$1", "src", "(.*)")'],
  [
    'histogram_quantile(0.99, sum(rate(foo_bucket[5m])) by (le))',
    'histogram_quantile(0.99, sum by (le) (rate(foo_bucket[5m])))',
  ],
  ['absent(foo{a="b"})'],
  ['clamp(foo, 0, 1)'],
  ['sort_by_label(foo, "a", "b")'],
  ['info(foo)'],
  ['info(foo, {a="b"})'],
  ['info(foo, {__name__=~".+_info"})'],
  ['min_of(1, 2) + max_of(3, 4)'],
  ['start() + end() - range() / step()'],
  ['histogram_quantiles(foo, "q", 0.1, 0.5, 0.9)'],
  ['ts_of_max_over_time(foo[5m])'],
  ['start_timestamp(foo)'],
  ['vector(scalar(foo))'],
  ['a + on (x) b'],
  ['a + on () b'],
  ['a + ignoring () b', 'a + b'],
  ['a / ignoring (x, y) group_left b', 'a / ignoring (x, y) group_left () b'],
  ['a / on (x) group_right (y, z) b'],
  ['a / on ("x.y") group_left ("z.w") b'],
  ['a == bool on (x) group_left b', 'a == bool on (x) group_left () b'],
  ['a and on (x) b'],
  ['a unless ignoring (y) b'],
  ['a + fill (0) b'],
  ['a + fill_left (1) b'],
  ['a + on (x) fill_right (-1.5) b'],
  ['a + on (x) fill_left (1) fill_right (2) b'],
  ['a + on (x) group_left (y) fill_right (2) fill_left (2) b', 'a + on (x) group_left (y) fill (2) b'],
  ['h </ 5'],
  ['h >/ on (a) b'],
  ['foo anchored'],
  ['rate(foo[5m] anchored)'],
  ['rate(foo[5m] smoothed @ 10 offset 5m)', 'rate(foo[5m] smoothed @ 10.000 offset 5m)'],
  ['foo smoothed offset 5m'],
  ['foo # a comment', 'foo'],
  ['foo # a comment', 'foo'],
  ['sum( # one\n foo # two\n)', 'sum(foo)'],
  ['foo{# inside\n a="b" # more\n}', 'foo{a="b"}'],
];

describe('valid queries', () => {
  test.each(VALID.map(([query, printed]) => [query, printed ?? query] as const))('%s', (query, printed) => {
    const expr = parsePromql(query, experimental);
    expect(printPromql(expr)).toBe(printed);
    const again = parsePromql(printed, experimental);
    expect(printPromql(again)).toBe(printed);
    // Matchers are printed in order, and an offset of nothing is not.
    if (!/\{.*,/.test(query) && !query.includes('offset 0s')) expect(astJson(again)).toEqual(astJson(expr));
  });
});

/** Brackets where the tree has nodes. */
function shape(expr: Expr): string {
  switch (expr.kind) {
    case 'binary':
      return `(${shape(expr.left)} ${expr.op} ${shape(expr.right)})`;
    case 'unary':
      return `(${expr.op}${shape(expr.expr)})`;
    default:
      return printPromql(expr);
  }
}

describe('precedence', () => {
  test.each([
    ['-1^2', '(-(1 ^ 2))'],
    ['-a^b', '(-(a ^ b))'],
    ['2^-1^2', '(2 ^ (-(1 ^ 2)))'],
    ['2^3^2', '(2 ^ (3 ^ 2))'],
    ['-a * b', '((-a) * b)'],
    ['-1 * 2', '(-1 * 2)'],
    ['1 - -1', '(1 - -1)'],
    ['a - b - c', '((a - b) - c)'],
    ['a - b offset 1h', '(a - b offset 1h)'],
    ['a offset 1h - b', '(a offset 1h - b)'],
    ['-a offset 1h', '(-a offset 1h)'],
    ['a ^ b @ 5', '(a ^ b @ 5.000)'],
    ['a + rate(b[5m]) * c', '(a + (rate(b[5m]) * c))'],
    ['a offset 2 + 3', '(a offset 2s + 3)'],
    ['a or b and c', '(a or (b and c))'],
    ['a and b unless c', '((a and b) unless c)'],
    ['a > b + c', '(a > (b + c))'],
    ['a </ b + c', '(a </ (b + c))'],
    ['a == b and c', '((a == b) and c)'],
    ['a % b atan2 c / d', '(((a % b) atan2 c) / d)'],
    ['a * on(x) group_left(y) b + c', '((a * b) + c)'],
  ])('%s', (query, expected) => {
    expect(shape(parsePromql(query, experimental))).toBe(expected);
  });
});

describe('numbers', () => {
  test.each([
    ['0x1F', 31],
    ['0X1_f', 31],
    ['0755', 493],
    ['08', 8],
    ['1_000', 1000],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1E-3', 0.001],
    ['5m', 300],
    ['1d12h', 129_600],
    ['1500ms', 1.5],
    ['-5', -5],
    ['- 5', -5],
    ['+5', 5],
    ['--5', 5],
    ['inf', Number.POSITIVE_INFINITY],
    ['-INF', Number.NEGATIVE_INFINITY],
    ['NaN', Number.NaN],
  ])('%s', (query, value) => {
    expect(parsePromql(query)).toMatchObject({ kind: 'number', value });
  });
});

describe('strings', () => {
  test.each([
    [String.raw`"a\n\t\\\"'"`, 'a\n\t\\"\''],
    [String.raw`'\''`, "'"],
    [String.raw`"\x41\101\u00e9\U0001F600"`, 'AAé😀'],
    [String.raw`"\xf0\x9f\x98\x80"`, '😀'],
    [String.raw`"a\xc5z"`, 'a\udcc5z'],
    ['`a\\n\n"`', 'a\\n\n"'],
    ['"日本語"', '日本語'],
  ])('%s', (query, value) => {
    const expr = parsePromql(query);
    expect(expr).toMatchObject({ kind: 'string', value });
    expect(parsePromql(printPromql(expr))).toMatchObject({ value });
  });
});

test('every node knows its place', () => {
  const query = 'sum by (job) (rate(foo{a="b"}[5m] offset 1m)) / -bar ^ 2';
  const places: string[] = [];
  const walk = (expr: Expr): void => {
    places.push(query.slice(expr.span.from, expr.span.to));
    if (expr.kind === 'binary') {
      places.push(query.slice(expr.opSpan.from, expr.opSpan.to));
      walk(expr.left);
      walk(expr.right);
    } else if (expr.kind === 'aggregate' || expr.kind === 'unary') walk(expr.expr);
    else if (expr.kind === 'call') for (const arg of expr.args) walk(arg);
    else if (expr.kind === 'matrixSelector') walk(expr.vector);
  };
  walk(parsePromql(query));
  expect(places).toEqual([
    query,
    '/',
    'sum by (job) (rate(foo{a="b"}[5m] offset 1m))',
    'rate(foo{a="b"}[5m] offset 1m)',
    'foo{a="b"}[5m] offset 1m',
    'foo{a="b"}',
    '-bar ^ 2',
    'bar ^ 2',
    '^',
    'bar',
    '2',
  ]);
});

test('the matcher of the name is the last', () => {
  expect(parsePromql('foo{a="b"}')).toMatchObject({
    name: 'foo',
    matchers: [
      { name: 'a', type: '=', value: 'b', span: { from: 4, to: 9 } },
      { name: '__name__', type: '=', value: 'foo', span: { from: 0, to: 3 } },
    ],
  });
});

test('matching is for two vectors', () => {
  expect(parsePromql('a and b')).toMatchObject({ matching: { cardinality: 'many-to-many' } });
  expect(parsePromql('a + b')).toMatchObject({ matching: { cardinality: 'one-to-one', on: false } });
  expect(parsePromql('a + 1')).toMatchObject({ matching: null });
});

describe('a selector alone', () => {
  test.each(['foo', 'foo{a="b"}', '{a="b",}', 'foo{} # comment', 'sum', '{"a.b"}'])('%s', (text) => {
    expect(parseSelector(text)).toMatchObject({ kind: 'vectorSelector', offset: null, at: null });
  });

  test.each([
    ['foo + 1', '1:5: parse error: unexpected <op:+>'],
    ['foo offset 5m', '1:5: parse error: unexpected <offset>'],
    ['foo[5m]', '1:4: parse error: unexpected "["'],
    ['rate(foo[5m])', '1:5: parse error: unexpected "("'],
    ['(foo)', '1:1: parse error: unexpected "("'],
    ['1', '1:1: parse error: unexpected number "1"'],
    ['"foo"', '1:1: parse error: unexpected string "\\"foo\\""'],
    ['foo{a=}', '1:7: parse error: unexpected "}" in label matching, expected string'],
    ['foo{a="b"', '1:10: parse error: unexpected end of input inside braces'],
    ['{}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['', 'unknown position: parse error: no expression found in input'],
  ])('%s is none', (text, message) => {
    expect(() => parseSelector(text)).toThrow(PromqlParseError);
    expect(() => parseSelector(text)).toThrow(message);
  });
});

test('deep and long texts are answered, not crashed on', () => {
  expect(() => parsePromql(`${'('.repeat(2000)}1${')'.repeat(2000)}`)).toThrow('expression is nested too deeply');
  expect(() => parsePromql('-'.repeat(5000))).toThrow(PromqlParseError);
  const long = Array.from({ length: 1400 }, (_, i) => `m${i}`).join(' + ');
  expect(printPromql(parsePromql(long))).toBe(long);
  expect(() => parsePromql(`${long} + ${long}`)).toThrow('expression is nested too deeply');
});

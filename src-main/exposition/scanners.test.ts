import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelsOf } from '../model/labels.ts';
import type { MetricType } from '../model/metadata.ts';
import { ExpositionError } from './errors.ts';
import { metricTypeOf } from './metadata-line.ts';
import { scanOpenMetrics } from './openmetrics-scanner.ts';
import { parseSeries } from './series-text.ts';
import type { ExpositionSink, MetadataLine } from './sink.ts';
import { scanText } from './text-scanner.ts';
import { formatSeries, writeText } from './write-text.ts';

const CORPUS = process.env.HEARTH_CORPUS ?? fileURLToPath(new URL('../../../shared/corpus', import.meta.url));

/** Collects what a scanner says, one short line each; remembers series when asked to, so that `repeat` is used too. */
class Collector implements ExpositionSink {
  readonly said: string[] = [];
  readonly #known = new Map<string, string>();
  #type: MetricType = 'unknown';
  #repeated = '';

  expect(body: Uint8Array, pos: number): number {
    for (const [bytes, series] of this.#known) {
      const end = pos + bytes.length;
      if (Buffer.from(body.subarray(pos, end)).toString('latin1') !== bytes) continue;
      this.#repeated = series;
      return end;
    }
    return -1;
  }

  repeat(value: number, timeMs: number): void {
    this.#say(this.#repeated, value, timeMs);
  }

  sample(body: Uint8Array, start: number, end: number, value: number, timeMs: number): void {
    const labels = parseSeries(body, start, end, this.#type);
    const pairs = Array.from({ length: labels.length / 2 }, (_, i) => [labels[2 * i]!, labels[2 * i + 1]!] as const);
    const series = formatSeries(labelsOf(pairs));
    this.#known.set(Buffer.from(body.subarray(start, end)).toString('latin1'), series);
    this.#say(series, value, timeMs);
  }

  expectMetadata(): number {
    return -1;
  }

  metadata(_body: Uint8Array, line: MetadataLine): void {
    if (line.kind === 'type') this.#type = metricTypeOf(line.text) ?? 'unknown';
    this.said.push(`${line.kind} ${line.metric} ${JSON.stringify(line.text)}`);
  }

  #say(series: string, value: number, timeMs: number): void {
    this.said.push(`${series} ${Object.is(value, -0) ? '-0' : value}${Number.isNaN(timeMs) ? '' : ` @${timeMs}`}`);
  }
}

function scan(scanner: typeof scanText, text: string | Uint8Array): string[] {
  const body = Buffer.from(text);
  const sink = new Collector();
  scanner(body, body.length, sink);
  return sink.said;
}

function refusalOf(scanner: typeof scanText, text: string | Uint8Array): string {
  try {
    scan(scanner, text);
  } catch (error) {
    if (error instanceof ExpositionError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('text format', () => {
  test.each([
    ['a 1\n', ['a 1']],
    ['a 1', ['a 1']],
    ['\n\n  a\t1\n', ['a 1']],
    ['tb_many   {a="b" , c="d" ,}   6\n', ['tb_many{a="b",c="d"} 6']],
    ['a{x="esc\\"q\\\\b\\nn"} 2\n', ['a{x="esc\\"q\\\\b\\nn"} 2']],
    ['a{} 7 \na{}8\t12\n', ['a 7', 'a 8 @12']],
    ['a 1 -5\n', ['a 1 @-5']],
    ['a NaN\na +Inf\na -Inf\na Inf\na 1.5E-7\n', ['a NaN', 'a Infinity', 'a -Infinity', 'a Infinity', 'a 1.5e-7']],
    ['{"my.metric","l.x"="v",y="z"} 1\n', ['{"my.metric","l.x"="v",y="z"} 1']],
    ['# HELP a b\\\\ \\n "c"\n# TYPE a counter\n', ['help a "b\\\\ \\n \\"c\\""', 'type a "counter"']],
    ['# HELP a\n# HELP a \n', ['help a ""', 'help a ""']],
    ['#HELP not help\n# just a comment\n#\n# TYPE\n', []],
    ['# TYPE "a.b" untyped\n', ['type a.b "unknown"']],
    [
      '# TYPE a histogram\na_bucket{le="1"} 2\n# TYPE b gauge\nb{le="1"} 2\n',
      ['type a "histogram"', 'a_bucket{le="1.0"} 2', 'type b "gauge"', 'b{le="1"} 2'],
    ],
    ['x 1\nx {a="b"} 2\nx_y 3\nx 4\nx\t5 6\n', ['x 1', 'x{a="b"} 2', 'x_y 3', 'x 4', 'x 5 @6']],
    ['a{b="x\ny"} 1\n', ['a{b="x\\ny"} 1']],
  ])('%j', (text, said) => {
    expect(scan(scanText, text)).toEqual(said);
  });

  // Reasons as Prometheus words them (model/textparse/promparse_test.go), with the line.
  test.each([
    ['a\n', 'expected value after metric, got "\\n" ("INVALID") while parsing: "a\\n" (line 1)'],
    ["ok 1\na{b='c'} 1\n", 'expected label value, got "\'" ("INVALID") while parsing: "a{b=\'" (line 2)'],
    ['a{b=\n', 'expected label value, got "\\n" ("INVALID") while parsing: "a{b=\\n" (line 1)'],
    ['9\n', 'expected a valid start token, got "9" ("INVALID") while parsing: "9" (line 1)'],
    ['a true\n', 'strconv.ParseFloat: parsing "true": invalid syntax while parsing: "a true" (line 1)'],
    ['foo 1_2\n', 'unsupported character in float while parsing: "foo 1_2" (line 1)'],
    ['foo 0x1p-3\n', 'unsupported character in float while parsing: "foo 0x1p-3" (line 1)'],
    ['foo 0 1_2\n', 'expected next entry after timestamp, got "_" ("INVALID") while parsing: "foo 0 1_" (line 1)'],
    ['a 1\r\n', 'strconv.ParseFloat: parsing "1\\r": invalid syntax while parsing: "a 1\\r" (line 1)'],
    ['# TYPE a nosuch\n', 'invalid metric type "nosuch" (line 1)'],
    ['# HELP \n', 'expected metric name after HELP, got "\\n" ("INVALID") while parsing: "# HELP \\n" (line 1)'],
    ['a{l="1",l="2"} 1\n', 'label name "l" is not unique: invalid sample'],
    ['{x="y"} 1\n', 'metric name not set while parsing: "{x=\\"y\\"}" (line 1)'],
    ['a{"b"} 1\n', 'metric name already set while parsing: "a{\\"b\\"" (line 1)'],
    ['a 1e999\n', 'strconv.ParseFloat: parsing "1e999": value out of range while parsing: "a 1e999" (line 1)'],
  ])('refuses %j', (text, reason) => {
    expect(refusalOf(scanText, text)).toBe(reason);
  });

  test('refuses label values that are not UTF-8', () => {
    const body = Buffer.concat([Buffer.from('a{l="'), Buffer.from([0xff]), Buffer.from('"} 1\n')]);
    expect(refusalOf(scanText, body)).toBe('invalid UTF-8 label value: "\\"\\xff\\"" (line 1)');
  });
});

describe('OpenMetrics', () => {
  test.each([
    ['# EOF', []],
    ['# EOF\n', []],
    ['a 1 1.5\n# EOF\n', ['a 1 @1500']],
    ['# TYPE a counter\na_total 5 # {t="x"} 0.5 1.2\n# EOF\n', ['type a "counter"', 'a_total 5']],
    ['a_total 5 3 # {} 0.5\n# EOF\n', ['a_total 5 @3000']],
    ['# UNIT a_s s\n# HELP a \\"x\\"\n# EOF\n', ['unit a_s "s"', 'help a "\\"x\\""']],
    ['{"a.b",c="d"} 1\n# EOF\n', ['{"a.b",c="d"} 1']],
    ['a 1\nab 2\na 3\n# EOF\n', ['a 1', 'ab 2', 'a 3']],
  ])('%j', (text, said) => {
    expect(scan(scanOpenMetrics, text)).toEqual(said);
  });

  test.each([
    ['a 1\n', 'data does not end with # EOF'],
    ['', 'data does not end with # EOF'],
    ['a 1\n# EOF\nb 2\n', 'unexpected data after # EOF'],
    ['# EOFx', 'unexpected data after # EOF'],
    ['a  1\n# EOF\n', 'invalid syntax|expected value after metric'],
    ['a 1 \n# EOF\n', 'expected'],
    ['a\t1\n# EOF\n', 'expected value after metric'],
    ['a 1\n\nb 2\n# EOF\n', 'expected a valid start token'],
    ['# hello\n# EOF\n', 'expected a valid start token'],
    ['# TYPE a untyped\n# EOF\n', 'invalid metric type "untyped"'],
    ['# UNIT a b\n# EOF\n', 'unit "b" not a suffix of metric "a"'],
    ['a 1 NaN\n# EOF\n', 'invalid timestamp'],
    ['a 1 # {} \n# EOF\n', 'expected'],
    ['a{b="x\ny"} 1\n# EOF\n', 'expected label value'],
  ])('refuses %j', (text, reason) => {
    expect(refusalOf(scanOpenMetrics, text)).toMatch(new RegExp(reason));
  });
});

test('what is written is read back', () => {
  const label = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 });
  const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(label, fc.dictionary(label, value, { maxKeys: 4 }), fc.double(), (name, others, number) => {
      const labels = labelsOf([...Object.entries(others), ['__name__', name]]);
      const text = writeText([{ name, type: 'gauge', help: name, samples: [{ labels, value: number, timeMs: 7 }] }]);
      const said = scan(scanText, text);
      expect(said).toHaveLength(3);
      expect(said[2]).toBe(`${formatSeries(labels)} ${Object.is(number, -0) ? '-0' : number} @7`);
    }),
    { numRuns: 500 },
  );
});

test('garbage is refused or accepted, but never anything else', () => {
  const pieces = [
    'a',
    '{',
    '}',
    'l="x"',
    '"',
    '\\',
    ',',
    '=',
    ' ',
    '\t',
    '\n',
    '1',
    '# TYPE a counter',
    '# HELP a',
    '# EOF',
    'NaN',
    ' # ',
    'é',
    '\0',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (parts) => {
      refusalOf(scanText, parts.join(''));
      refusalOf(scanOpenMetrics, parts.join(''));
    }),
    { numRuns: 3000 },
  );
});

describe.skipIf(!existsSync(CORPUS))(`real expositions (skipped without ${CORPUS})`, () => {
  test.each([
    ['compliance/prometheus-textparse/alltypes.237mfs.prom.txt', scanText],
    ['compliance/prometheus-textparse/alltypes.237mfs.nometa.prom.txt', scanText],
    ['compliance/prometheus-textparse/alltypes.5mfs.om.txt', scanOpenMetrics],
    ['compliance/prometheus-textparse/1histogram.om.txt', scanOpenMetrics],
    ['samples/exposition/node_exporter.txt', scanText],
    ['samples/exposition/prometheus.txt', scanText],
    ['samples/exposition/client_python.txt', scanText],
    ['samples/exposition/client_prom-client_nodejs.openmetrics.txt', scanOpenMetrics],
    ['samples/exposition/client_python.openmetrics.txt', scanOpenMetrics],
  ])('%s', (file, scanner) => {
    const text = readFileSync(join(CORPUS, file));
    const lines = text
      .toString()
      .split('\n')
      .filter((line) => line !== '' && line !== '# EOF');
    expect(scan(scanner, text)).toHaveLength(lines.length);
  });
});

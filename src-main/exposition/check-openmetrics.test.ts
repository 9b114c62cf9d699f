import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkOpenMetrics } from './check-openmetrics.ts';

const CORPUS = process.env.HEARTH_CORPUS ?? fileURLToPath(new URL('../../../shared/corpus', import.meta.url));
const CASES = join(CORPUS, 'compliance/openmetrics-parsers');

test.each([
  ['# TYPE a counter\na_total 1\n# EOF\n', null],
  ['# TYPE a counter\na_total -1\n# EOF\n', 'a_total is negative (line 2)'],
  ['# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\n# EOF\n', 'the bucket values of a go down (line 3)'],
  ['a 1\nb 1\na 2\n# EOF\n', 'a is not in one piece (line 3)'],
  ['# TYPE a gauge\n# TYPE a gauge\n# EOF\n', 'type of a is given twice (line 2)'],
  ['# TYPE a_created gauge\n# TYPE a counter\n# EOF\n', "the names of a clash with another family's (line 2)"],
  ['a 1\n', 'data does not end with # EOF (line 2)'],
])('%j', (text, said) => {
  expect(checkOpenMetrics(Buffer.from(text))).toBe(said);
});

describe.skipIf(!existsSync(CASES))(`cases of the OpenMetrics project (skipped without ${CASES})`, () => {
  test.each(existsSync(CASES) ? readdirSync(CASES) : [])('%s', (name) => {
    const { file, shouldParse } = JSON.parse(readFileSync(join(CASES, name, 'test.json'), 'utf8'));
    const said = checkOpenMetrics(readFileSync(join(CASES, name, file)));
    if (shouldParse) expect(said).toBeNull();
    else expect(said).not.toBeNull();
  });
});

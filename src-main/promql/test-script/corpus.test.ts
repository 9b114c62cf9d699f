import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scriptEngine } from './promqltest.ts';
import { runScript } from './run-script.ts';

const SCRIPTS = join(process.env.HEARTH_CORPUS ?? join(import.meta.dirname, '../../../../shared/corpus'), 'promqltest');
const files = existsSync(SCRIPTS) ? readdirSync(SCRIPTS).filter((file) => file.endsWith('.test')) : [];
if (files.length === 0) process.stderr.write(`corpus.test.ts: skipped, no scripts in ${SCRIPTS} (set HEARTH_CORPUS)\n`);

/** Cases that fail although nothing is missing for them: this list may only shrink. */
const KNOWN: ReadonlySet<string> = new Set([
  'aggregators.test:422',
  'aggregators.test:425',
  'aggregators.test:428',
  'histograms.test:191',
  'histograms.test:614',
]);

const MISSING = /needs native histograms|have start timestamps/;

/** Upstream's own scripts: what fails does so for native histograms or start timestamps. */
describe.skipIf(files.length === 0)('scripts of Prometheus', () => {
  test.each(files)('%s', async (file) => {
    const results = await runScript(readFileSync(join(SCRIPTS, file), 'utf8'), scriptEngine());
    const failures = results.filter(({ differences }) => differences.length > 0 && !MISSING.test(differences[0] ?? ''));
    const unknown = failures.filter(({ line }) => !KNOWN.has(`${file}:${line}`));
    expect(unknown.map(({ line, query, differences }) => [line, query, ...differences])).toEqual([]);
    expect(results.length).toBeGreaterThan(0);
  });
});

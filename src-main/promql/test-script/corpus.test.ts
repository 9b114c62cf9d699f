import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scriptEngine } from './promqltest.ts';
import { runScript } from './run-script.ts';

const SCRIPTS = join(process.env.HEARTH_CORPUS ?? join(import.meta.dirname, '../../../../shared/corpus'), 'promqltest');
const files = existsSync(SCRIPTS) ? readdirSync(SCRIPTS).filter((file) => file.endsWith('.test')) : [];
if (files.length === 0) process.stderr.write(`corpus.test.ts: skipped, no scripts in ${SCRIPTS} (set HEARTH_CORPUS)\n`);

const MISSING = /needs native histograms|have start timestamps/;

/** Upstream's own scripts: what fails does so for native histograms or start timestamps. */
describe.skipIf(files.length === 0)('scripts of Prometheus', () => {
  test.each(files)('%s', async (file) => {
    const results = await runScript(readFileSync(join(SCRIPTS, file), 'utf8'), scriptEngine());
    const failures = results.filter(({ differences }) => differences.length > 0 && !MISSING.test(differences[0] ?? ''));
    expect(failures.map(({ line, query, differences }) => [line, query, ...differences])).toEqual([]);
    expect(results.length).toBeGreaterThan(0);
  });
});

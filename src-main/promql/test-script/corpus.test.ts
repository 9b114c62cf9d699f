import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scriptEngine } from './promqltest.ts';
import { runScript } from './run-script.ts';

const SCRIPTS = join(process.env.HEARTH_CORPUS ?? join(import.meta.dirname, '../../../../shared/corpus'), 'promqltest');
const files = existsSync(SCRIPTS) ? readdirSync(SCRIPTS).filter((file) => file.endsWith('.test')) : [];
if (files.length === 0) process.stderr.write(`corpus.test.ts: skipped, no scripts in ${SCRIPTS} (set HEARTH_CORPUS)\n`);

/** Upstream's own scripts. */
describe.skipIf(files.length === 0)('scripts of Prometheus', () => {
  test.each(files)('%s', async (file) => {
    const results = await runScript(readFileSync(join(SCRIPTS, file), 'utf8'), scriptEngine());
    const failures = results.filter(({ differences }) => differences.length > 0);
    expect(failures.map(({ line, query, differences }) => [line, query, ...differences])).toEqual([]);
    expect(results.length).toBeGreaterThan(0);
  });
});

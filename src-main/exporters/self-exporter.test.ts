import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SelfExporter } from './self-exporter.ts';
import { SELF_METRICS } from './self-metrics.ts';

describe('SelfExporter', () => {
  it('tells the process, what rooms count, and each label set', async () => {
    const self = new SelfExporter();
    let count = 1;
    self.known('prometheus_tsdb_head_samples_appended_total', () => count++);
    self.known('prometheus_rule_group_rules', () => [
      [{ rule_group: 'a.yml;x' }, 2],
      [{ rule_group: 'b.yml;"y"' }, 3],
    ]);
    self.gauge('hearth_nothing', 'Not known yet.', () => Number.NaN);
    self.start();
    const text = Buffer.from(await self.collect()).toString('utf8');
    self.stop();
    self.stop();
    expect(text).toContain(
      '# HELP prometheus_tsdb_head_samples_appended_total Total number of appended samples.\n' +
        '# TYPE prometheus_tsdb_head_samples_appended_total counter\nprometheus_tsdb_head_samples_appended_total 1\n',
    );
    expect(text).toContain('prometheus_rule_group_rules{rule_group="a.yml;x"} 2\n');
    expect(text).toContain('prometheus_rule_group_rules{rule_group="b.yml;\\"y\\""} 3\n');
    expect(text).toMatch(/^process_cpu_seconds_total \d/m);
    expect(text).toMatch(/^nodejs_heap_size_used_bytes \d/m);
    expect(text).not.toContain('hearth_nothing ');
    expect(await self.text()).toContain('prometheus_tsdb_head_samples_appended_total 2\n');
  });

  it('refuses a name told twice', () => {
    const self = new SelfExporter();
    self.known('prometheus_ready', () => 1);
    expect(() => self.known('prometheus_ready', () => 1)).toThrow('told twice');
  });
});

const samples = path.join(
  process.env.HEARTH_CORPUS ?? path.resolve(import.meta.dirname, '../../../shared/corpus'),
  'samples/exposition',
);
if (!existsSync(samples)) process.stdout.write(`skipped: no expositions at ${samples}\n`);

describe.skipIf(!existsSync(samples))('SELF_METRICS', () => {
  it('say what Prometheus and Alertmanager say', () => {
    const theirs = ['prometheus.txt', 'alertmanager.txt']
      .map((name) => readFileSync(path.join(samples, name), 'utf8'))
      .join('\n');
    for (const [name, [type, help]] of Object.entries(SELF_METRICS)) {
      // Some appear only once something happened.
      if (!theirs.includes(`# TYPE ${name} `)) continue;
      expect(theirs).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    }
  });
});

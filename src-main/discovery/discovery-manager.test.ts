import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadPrometheusConfig } from '../config/load-prometheus-config.ts';
import { systemClock } from '../model/clock.ts';
import { FakeClock } from '../model/fake-clock.ts';
import { labelsToRecord } from '../model/labels.ts';
import type { TargetGroup } from '../model/target-group.ts';
import { DiscoveryManager } from './discovery-manager.ts';

const running: DiscoveryManager[] = [];
afterEach(() => {
  for (const manager of running.splice(0)) manager.stop();
});

function makeManager(clock = systemClock) {
  const told = new Map<string, readonly TargetGroup[]>();
  let tellings = 0;
  const manager = new DiscoveryManager({
    clock,
    hostname: 'laptop',
    local: { listListeners: null, looksLikeMetrics: () => false, isOwnPort: () => false },
    onGroups: (job, groups) => {
      told.set(job, groups);
      tellings++;
    },
  });
  running.push(manager);
  const addresses = (job: string) =>
    told.get(job)?.flatMap((group) => group.targets.map((target) => labelsToRecord(target).__address__)) ?? null;
  return { manager, told, addresses, tellings: () => tellings };
}

function configOf(text: string, file = '/etc/hearth/prometheus.yml') {
  return loadPrometheusConfig(text, file).scrapeConfigs;
}

describe('DiscoveryManager', () => {
  it('tells static and built-in targets', async () => {
    const clock = new FakeClock();
    const { manager, told, addresses } = makeManager(clock);
    manager.applyConfig(
      configOf(
        'scrape_configs:\n- {job_name: a, static_configs: [{targets: ["x:1", "y:2"], labels: {env: dev}}, {targets: ["z:3"]}]}\n' +
          '- {job_name: node, builtin_sd_configs: [{exporter: host}]}\n- {job_name: none}',
      ),
    );
    await clock.advance(1_000);
    expect(told.size).toBe(0);
    manager.start();
    await clock.advance(1_000);
    expect(addresses('a')).toEqual(['x:1', 'y:2', 'z:3']);
    expect(addresses('none')).toEqual([]);
    expect(told.get('node')).toEqual([
      { source: '0/builtin/host', targets: [['__address__', 'laptop']], labels: ['__hearth_exporter__', 'host'] },
    ]);
  });

  it('leaves unchanged jobs alone on a reload', async () => {
    const clock = new FakeClock();
    const { manager, addresses, tellings } = makeManager(clock);
    const a = '- {job_name: a, static_configs: [{targets: ["x:1"]}]}\n';
    manager.applyConfig(configOf(`scrape_configs:\n${a}- {job_name: b, static_configs: [{targets: ["y:1"]}]}`));
    manager.start();
    await clock.advance(1_000);
    expect(tellings()).toBe(2);
    manager.applyConfig(configOf(`scrape_configs:\n${a}- {job_name: b, static_configs: [{targets: ["y:2"]}]}`));
    await clock.advance(1_000);
    expect(tellings()).toBe(3);
    expect(addresses('b')).toEqual(['y:2']);
  });

  it('says so when local discovery has no way here', async () => {
    const clock = new FakeClock();
    const { manager } = makeManager(clock);
    manager.applyConfig(configOf('scrape_configs: [{job_name: local, local_sd_configs: [{}]}]'));
    manager.start();
    expect(manager.log()).toMatchObject([{ job: 'local', verdict: 'skipped' }]);
  });

  it('follows target files: made, changed, broken, repaired, removed', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hearth-sd-'));
    const targets = path.join(folder, 'targets');
    mkdirSync(targets);
    const { manager, told, addresses } = makeManager();
    const text = 'scrape_configs: [{job_name: f, file_sd_configs: [{files: ["targets/*.json", "targets/*.yml"]}]}]';
    manager.applyConfig(configOf(text, path.join(folder, 'prometheus.yml')));
    manager.start();
    await vi.waitFor(() => expect(addresses('f')).toEqual([]));

    const json = path.join(targets, 'ecs-1.json');
    writeFileSync(json, '[{"targets": ["a:1", "a:2"], "labels": {"env": "dev"}}]');
    await vi.waitFor(() => expect(addresses('f')).toEqual(['a:1', 'a:2']), 3_000);
    expect(told.get('f')?.[0]).toMatchObject({ source: `0/${json}:0` });
    expect(labelsToRecord(told.get('f')?.[0]?.labels ?? [])).toEqual({ env: 'dev', __meta_filepath: json });

    // As editors do: a new file renamed over the old one.
    writeFileSync(`${json}.tmp`, '[{"targets": ["a:3"]}]');
    renameSync(`${json}.tmp`, json);
    writeFileSync(path.join(targets, 'more.yml'), '- targets: [b:1]\n');
    await vi.waitFor(() => expect(addresses('f')).toEqual(['a:3', 'b:1']), 3_000);

    writeFileSync(json, '[{"targets": ["a:4"], "label": {}}]');
    await vi.waitFor(
      () =>
        expect(manager.log().at(-1)).toMatchObject({
          verdict: 'failed',
          subject: json,
          reason: `${json}:1:23: field label not found in type targetgroup.Group`,
        }),
      3_000,
    );
    expect(addresses('f')).toEqual(['a:3', 'b:1']);

    writeFileSync(json, '[{"targets": ["a:5"]}]');
    await vi.waitFor(() => expect(addresses('f')).toEqual(['a:5', 'b:1']), 3_000);
    rmSync(json);
    await vi.waitFor(() => expect(addresses('f')).toEqual(['b:1']), 3_000);
    expect(manager.log().at(-1)).toMatchObject({ verdict: 'gone', subject: json });
  });
});

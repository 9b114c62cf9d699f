import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FromEngine } from './api/engine-port.ts';
import { compose, type Engine } from './compose.ts';
import { engineOptions } from './flags.ts';
import { systemClock } from './model/clock.ts';

const LOOPBACK = '127.0.0.1:0';

let dir: string;
let target: Server;
let receiver: Server;
/** Bodies that the webhook receiver was sent. */
const hooks: string[] = [];

beforeAll(async () => {
  target = await serve((_body) => '# TYPE room_celsius gauge\nroom_celsius{room="kitchen"} 21.5\n');
  receiver = await serve((body) => {
    hooks.push(body);
    return '';
  });
});
afterAll(() => {
  target.close();
  receiver.close();
});
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'hearth-compose-'));
  hooks.length = 0;
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function serve(answer: (body: string) => string): Promise<Server> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => response.setHeader('content-type', 'text/plain; version=0.0.4').end(answer(body)));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function writeFiles(): void {
  put(
    'prometheus.yml',
    [
      'global: {scrape_interval: 200ms, evaluation_interval: 200ms}',
      'rule_files: [rules.yml]',
      'scrape_configs:',
      `- {job_name: room, static_configs: [{targets: ['127.0.0.1:${portOf(target)}']}]}`,
      '- {job_name: hearth, builtin_sd_configs: [{exporter: hearth}]}',
    ].join('\n'),
  );
  put(
    'rules.yml',
    [
      'groups:',
      '- name: g',
      '  rules:',
      '  - {record: room:kelvin, expr: room_celsius + 273.15}',
      '  - {alert: Warm, expr: room_celsius > 20, labels: {severity: page}, annotations: {summary: "{{ $value }} degrees"}}',
    ].join('\n'),
  );
  put(
    'alertmanager.yml',
    [
      'route: {receiver: hook, group_wait: 100ms}',
      `receivers: [{name: hook, webhook_configs: [{url: 'http://127.0.0.1:${portOf(receiver)}/'}]}]`,
    ].join('\n'),
  );
}

const put = (name: string, text: string) => writeFileSync(path.join(dir, name), text);

interface Running {
  readonly engine: Engine;
  readonly messages: FromEngine[];
  readonly url: string;
}

async function start(...flags: string[]): Promise<Running> {
  const messages: FromEngine[] = [];
  const options = engineOptions(
    [
      `--config.file=${dir}/prometheus.yml`,
      `--alertmanager.config.file=${dir}/alertmanager.yml`,
      `--storage.tsdb.path=${dir}/data`,
      `--user-data-dir=${dir}`,
      `--web.listen-address=${LOOPBACK}`,
      `--alertmanager.web.listen-address=${LOOPBACK}`,
      `--pushgateway.web.listen-address=${LOOPBACK}`,
      '--web.enable-lifecycle',
      '--dispatch.start-delay=0s',
      ...flags,
    ],
    { version: '0.0.0', userDataDir: dir, pageDir: dir, hasDesktop: false },
  );
  const engine = await compose(options, {
    logger: pino({ level: 'silent' }),
    clock: systemClock,
    post: (message) => messages.push(message),
    requestStop: () => {},
  });
  const ready = messages.find((message) => message.kind === 'ready');
  return { engine, messages, url: ready?.faces.find((face) => face.name === 'prometheus')?.url ?? '' };
}

/** The values that a query has now, as text. */
async function query(url: string, text: string): Promise<string[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(text)}`);
  const { data }: { data: { result: { value: [number, string] }[] } } = JSON.parse(await response.text());
  return data.result.map(({ value }) => value[1]);
}

async function until<T>(read: () => Promise<T> | T, holds: (value: T) => boolean): Promise<T> {
  const deadlineMs = performance.now() + 5000;
  for (;;) {
    const value = await read();
    if (holds(value) || performance.now() > deadlineMs) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the engine', () => {
  it('scrapes, answers, alerts, survives a broken file, stops, and goes on where it was', {
    timeout: 15_000,
  }, async () => {
    writeFiles();
    const first = await start();
    try {
      expect(
        await until(
          () => query(first.url, 'room_celsius'),
          (values) => values.length > 0,
        ),
      ).toEqual(['21.5']);
      expect(
        await until(
          () => query(first.url, 'room:kelvin'),
          (values) => values.length > 0,
        ),
      ).toEqual(['294.65']);
      expect(await query(first.url, 'up{job="hearth"}')).toEqual(['1']);
      await until(
        () => hooks.length,
        (count) => count > 0,
      );
      expect(JSON.parse(hooks[0] ?? '{}')).toMatchObject({
        status: 'firing',
        receiver: 'hook',
        alerts: [{ labels: { alertname: 'Warm', room: 'kitchen' }, annotations: { summary: '21.5 degrees' } }],
      });
      const firing = await until(
        () => query(first.url, 'ALERTS{alertstate="firing"}'),
        (values) => values.length > 0,
      );
      expect(firing).toEqual(['1']);
      await until(
        () => first.messages.filter((message) => message.kind === 'problems').at(-1),
        (last) => last?.critical === 1,
      );
      expect(first.messages.filter((message) => message.kind === 'problems').at(-1)).toMatchObject({ critical: 1 });

      put('rules.yml', 'groups:\n- name: g\n  rules: [{record: a, expr: "sum("}]\n');
      const reload = await fetch(`${first.url}/-/reload`, { method: 'POST' });
      expect([reload.status, await reload.text()]).toEqual([
        500,
        expect.stringMatching(/rules\.yml:3:\d+: .*parse error/),
      ]);
      const before = Number((await query(first.url, 'count_over_time(room_celsius[1m])'))[0]);
      await until(
        () => query(first.url, `count_over_time(room_celsius[1m]) > ${before + 1}`),
        (values) => values.length > 0,
      );
      expect((await query(first.url, 'room:kelvin')).length).toBe(1);
    } finally {
      await Promise.all([first.engine.stop(), first.engine.stop()]);
      await first.engine.stop();
    }
    await expect(fetch(first.url)).rejects.toThrow();

    const again = await start();
    try {
      const status = await (await fetch(`${again.url}/api/v1/status/runtimeinfo`)).json();
      expect(status).toMatchObject({ data: { reloadConfigSuccess: false, corruptionCount: 0 } });
      // The last good rules run, and what was scraped before is there.
      expect((await query(again.url, 'min_over_time(room_celsius[1m])'))[0]).toBe('21.5');
      writeFiles();
      expect((await fetch(`${again.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    } finally {
      await again.engine.stop();
    }
  });

  it('leaves nothing open when it cannot start', async () => {
    writeFiles();
    await expect(start(`--web.listen-address=127.0.0.1:${portOf(target)}`)).rejects.toThrow('EADDRINUSE');
    const { engine } = await start();
    await engine.stop();
  });

  it('starts with files of its own where it is given none', async () => {
    const messages: FromEngine[] = [];
    const host = { version: '0.0.0', userDataDir: dir, pageDir: dir, hasDesktop: false };
    const off = ['--web.listen-address=', '--alertmanager.web.listen-address=', '--pushgateway.web.listen-address='];
    const engine = await compose(engineOptions(off, host), {
      logger: pino({ level: 'silent' }),
      clock: systemClock,
      post: (message) => messages.push(message),
      requestStop: () => {},
    });
    await engine.stop();
    expect(messages.find((message) => message.kind === 'ready')?.faces.map((face) => face.url)).toEqual(['', '', '']);
  });
});

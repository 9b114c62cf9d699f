/**
 * Hearth beside Prometheus and VictoriaMetrics (Debian's `prometheus` and `victoria-metrics`) on the same data:
 * `npm run bench -- [queries|read|ingest|storage]... [--suite=DIR] [--series=20000] [--hours=6] [--rounds=5] [--out=FILE]`.
 * A suite directory holds queries.json, backfill.mjs and exporter.mjs; without one the built-in laptop workload is used.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { benchIngest } from './ingest.ts';
import { startHearth, startPrometheus, startVictoria } from './process.ts';
import { benchQueries, geometricMean, querySuite, type Row } from './queries.ts';
import { benchRead } from './read.ts';
import { benchStorage } from './storage.ts';
import { SERIES_PER_INSTANCE, writeHistory } from './workload.ts';

const STEP_SECONDS = 15;
const BLOCK_SECONDS = 7200;
const EMPTY_CONFIG = 'global:\n  scrape_interval: 1h\n';
const EMPTY_ALERTMANAGER_CONFIG = 'route:\n  receiver: none\nreceivers:\n- name: none\n';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    suite: {
      type: 'string',
      default: process.env.HEARTH_BENCH ?? path.resolve(import.meta.dirname, '../../shared/bench'),
    },
    series: { type: 'string', default: '20000' },
    hours: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '90' },
    targets: { type: 'string', default: '20' },
    out: { type: 'string', default: '' },
  },
});

const suite = existsSync(path.join(values.suite, 'backfill.mjs')) ? values.suite : null;
const work = mkdtempSync(path.join(os.tmpdir(), 'hearth-bench-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${program} ${args[0] ?? ''} failed: ${stderr.slice(-2000)}`);
}

interface History {
  readonly file: string;
  readonly blocks: string;
  readonly endSeconds: number;
}

let made: History | null = null;

function history(): History {
  made ??= makeHistory();
  return made;
}

function makeHistory(): History {
  const file = path.join(work, 'history.om');
  const blocks = path.join(work, 'blocks');
  const hours = Number(values.hours);
  const endSeconds = Math.floor(Date.now() / 1000 / BLOCK_SECONDS) * BLOCK_SECONDS;
  if (suite === null) {
    writeHistory(file, {
      instances: Math.ceil(Number(values.series) / SERIES_PER_INSTANCE),
      startSeconds: endSeconds - hours * 3600,
      endSeconds,
      stepSeconds: STEP_SECONDS,
    });
  } else {
    run(process.execPath, [
      path.join(suite, 'backfill.mjs'),
      '--series',
      values.series,
      '--hours',
      values.hours,
      '--end',
      String(endSeconds),
      '--openmetrics',
      file,
    ]);
  }
  run('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', file, blocks]);
  return { file, blocks, endSeconds };
}

/** VictoriaMetrics takes the same history as text, timestamps in milliseconds. */
async function importIntoVictoria(url: string, { file }: History): Promise<void> {
  const endpoint = `${url}/api/v1/import/prometheus`;
  let rest = '';
  const send = async (text: string) => {
    const body = text.replace(/^#.*\n/gm, '').replace(/ (\d+)(?:\.0+)?$/gm, ' $1000');
    const answer = await fetch(endpoint, { method: 'POST', body });
    if (!answer.ok) throw new Error(`VictoriaMetrics refused the history: ${answer.status} ${await answer.text()}`);
  };
  const { createReadStream } = await import('node:fs');
  for await (const chunk of createReadStream(file, { encoding: 'latin1', highWaterMark: 16 << 20 })) {
    const text = rest + String(chunk);
    const cut = text.lastIndexOf('\n') + 1;
    rest = text.slice(cut);
    await send(text.slice(0, cut));
  }
  await (await fetch(`${url}/internal/force_flush`)).arrayBuffer();
}

function configFile(name: string, text: string): string {
  const file = path.join(work, name);
  writeFileSync(file, text);
  return file;
}

async function queriesSuite(): Promise<void> {
  const wholeHistory = history();
  const { blocks, endSeconds } = wholeHistory;
  const config = configFile('empty.yml', EMPTY_CONFIG);
  const dirs = ['prometheus', 'hearth', 'victoria'].map((name) => path.join(work, name));
  const [prometheusDir = '', hearthDir = '', victoriaDir = ''] = dirs;
  for (const dir of [prometheusDir, hearthDir]) cpSync(blocks, dir, { recursive: true });
  mkdirSync(victoriaDir);
  const servers = [
    await startPrometheus({ dir: prometheusDir, config }),
    await startHearth({ dir: hearthDir, config }, configFile('alertmanager.yml', EMPTY_ALERTMANAGER_CONFIG)),
    await startVictoria({ dir: victoriaDir, config }),
  ];
  const [prometheus, hearth, victoria] = servers;
  if (prometheus === undefined || hearth === undefined || victoria === undefined) return;
  try {
    await importIntoVictoria(victoria.url, wholeHistory);
    const contenders = [
      { server: prometheus, parameters: '' },
      { server: victoria, parameters: '&nocache=1' },
      { server: hearth, parameters: '' },
    ];
    const file =
      suite === null ? path.join(import.meta.dirname, 'laptop-queries.json') : path.join(suite, 'queries.json');
    const { queries } = querySuite.parse(JSON.parse(readFileSync(file, 'utf8')));
    printQueries(await benchQueries(queries, contenders, endSeconds, Number(values.rounds)));
  } finally {
    for (const server of servers) await server.stop();
  }
}

function printQueries(rows: readonly Row[]): void {
  const ratio = (row: Row, peer: number) => Math.max(row.cpuMs[2] ?? 0, 0.1) / Math.max(row.cpuMs[peer] ?? 0, 0.1);
  console.log(
    '\nqueries: CPU ms of the serving process a request (median); ratio = Hearth / peer; agree: Hearth and Prometheus',
  );
  console.log(
    `${'query'.padEnd(32)}${['prometheus', 'victoria', 'hearth', '/prom', '/vm', 'wall ms', 'agree'].map((h) => h.padStart(11)).join('')}`,
  );
  for (const row of rows) {
    const cells = [
      ...row.cpuMs.map((ms) => ms.toFixed(1)),
      ratio(row, 0).toFixed(2),
      ratio(row, 1).toFixed(2),
      (row.wallMs[2] ?? 0).toFixed(1),
      row.agree ? 'yes' : 'NO',
    ];
    console.log(`${row.name.padEnd(32)}${cells.map((c) => c.padStart(11)).join('')}`);
  }
  for (const kind of ['range', 'instant', 'series', 'label_values'] as const) {
    const some = rows.filter((row) => row.kind === kind);
    if (some.length > 0)
      console.log(
        `${`geometric mean, ${kind}`.padEnd(65)}${geometricMean(some.map((r) => ratio(r, 0)))
          .toFixed(2)
          .padStart(11)}${geometricMean(some.map((r) => ratio(r, 1)))
          .toFixed(2)
          .padStart(11)}`,
      );
  }
  if (values.out !== '') writeFileSync(values.out, JSON.stringify(rows, null, 1));
}

const wanted = positionals.length === 0 ? ['queries', 'read', 'ingest', 'storage'] : positionals;
console.log(
  `suite: ${suite ?? 'laptop (built in)'}; ${os.cpus()[0]?.model ?? 'unknown CPU'}, ${os.cpus().length} cores; data under ${work}`,
);
if (wanted.includes('queries')) await queriesSuite();
if (wanted.includes('read')) {
  const { blocks, endSeconds } = history();
  const config = configFile('empty.yml', EMPTY_CONFIG);
  await benchRead({ work, blocks, endSeconds, config, hours: Number(values.hours), rounds: Number(values.rounds) });
}
if (wanted.includes('storage')) {
  const alertmanagerConfig = configFile('alertmanager.yml', EMPTY_ALERTMANAGER_CONFIG);
  await benchStorage({ work, rounds: Number(values.rounds), configFile, alertmanagerConfig });
}
if (wanted.includes('ingest')) {
  await benchIngest({
    suite,
    work,
    targets: Number(values.targets),
    seconds: Number(values.seconds),
    configFile,
    alertmanagerConfig: configFile('alertmanager.yml', EMPTY_ALERTMANAGER_CONFIG),
  });
}

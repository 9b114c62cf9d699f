/** Command line of `headless` (and of the application): Prometheus's flags under their own names. */
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type EngineOptions, WRITE_MESSAGES, type WriteMessage } from './api/engine-port.ts';
import { parseDurationMs } from './config/duration.ts';

/** Refusal of the command line, ready to print. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

interface Flag {
  readonly type: 'string' | 'boolean';
  readonly default: string;
  readonly help: string;
}

const HOUR_MS = 3_600_000;

/** Name without dashes -> flag. Defaults are Prometheus's but for loopback addresses. */
const FLAGS: Readonly<Record<string, Flag>> = {
  'config.file': {
    type: 'string',
    default: '',
    help: 'prometheus.yml; without it the one in the user data directory, written when there is none',
  },
  'alertmanager.config.file': {
    type: 'string',
    default: '',
    help: 'alertmanager.yml; without it the one in the user data directory',
  },
  'user-data-dir': {
    type: 'string',
    default: '',
    help: "directory of Hearth's settings, history and default configuration; without it `hearth` in the data directory, if that is given",
  },
  'web.listen-address': {
    type: 'string',
    default: '127.0.0.1:9090',
    help: 'address of the Prometheus API and the page; empty: off',
  },
  'alertmanager.web.listen-address': {
    type: 'string',
    default: '127.0.0.1:9093',
    help: 'address of the Alertmanager API; empty: off',
  },
  'pushgateway.web.listen-address': {
    type: 'string',
    default: '127.0.0.1:9091',
    help: 'address of the Pushgateway API; empty: off',
  },
  'dispatch.start-delay': {
    type: 'string',
    default: '0s',
    help: 'how long after the start no alert is told, while those who send them come up',
  },
  'alertmanager.notification-queue-capacity': {
    type: 'string',
    default: '10000',
    help: 'alerts that wait for an Alertmanager of prometheus.yml',
  },
  'alertmanager.notification-batch-size': {
    type: 'string',
    default: '256',
    help: 'alerts sent to an Alertmanager at once',
  },
  'rules.alert.for-outage-tolerance': {
    type: 'string',
    default: '1h',
    help: 'how long Hearth may be away before alerts begin to wait anew',
  },
  'rules.alert.for-grace-period': {
    type: 'string',
    default: '10m',
    help: 'the least that a pending alert waits after a restart; shorter ones are not taken up',
  },
  'rules.alert.resend-delay': {
    type: 'string',
    default: '1m',
    help: 'the least time before a firing alert is sent again',
  },
  'web.external-url': {
    type: 'string',
    default: '',
    help: 'URL under which Hearth is reached from outside, for links',
  },
  'web.enable-lifecycle': { type: 'boolean', default: 'false', help: 'allow reload and shutdown over HTTP' },
  'web.enable-admin-api': { type: 'boolean', default: 'false', help: 'allow admin calls over HTTP' },
  'web.enable-remote-write-receiver': { type: 'boolean', default: 'false', help: 'accept remote write' },
  'web.remote-write-receiver.accepted-protobuf-messages': {
    type: 'string',
    default: 'prometheus.WriteRequest,io.prometheus.write.v2.Request',
    help: 'versions of remote write that are accepted, separated by commas',
  },
  'storage.remote.read-sample-limit': {
    type: 'string',
    default: '50000000',
    help: 'samples that an answer to remote read may have where it is not streamed; 0: any number',
  },
  'storage.remote.read-concurrent-limit': {
    type: 'string',
    default: '10',
    help: 'remote reads at the same time; 0: any number',
  },
  'storage.remote.read-max-bytes-in-frame': {
    type: 'string',
    default: '1048576',
    help: 'bytes of a frame of a streamed remote read',
  },
  'web.enable-otlp-receiver': { type: 'boolean', default: 'false', help: 'accept OTLP metrics' },
  'storage.tsdb.path': {
    type: 'string',
    default: '',
    help: 'data directory; without it `data` in the user data directory',
  },
  'storage.tsdb.retention.time': { type: 'string', default: '15d', help: 'how long samples are kept' },
  'storage.tsdb.retention.size': { type: 'string', default: '0B', help: 'how many bytes are kept; 0B: no limit' },
  'storage.tsdb.min-block-duration': {
    type: 'string',
    default: '2h',
    help: 'time span of a block as it is cut from the head',
  },
  'storage.tsdb.max-block-duration': { type: 'string', default: '', help: 'time span of the largest compacted block' },
  'query.max-samples': { type: 'string', default: '50000000', help: 'samples that one query may hold' },
  'query.timeout': { type: 'string', default: '2m', help: 'time that one query may take' },
  'query.lookback-delta': { type: 'string', default: '5m', help: 'how old the newest sample may be' },
  'query.max-concurrency': { type: 'string', default: '20', help: 'queries that run at once' },
  'enable-feature': { type: 'string', default: '', help: 'feature names as in Prometheus, separated by commas' },
  'log.level': { type: 'string', default: 'info', help: 'debug, info, warn or error' },
  'log.format': { type: 'string', default: 'logfmt', help: 'logfmt or json' },
};

type FlagValues = ReadonlyMap<string, string>;

export interface HostFacts {
  readonly version: string;
  /** Used where `--user-data-dir` is not given. */
  readonly userDataDir: string;
  readonly pageDir: string;
  readonly hasDesktop: boolean;
}

/** Options of the engine out of command line arguments (`process.argv` without the program). Throws FlagError. */
export function engineOptions(args: readonly string[], host: HostFacts): EngineOptions {
  const values = parseFlags(args);
  const get = (name: string) => values.get(name) ?? FLAGS[name]?.default ?? '';
  const userDataDir = path.resolve(get('user-data-dir') || ownDirBeside(get('storage.tsdb.path')) || host.userDataDir);
  const minBlockDurationMs = durationFlag('storage.tsdb.min-block-duration', get);
  const retentionMs = durationFlag('storage.tsdb.retention.time', get);
  return {
    version: host.version,
    userDataDir,
    configFile: fileFlag(get('config.file')),
    alertmanagerConfigFile: fileFlag(get('alertmanager.config.file')),
    tsdbDir: path.resolve(get('storage.tsdb.path') || path.join(userDataDir, 'data')),
    listen: {
      prometheus: addressFlag('web.listen-address', get),
      alertmanager: addressFlag('alertmanager.web.listen-address', get),
      pushgateway: addressFlag('pushgateway.web.listen-address', get),
    },
    nextFreePort: !['web.listen-address', 'alertmanager.web.listen-address', 'pushgateway.web.listen-address'].some(
      (n) => values.has(n),
    ),
    // Whoever edits the files of the user data directory is told there to reload by POST /-/reload.
    enableLifecycle: get('web.enable-lifecycle') === 'true' || !values.has('config.file'),
    enableAdminApi: get('web.enable-admin-api') === 'true',
    enableRemoteWriteReceiver: get('web.enable-remote-write-receiver') === 'true',
    remoteWriteMessages: messagesFlag('web.remote-write-receiver.accepted-protobuf-messages', get),
    remoteRead: {
      maxSamples: limitFlag('storage.remote.read-sample-limit', get),
      maxConcurrent: limitFlag('storage.remote.read-concurrent-limit', get),
      maxFrameBytes: countFlag('storage.remote.read-max-bytes-in-frame', get),
    },
    pageDir: host.pageDir,
    dispatchStartDelayMs: durationFlag('dispatch.start-delay', get),
    notifier: {
      queueCapacity: countFlag('alertmanager.notification-queue-capacity', get),
      batchSize: countFlag('alertmanager.notification-batch-size', get),
    },
    ruleTiming: {
      outageToleranceMs: durationFlag('rules.alert.for-outage-tolerance', get),
      forGracePeriodMs: durationFlag('rules.alert.for-grace-period', get),
      resendDelayMs: durationFlag('rules.alert.resend-delay', get),
    },
    queryMaxSamples: countFlag('query.max-samples', get),
    queryTimeoutMs: durationFlag('query.timeout', get),
    queryLookbackMs: durationFlag('query.lookback-delta', get),
    queryMaxConcurrency: countFlag('query.max-concurrency', get),
    minBlockDurationMs,
    maxBlockDurationMs:
      get('storage.tsdb.max-block-duration') === ''
        ? defaultMaxBlockMs(minBlockDurationMs, retentionMs)
        : durationFlag('storage.tsdb.max-block-duration', get),
    retentionMs,
    retentionBytes: sizeFlag('storage.tsdb.retention.size', get),
    externalUrl: get('web.external-url'),
    features: get('enable-feature')
      .split(',')
      .filter((name) => name !== ''),
    logLevel: oneOf('log.level', get, ['debug', 'info', 'warn', 'error'] as const),
    logFormat: oneOf('log.format', get, ['logfmt', 'json'] as const),
    flags: Object.fromEntries(Object.keys(FLAGS).map((name) => [name, get(name)])),
    hasDesktop: host.hasDesktop,
  };
}

export function helpText(): string {
  const lines = Object.entries(FLAGS).map(
    ([name, flag]) =>
      `  --${name}${flag.type === 'string' ? '=…' : ''}\n      ${flag.help}${flag.default === '' || flag.type === 'boolean' ? '' : ` (${flag.default})`}`,
  );
  return `usage: headless [flags]\n\n${lines.join('\n')}\n`;
}

/** Where an application keeps its user's data on this system, as Electron's userData does. */
export function defaultUserDataDir(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = os.homedir();
  switch (platform) {
    case 'darwin':
      return path.join(home, 'Library', 'Application Support', 'Hearth');
    case 'win32':
      return path.join(env.APPDATA ?? path.join(home, 'AppData', 'Roaming'), 'Hearth');
    default:
      return path.join(env.XDG_CONFIG_HOME ?? path.join(home, '.config'), 'Hearth');
  }
}

function parseFlags(args: readonly string[]): FlagValues {
  const options = Object.fromEntries(
    Object.entries(FLAGS).map(([name, flag]) => [name, { type: flag.type, multiple: true }] as const),
  );
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    return new Map(Object.entries(values).map(([name, given]) => [name, joinFlag(name, given)]));
  } catch (error) {
    throw new FlagError(error instanceof Error ? error.message : String(error));
  }
}

const LISTS = new Set(['enable-feature', 'web.remote-write-receiver.accepted-protobuf-messages']);

/** The last one given counts; lists add up. */
function joinFlag(name: string, given: unknown): string {
  const list = (Array.isArray(given) ? given : [given]).map(String);
  return LISTS.has(name) ? list.join(',') : (list.at(-1) ?? '');
}

/** Whoever names a data directory gets all in it: two servers with their own directories share nothing. */
function ownDirBeside(tsdbPath: string): string {
  return tsdbPath === '' ? '' : path.join(tsdbPath, 'hearth');
}

type Get = (name: string) => string;

function fileFlag(value: string): string | null {
  return value === '' ? null : path.resolve(value);
}

function durationFlag(name: string, get: Get): number {
  const ms = parseDurationMs(get(name));
  if (ms === null) throw new FlagError(`--${name}: "${get(name)}" is not a duration such as 15d or 2h`);
  return ms;
}

function countFlag(name: string, get: Get): number {
  const count = Number(get(name));
  if (!Number.isSafeInteger(count) || count < 1)
    throw new FlagError(`--${name}: "${get(name)}" is not a positive whole number`);
  return count;
}

/** 0 stands for no limit. */
function limitFlag(name: string, get: Get): number {
  return get(name) === '0' ? Number.POSITIVE_INFINITY : countFlag(name, get);
}

function messagesFlag(name: string, get: Get): readonly WriteMessage[] {
  return get(name)
    .split(',')
    .map((text) => {
      const found = WRITE_MESSAGES.find((message) => message === text);
      if (found === undefined)
        throw new FlagError(
          `--${name}: unknown type for remote write protobuf message ${text}, supported: ${WRITE_MESSAGES.join(', ')}`,
        );
      return found;
    });
}

function sizeFlag(name: string, get: Get): number {
  const match = /^(\d+)(B|KB|MB|GB|TB|PB|EB)$/.exec(get(name));
  if (match === null) throw new FlagError(`--${name}: "${get(name)}" is not a size such as 512MB`);
  return Number(match[1]) * 1024 ** ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'].indexOf(match[2] ?? 'B');
}

function addressFlag(name: string, get: Get): string {
  const value = get(name);
  if (value !== '' && !/^(?:[^:]*|\[[0-9a-fA-F:]+\]):\d{1,5}$/.test(value))
    throw new FlagError(`--${name}: "${value}" is not host:port`);
  return value;
}

function oneOf<T extends string>(name: string, get: Get, values: readonly T[]): T {
  const found = values.find((value) => value === get(name));
  if (found === undefined) throw new FlagError(`--${name}: "${get(name)}" is none of ${values.join(', ')}`);
  return found;
}

/** As upstream: a tenth of the retention, at most 31 days, at least one block. */
function defaultMaxBlockMs(minBlockDurationMs: number, retentionMs: number): number {
  const tenth = retentionMs === 0 ? 31 * 24 * HOUR_MS : retentionMs / 10;
  return Math.max(minBlockDurationMs, Math.min(tenth, 31 * 24 * HOUR_MS));
}

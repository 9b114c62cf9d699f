import pino from 'pino';
import type { Logger } from './model/log.ts';

const LEVEL_NAMES: ReadonlyMap<number, string> = new Map([
  [20, 'DEBUG'],
  [30, 'INFO'],
  [40, 'WARN'],
  [50, 'ERROR'],
  [60, 'ERROR'],
]);

/** Logs to standard error, one line an entry, as Prometheus does: `time=... level=INFO component=tsdb msg="..." key=value`. */
export function createLogger(options: { readonly level: string; readonly format: 'logfmt' | 'json' }): pino.Logger {
  const destination = pino.destination({ fd: 2, sync: true });
  if (options.format === 'json')
    return pino(
      { level: options.level, base: null, messageKey: 'msg', timestamp: pino.stdTimeFunctions.isoTime },
      destination,
    );
  const stream = { write: (line: string) => void destination.write(logfmt(line)) };
  return pino({ level: options.level, base: null, messageKey: 'msg' }, stream);
}

export function componentLogger(logger: pino.Logger, component: string): Logger {
  const child = logger.child({ component });
  return {
    debug: (fields, message) => child.debug(fields, message),
    info: (fields, message) => child.info(fields, message),
    warn: (fields, message) => child.warn(fields, message),
    error: (fields, message) => child.error(fields, message),
  };
}

function logfmt(line: string): string {
  const { level, time, msg, ...fields }: Record<string, unknown> = JSON.parse(line);
  const head = `time=${new Date(Number(time)).toISOString()} level=${LEVEL_NAMES.get(Number(level)) ?? 'INFO'} msg=${quoted(msg)}`;
  return `${Object.entries(fields).reduce((text, [key, value]) => `${text} ${key}=${quoted(fieldText(value))}`, head)}\n`;
}

function fieldText(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return 'stack' in value ? value.stack : JSON.stringify(value);
}

function quoted(value: unknown): string {
  const text = String(value);
  return /[\s"=]/.test(text) || text === '' ? JSON.stringify(text) : text;
}

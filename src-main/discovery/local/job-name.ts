import path from 'node:path';
import type { Listener } from './listener.ts';

/** Ports by which exporters are known; a hint for the name only, never a reason to believe in metrics. */
const KNOWN_PORTS: Readonly<Record<number, string>> = {
  4194: 'cadvisor',
  9090: 'prometheus',
  9091: 'pushgateway',
  9093: 'alertmanager',
  9100: 'node',
  9104: 'mysql',
  9113: 'nginx',
  9115: 'blackbox',
  9121: 'redis',
  9150: 'memcached',
  9182: 'windows',
  9187: 'postgres',
  9216: 'mongodb',
  9256: 'process',
  9308: 'kafka',
  15692: 'rabbitmq',
};

/** Programs that run others: what they run is the name. */
const RUNNERS = /^(?:node|nodejs|bun|deno|java|ruby|php|perl|python[\d.]*|pypy[\d.]*|dotnet|uvicorn|gunicorn)$/;
/** Names that say nothing: the folder says more. */
const BLAND = new Set(['main', 'index', 'server', 'app', 'start', 'manage', 'cli', 'run', 'www', '__main__', 'bin']);

/** A name for what listens: the program's, or that of what its interpreter runs, or the known one of its port. */
export function jobNameOf(listener: Listener): string {
  const known = KNOWN_PORTS[listener.port];
  if (known !== undefined) return known;
  const { executable } = listener;
  if (!RUNNERS.test(executable)) return clean(executable) || 'local';
  const script = scriptName(listener.command);
  if (script !== '' && !BLAND.has(script)) return clean(script) || executable;
  const folder = path.basename(listener.folder);
  return clean(folder) || clean(executable) || 'local';
}

/** `python3 -m http.server`, `node --inspect dist/api.js`, `java -jar shop-1.2.jar`. */
function scriptName(command: readonly string[]): string {
  const words = command.slice(1);
  const marked = words.findIndex((word) => word === '-m' || word === '-jar');
  const word = marked >= 0 ? words[marked + 1] : words.find((candidate) => !candidate.startsWith('-'));
  return path.basename(word ?? '').replace(/\.(?:[cm]?[jt]sx?|py|rb|php|pl|jar|dll)$/, '');
}

function clean(name: string): string {
  return name.replace(/[^\w.-]+/g, '-').replace(/^-+|-+$/g, '');
}

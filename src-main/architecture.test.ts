/**
 * The house as a test: who may import whom, no cycles, one owner for each heavy dependency, file sizes.
 * The table is docs and law at once; to change the shape, change it here and say why in the commit.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const top = path.resolve(import.meta.dirname, '..');

/** Room -> rooms it may import. `model` and `shared` are open to every room of src-main. */
const MAIN_ROOMS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  template: [],
  kernels: [],
  config: [],
  exposition: ['kernels'],
  tsdb: ['kernels'],
  promql: ['kernels'],
  store: [],
  discovery: ['config'],
  remote: ['config'],
  alertmanager: ['config', 'store', 'template'],
  notifier: ['config', 'alertmanager'],
  exporters: ['exposition'],
  pushgateway: ['exposition'],
  scrape: ['config', 'exposition'],
  rules: ['config', 'promql', 'template'],
  api: [
    'config',
    'kernels',
    'exposition',
    'tsdb',
    'promql',
    'store',
    'discovery',
    'remote',
    'alertmanager',
    'notifier',
    'exporters',
    'pushgateway',
    'scrape',
    'rules',
  ],
  promtool: ['config', 'exposition', 'promql', 'rules', 'tsdb'],
  shell: ['api'],
  launch: [],
};
/** Files directly in src-main compose the rooms: they may import all of them, and nobody imports them. */
const ENTRIES = new Set([
  'main.ts',
  'headless.ts',
  'commands.ts',
  'engine.ts',
  'engine-thread.ts',
  'compose.ts',
  'compose-alerting.ts',
  'flags.ts',
  'logger.ts',
]);

const RENDERER_ROOMS: Readonly<Record<string, readonly string[]>> = {
  format: [],
  ipc: [],
  ui: ['format', 'ipc'],
  state: ['format', 'ipc'],
  chart: ['format', 'ipc', 'ui', 'state'],
  editor: ['format', 'ipc', 'ui', 'state'],
  pages: ['format', 'ipc', 'ui', 'state', 'chart', 'editor'],
  app: ['format', 'ipc', 'ui', 'state', 'chart', 'editor', 'pages'],
};

/** Heavy dependency -> the only place that may import it. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  electron: ['src-main/shell/', 'src-main/main.ts', 'e2e/'],
  uplot: ['src-renderer/chart/'],
  'monaco-editor': ['src-renderer/editor/'],
  'better-sqlite3': ['src-main/store/'],
};

const MAX_LINES = 400;
/** Files over the limit; this list may only shrink. */
const LONG_FILES: ReadonlySet<string> = new Set([]);

interface SourceFile {
  readonly path: string;
  readonly lines: number;
  /** Repository paths for relative imports, package names for the others. */
  readonly imports: readonly string[];
}

function sourcesUnder(folder: string): string[] {
  return readdirSync(path.join(top, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => path.relative(top, path.join(entry.parentPath, entry.name)));
}

function read(file: string): SourceFile {
  const text = readFileSync(path.join(top, file), 'utf8');
  const specifiers = [
    ...text.matchAll(/^\s*(?:import|export)\s[^'";]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm),
  ];
  const imports = specifiers.map((m) => m[1] ?? m[2] ?? m[3] ?? '').map((specifier) => resolve(file, specifier));
  return { path: file, lines: text.split('\n').length, imports };
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return path.normalize(path.join(path.dirname(from), specifier.replace(/\?.*$/, '')));
}

const files = ['shared', 'src-main', 'src-renderer', 'e2e', 'bench'].flatMap(sourcesUnder).map(read);
const product = files.filter((file) => !/\.test\.tsx?$/.test(file.path));

function roomOf(file: string): string | null {
  const [folder, room, ...rest] = file.split(path.sep);
  if (folder !== 'src-main' && folder !== 'src-renderer') return folder ?? null;
  return rest.length > 0 && room !== undefined ? `${folder}/${room}` : null;
}

function violations(
  folder: string,
  table: Readonly<Record<string, readonly string[]>>,
  open: readonly string[],
): string[] {
  return product
    .filter((file) => file.path.startsWith(`${folder}/`) && roomOf(file.path) !== null)
    .flatMap((file) => {
      const own = roomOf(file.path) ?? '';
      const allowed = new Set([
        'shared',
        own,
        ...open,
        ...(table[own.slice(folder.length + 1)] ?? []).map((room) => `${folder}/${room}`),
      ]);
      return file.imports
        .filter(
          (target) =>
            target.startsWith('src-') ||
            target.startsWith('shared/') ||
            target.startsWith('e2e/') ||
            target.startsWith('bench/'),
        )
        .filter((target) => !allowed.has(roomOf(target) ?? target))
        .map((target) => `${file.path} imports ${target}`);
    });
}

describe('architecture', () => {
  it('keeps every file in a mapped room', () => {
    const strays = product.filter((file) => {
      const [folder, room] = file.path.split(path.sep);
      if (folder === 'src-main')
        return !(roomOf(file.path) === null ? ENTRIES.has(room ?? '') : (room ?? '') in MAIN_ROOMS);
      if (folder === 'src-renderer') return roomOf(file.path) !== null && !((room ?? '') in RENDERER_ROOMS);
      return false;
    });
    expect(strays.map((file) => file.path)).toEqual([]);
  });

  it('lets rooms of src-main import only what the table says', () => {
    expect(violations('src-main', MAIN_ROOMS, ['src-main/model'])).toEqual([]);
  });

  it('lets rooms of src-renderer import only what the table says', () => {
    expect(violations('src-renderer', RENDERER_ROOMS, [])).toEqual([]);
  });

  it('keeps shared free of both sides', () => {
    const wrong = product
      .filter((file) => file.path.startsWith('shared/'))
      .flatMap((file) =>
        file.imports.filter((i) => /^(src-|e2e\/|bench\/|node:)/.test(i)).map((i) => `${file.path} imports ${i}`),
      );
    expect(wrong).toEqual([]);
  });

  it('lets pages import no other page', () => {
    const pageOf = (file: string) => file.split(path.sep)[2];
    const wrong = product
      .filter((file) => file.path.startsWith('src-renderer/pages/'))
      .flatMap((file) =>
        file.imports
          .filter((i) => i.startsWith('src-renderer/pages/') && pageOf(i) !== pageOf(file.path))
          .map((i) => `${file.path} imports ${i}`),
      );
    expect(wrong).toEqual([]);
  });

  it('gives each heavy dependency one owner', () => {
    const wrong = files.flatMap((file) =>
      file.imports
        .filter((specifier) =>
          Object.entries(OWNERS).some(
            ([name, owners]) =>
              (specifier === name || specifier.startsWith(`${name}/`)) &&
              !owners.some((owner) => file.path.startsWith(owner)),
          ),
        )
        .map((specifier) => `${file.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has no import cycles', () => {
    expect(
      findCycle(
        new Map(
          product.map((file) => [
            file.path,
            file.imports.filter((i) => existsSync(path.join(top, i)) && /\.tsx?$/.test(i)),
          ]),
        ),
      ),
    ).toEqual([]);
  });

  it('keeps files short', () => {
    const long = product
      .filter((file) => file.lines > MAX_LINES && !LONG_FILES.has(file.path))
      .map((file) => `${file.path}: ${file.lines}`);
    expect(long).toEqual([]);
    const shrunk = [...LONG_FILES].filter(
      (name) => !product.some((file) => file.path === name && file.lines > MAX_LINES),
    );
    expect(shrunk).toEqual([]);
  });
});

/** The first cycle found, as a list of files; empty when there is none. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (node: string, trail: string[]): string[] => {
    if (state.get(node) === 'done') return [];
    if (state.get(node) === 'open') return [...trail.slice(trail.indexOf(node)), node];
    state.set(node, 'open');
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...trail, node]);
      if (cycle.length > 0) return cycle;
    }
    state.set(node, 'done');
    return [];
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

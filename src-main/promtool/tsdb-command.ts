/** `hearth tsdb ...`: what `promtool tsdb` does, with its flags, output and exit codes. */
import fs from 'node:fs';
import { parseDuration } from '../../shared/promql/duration.ts';
import type { Clock } from '../model/clock.ts';
import type { Matcher } from '../model/matcher.ts';
import type { Block } from '../tsdb/block/block.ts';
import { ReadOnlyTsdb } from '../tsdb/read-only-tsdb.ts';
import { type Arguments, type CommandSpec, parseArguments, UsageError, usageOf } from './arguments.ts';
import { blockTable } from './block-table.ts';
import { createBlocks } from './create-blocks.ts';
import { dumpSamples, printOpenMetrics, printSamples, printSeriesJson, type SeriesPrinter } from './dump-samples.ts';
import { printAnalysis } from './print-analysis.ts';
import { matchersOf } from './selectors.ts';
import type { Terminal } from './terminal.ts';

const DB_PATH = { name: 'db path', required: false, help: 'Data directory (default is data/).' };
const HUMAN = { kind: 'boolean', short: 'r', help: 'Print human readable values.' } as const;
const DUMP_FLAGS = {
  'min-time': { kind: 'integer', initial: '-9223372036854775808', help: 'Minimum timestamp to dump, in milliseconds.' },
  'max-time': { kind: 'integer', initial: '9223372036854775807', help: 'Maximum timestamp to dump, in milliseconds.' },
  match: { kind: 'texts', initial: "{__name__=~'(?s:.*)'}", help: 'Series selector. Can be given several times.' },
  'sandbox-dir-root': { kind: 'text', help: 'Accepted and not needed: nothing is written.' },
} as const;

interface TsdbCommand extends CommandSpec {
  /** Resolves to the exit code. */
  readonly run: (args: Arguments, context: Context) => Promise<number>;
}

interface Context {
  readonly terminal: Terminal;
  readonly clock: Clock;
}

const COMMANDS: readonly TsdbCommand[] = [
  {
    name: 'tsdb list',
    help: 'List the blocks of a data directory.',
    flags: { 'human-readable': HUMAN },
    positional: [DB_PATH],
    run: list,
  },
  {
    name: 'tsdb analyze',
    help: 'Analyze churn, label pair cardinality and compaction efficiency of a block.',
    flags: {
      limit: { kind: 'integer', initial: '20', help: 'How many items to show in each list.' },
      extended: { kind: 'boolean', help: 'Look at every chunk too.' },
      match: { kind: 'text', help: 'Series selector; without it, all series.' },
    },
    positional: [DB_PATH, { name: 'block id', required: false, help: 'Block to analyze (default is the last one).' }],
    run: analyze,
  },
  {
    name: 'tsdb dump',
    help: 'Dump the samples of a data directory, or only its series.',
    flags: { ...DUMP_FLAGS, format: { kind: 'text', initial: 'prom', help: 'prom or seriesjson.' } },
    positional: [DB_PATH],
    run: (args, context) => dump(args, context, dumpFormat(args.text('format'))),
  },
  {
    name: 'tsdb dump-openmetrics',
    help: 'Dump samples as OpenMetrics, without native histograms and staleness markers.',
    flags: DUMP_FLAGS,
    positional: [DB_PATH],
    run: async (args, context) => {
      const status = await dump(args, context, printOpenMetrics);
      await context.terminal.write('# EOF\n');
      return status;
    },
  },
  {
    name: 'tsdb create-blocks-from openmetrics',
    help: 'Make blocks from a file in the OpenMetrics format whose samples all have timestamps.',
    flags: {
      'human-readable': HUMAN,
      quiet: { kind: 'boolean', short: 'q', help: 'Do not print created blocks.' },
      label: { kind: 'texts', help: 'name=value, added to every series. Can be given several times.' },
      'max-block-duration': { kind: 'text', initial: '2h', help: 'How long a block may be; at least 2h.' },
    },
    positional: [
      { name: 'input file', required: true, help: 'OpenMetrics file to read samples from.' },
      { name: 'output directory', required: false, help: 'Where blocks are put (default is data/).' },
    ],
    run: createBlocksFromOpenMetrics,
  },
];

/** `args` follow the word tsdb. */
export async function tsdbCommand(args: readonly string[], terminal: Terminal, clock: Clock): Promise<number> {
  const words = ['tsdb', ...args].join(' ');
  const command = COMMANDS.find(({ name }) => words === name || words.startsWith(`${name} `));
  try {
    if (command === undefined) return await unknownCommand(args, terminal);
    const rest = args.slice(command.name.split(' ').length - 1);
    if (rest.includes('--help') || rest.includes('-h')) {
      await terminal.write(usageOf(command));
      return 0;
    }
    return await command.run(parseArguments(rest, command), { terminal, clock });
  } catch (error) {
    if (error instanceof UsageError) terminal.complain(`hearth: error: ${error.message}, try --help`);
    else terminal.complain(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

async function unknownCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const unknown = args.find((arg) => !arg.startsWith('-') && arg !== 'create-blocks-from');
  if (args.includes('--help') || args.includes('-h')) {
    const lines = COMMANDS.map(({ name, help }) => `${name}\n    ${help}\n`);
    await terminal.write(`usage: hearth tsdb <command> [<args> ...]\n\n${lines.join('\n')}`);
    return 0;
  }
  if (unknown !== undefined) throw new UsageError(`expected command but got ${JSON.stringify(unknown)}`);
  throw new UsageError(`must select a subcommand of '${['tsdb', ...args].join(' ')}'`);
}

function openDb(dir: string): ReadOnlyTsdb {
  if (!fs.existsSync(dir)) throw new Error(`opening the db dir: stat ${dir}: no such file or directory`);
  return ReadOnlyTsdb.open(dir);
}

/** Says what could not be read; 1 when there is such. */
function judged(db: ReadOnlyTsdb, terminal: Terminal): number {
  for (const problem of db.problems) terminal.complain(problem);
  return db.problems.length === 0 ? 0 : 1;
}

async function list(args: Arguments, { terminal }: Context): Promise<number> {
  const db = openDb(args.positional[0] ?? 'data/');
  try {
    await terminal.write(blockTable(db.blocks, { header: true, humanReadable: args.has('human-readable') }));
    return judged(db, terminal);
  } finally {
    db.close();
  }
}

async function analyze(args: Arguments, { terminal }: Context): Promise<number> {
  const selector = args.text('match');
  const matchers = selector === '' ? [] : matchersOf(selector);
  const db = openDb(args.positional[0] ?? 'data/');
  try {
    const block = blockCalled(db, args.positional[1] ?? '');
    const options = { limit: args.integer('limit'), extended: args.has('extended'), selector, matchers };
    await terminal.write(printAnalysis(block, options));
    return 0;
  } finally {
    db.close();
  }
}

/** The last one made when no name is given. */
function blockCalled(db: ReadOnlyTsdb, name: string): Block {
  const wanted = name === '' ? newestName(db) : name;
  const found = db.blocks.find(({ meta }) => meta.ulid === wanted);
  const problem = db.problems.find((text) => wanted !== '' && text.includes(wanted));
  if (found === undefined) throw new Error(problem ?? `block ${wanted} not found`);
  return found;
}

/** Names begin with the time of their making. */
function newestName(db: ReadOnlyTsdb): string {
  return (
    db.blocks
      .map(({ meta }) => meta.ulid)
      .sort()
      .at(-1) ?? ''
  );
}

function dumpFormat(name: string): SeriesPrinter {
  if (name === 'prom') return printSamples;
  if (name === 'seriesjson') return printSeriesJson;
  throw new UsageError(`enum value must be one of prom,seriesjson, got '${name}'`);
}

async function dump(args: Arguments, { terminal }: Context, print: SeriesPrinter): Promise<number> {
  const matcherSets: readonly (readonly Matcher[])[] = args.texts('match').map(matchersOf);
  const db = openDb(args.positional[0] ?? 'data/');
  try {
    await db.loadHead();
    const range = { minTimeMs: args.integer('min-time'), maxTimeMs: args.integer('max-time'), matcherSets };
    await dumpSamples(db, range, print, terminal);
    return judged(db, terminal);
  } finally {
    db.close();
  }
}

async function createBlocksFromOpenMetrics(args: Arguments, { terminal, clock }: Context): Promise<number> {
  const [file = '', outputDir = 'data/'] = args.positional;
  const labels = Object.fromEntries(args.texts('label').map(labelOf));
  const maxBlockDuration = parseDuration(args.text('max-block-duration'));
  if ('message' in maxBlockDuration) throw new UsageError(maxBlockDuration.message);
  let header = true;
  await createBlocks({
    input: fs.readFileSync(file),
    outputDir,
    labels,
    maxBlockDurationMs: maxBlockDuration.ms,
    clock,
    onBlock: async (block) => {
      if (args.has('quiet')) return;
      await terminal.write(blockTable([block], { header, humanReadable: args.has('human-readable') }));
      header = false;
    },
  });
  return 0;
}

function labelOf(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new UsageError(`expected KEY=VALUE got '${text}'`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

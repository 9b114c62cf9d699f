/** Flags and arguments as kingpin, promtool's parser, takes and refuses them. */
export type FlagKind = 'boolean' | 'text' | 'texts' | 'integer';

export interface FlagSpec {
  readonly kind: FlagKind;
  readonly short?: string;
  readonly help: string;
  readonly initial?: string;
}

export interface CommandSpec {
  /** The words that call it. */
  readonly name: string;
  readonly help: string;
  readonly flags: Readonly<Record<string, FlagSpec>>;
  readonly positional: readonly PositionalSpec[];
}

interface PositionalSpec {
  readonly name: string;
  readonly required: boolean;
  readonly help: string;
  /** Only the last one: it may be given several times. */
  readonly repeated?: boolean;
}

/** The arguments make no sense; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export class Arguments {
  readonly #flags: ReadonlyMap<string, readonly string[]>;
  readonly positional: readonly string[];

  constructor(flags: ReadonlyMap<string, readonly string[]>, positional: readonly string[]) {
    this.#flags = flags;
    this.positional = positional;
  }

  has(flag: string): boolean {
    return this.#flags.get(flag)?.at(-1) === 'true';
  }

  texts(flag: string): readonly string[] {
    return this.#flags.get(flag) ?? [];
  }

  text(flag: string): string {
    return this.texts(flag).at(-1) ?? '';
  }

  integer(flag: string): number {
    return Number(this.text(flag));
  }
}

/** Throws UsageError. */
export function parseArguments(args: readonly string[], spec: CommandSpec): Arguments {
  const flags = new Map<string, string[]>();
  const positional: string[] = [];
  const rest = [...args];
  let onlyPositional = false;
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (onlyPositional || arg === '-' || !arg.startsWith('-')) {
      const isFull = positional.length >= spec.positional.length;
      if (isFull && spec.positional.at(-1)?.repeated !== true) throw new UsageError(`unexpected ${arg}`);
      positional.push(arg);
    } else if (arg === '--') onlyPositional = true;
    else takeFlag(arg, rest, spec, flags);
  }
  const missing = spec.positional[positional.length];
  if (missing?.required) throw new UsageError(`required argument '${missing.name}' not provided`);
  for (const [name, { initial }] of Object.entries(spec.flags)) {
    if (initial !== undefined && !flags.has(name)) flags.set(name, [initial]);
  }
  return new Arguments(flags, positional);
}

function takeFlag(arg: string, rest: string[], spec: CommandSpec, into: Map<string, string[]>): void {
  const { name, flag, value } = arg.startsWith('--') ? longFlag(arg, spec) : shortFlag(arg, spec);
  let text = value;
  if (flag.kind !== 'boolean') text ??= rest.shift();
  else text ??= 'true';
  if (text === undefined) throw new UsageError(`expected argument for flag '${arg}'`);
  if (flag.kind === 'integer' && !/^[+-]?\d+$/.test(text)) {
    throw new UsageError(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  if (flag.kind === 'texts') into.set(name, [...(into.get(name) ?? []), text]);
  else into.set(name, [text]);
}

interface FoundFlag {
  readonly name: string;
  readonly flag: FlagSpec;
  readonly value: string | undefined;
}

function longFlag(arg: string, spec: CommandSpec): FoundFlag {
  const equals = arg.indexOf('=');
  const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals);
  const flag = spec.flags[name];
  if (flag !== undefined) return { name, flag, value: equals < 0 ? undefined : arg.slice(equals + 1) };
  const positive = name.startsWith('no-') ? spec.flags[name.slice(3)] : undefined;
  if (positive?.kind !== 'boolean') throw new UsageError(`unknown long flag '--${name}'`);
  return { name: name.slice(3), flag: positive, value: 'false' };
}

function shortFlag(arg: string, spec: CommandSpec): FoundFlag {
  const letter = arg[1] ?? '';
  const found = Object.entries(spec.flags).find(([, { short }]) => short === letter);
  if (found === undefined) throw new UsageError(`unknown short flag '-${letter}'`);
  return { name: found[0], flag: found[1], value: arg.length > 2 ? arg.slice(2) : undefined };
}

export function usageOf(spec: CommandSpec): string {
  const positional = spec.positional.map(({ name, required, repeated = false }) => {
    const shown = `<${name}>${repeated ? '...' : ''}`;
    return required ? ` ${shown}` : ` [${shown}]`;
  });
  const flags = Object.entries(spec.flags).map(([name, { short, initial, help, kind }]) => {
    const value = kind === 'boolean' ? '' : `=${initial ?? name.toUpperCase()}`;
    return `  ${short === undefined ? '    ' : `-${short}, `}--${name}${value}\n        ${help}\n`;
  });
  const args = spec.positional.map(
    ({ name, required, help }) => `  ${required ? `<${name}>` : `[<${name}>]`}  ${help}\n`,
  );
  return [
    `usage: hearth ${spec.name} [<flags>]${positional.join('')}\n\n${spec.help}\n`,
    flags.length === 0 ? '' : `\nFlags:\n${flags.join('')}`,
    args.length === 0 ? '' : `\nArgs:\n${args.join('')}`,
  ].join('');
}

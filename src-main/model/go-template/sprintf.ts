/** Go's fmt.Sprintf, Sprint and Sprintln over template values. */
import { formatFloat, printFloat } from './format-float.ts';
import { goQuote } from './go-quote.ts';
import { printValue } from './print-value.ts';
import { GoDuration, GoObject, type GoValue, typeName } from './value.ts';

interface Directive {
  readonly verb: string;
  readonly flags: string;
  readonly width: number | null;
  readonly precision: number | null;
}

const DIRECTIVE = /%([+\-# 0]*)(\*|\d+)?(?:\.(\*|\d*))?(.)?/gsu;
const MAX_WIDTH = 10_000;

export function sprintf(format: string, args: readonly GoValue[]): string {
  let next = 0;
  const star = (text: string | undefined, none: number | null): number | null => {
    if (text === undefined) return null;
    if (text !== '*') return Math.min(MAX_WIDTH, text === '' ? (none ?? 0) : Number(text));
    const value = args[next++];
    return typeof value === 'bigint' ? Math.min(MAX_WIDTH, Number(value)) : null;
  };
  const text = format.replace(DIRECTIVE, (_, flags: string, width?: string, precision?: string, verb?: string) => {
    if (verb === undefined) return '%!(NOVERB)';
    const directive = { verb, flags, width: star(width, null), precision: star(precision, 0) };
    if (verb === '%') return '%';
    const value = args[next++];
    return value === undefined ? `%!${verb}(MISSING)` : formatOne(value, directive);
  });
  return next < args.length ? `${text}%!(EXTRA ${args.slice(next).map(typed).join(', ')})` : text;
}

/** Spaces between operands when neither is a string. */
export function sprint(args: readonly GoValue[]): string {
  let text = '';
  for (const [i, value] of args.entries()) {
    if (i > 0 && typeof value !== 'string' && typeof args[i - 1] !== 'string') text += ' ';
    text += printArgument(value);
  }
  return text;
}

export function sprintln(args: readonly GoValue[]): string {
  return `${args.map(printArgument).join(' ')}\n`;
}

/** As an argument a pointer to a struct shows that it is one. */
function printArgument(value: GoValue): string {
  const isPointer = value instanceof GoObject && value.typeName.startsWith('*') && value.methods.String === undefined;
  return isPointer ? `&${printValue(value)}` : printValue(value);
}

function typed(value: GoValue): string {
  return value === null ? '<nil>' : `${typeName(value)}=${printValue(value)}`;
}

function formatOne(value: GoValue, directive: Directive): string {
  const { verb } = directive;
  if (verb === 'T') return pad(value === null ? '<nil>' : typeName(value), directive);
  if (verb === 'v' || verb === 's') {
    if (verb === 'v' && typeof value === 'number') return number(value, directive);
    if (verb === 's' && (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')) {
      return bad(value, verb);
    }
    return pad(truncate(printArgument(value), directive.precision, value), directive);
  }
  if (typeof value === 'string') return stringVerb(value, directive);
  if (typeof value === 'number') return number(value, directive);
  if (typeof value === 'bigint') return integer(value, directive);
  if (typeof value === 'boolean') return verb === 't' ? pad(String(value), directive) : bad(value, verb);
  if (value instanceof GoDuration && verb === 'd') return integer(BigInt(Math.round(value.seconds * 1e9)), directive);
  if (verb === 'q') return pad(printValue(value, true), directive);
  return bad(value, verb);
}

function bad(value: GoValue, verb: string): string {
  return value === null ? `%!${verb}(<nil>)` : `%!${verb}(${typed(value)})`;
}

function truncate(text: string, precision: number | null, value: GoValue): string {
  return precision === null || typeof value !== 'string' ? text : [...text].slice(0, precision).join('');
}

function stringVerb(value: string, directive: Directive): string {
  const text = truncate(value, directive.precision, value);
  switch (directive.verb) {
    case 'q':
      return pad(directive.flags.includes('#') && !text.includes('`') ? `\`${text}\`` : goQuote(text), directive);
    case 'x':
    case 'X': {
      const hex = Buffer.from(text, 'utf8').toString('hex');
      return pad(directive.verb === 'X' ? hex.toUpperCase() : hex, directive);
    }
    default:
      return bad(value, directive.verb);
  }
}

const FLOAT_VERBS = ['e', 'E', 'f', 'F', 'g', 'G'] as const;

function number(value: number, directive: Directive): string {
  const { flags, precision } = directive;
  const sharp = flags.includes('#');
  const verb = FLOAT_VERBS.find((v) => v === directive.verb);
  if (verb !== undefined) {
    const digits = precision ?? (verb === 'g' || verb === 'G' ? -1 : 6);
    return padNumber(formatFloat(value, { verb, precision: digits, sharp }), directive);
  }
  switch (directive.verb) {
    case 'v':
      return padNumber(
        precision === null ? printFloat(value) : formatFloat(value, { verb: 'g', precision }),
        directive,
      );
    case 'x':
    case 'X':
      return padNumber(hexFloat(value, directive.verb === 'X'), directive);
    default:
      return bad(value, directive.verb);
  }
}

/** `0x1.e848p+19`. */
function hexFloat(value: number, upper: boolean): string {
  if (!Number.isFinite(value)) return printFloat(value);
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) & 0x7ff;
  const fraction = ((BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4)))
    .toString(16)
    .padStart(13, '0')
    .replace(/0+$/, '');
  const power = value === 0 ? 0 : exponent - 1023;
  const sign = high >>> 31 === 1 ? '-' : '';
  const mantissa = `0x${value === 0 ? 0 : 1}${fraction === '' ? '' : `.${fraction}`}`;
  const text = `${sign}${mantissa}p${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return upper ? text.toUpperCase() : text;
}

const RADIX: Readonly<Record<string, readonly [radix: number, prefix: string]>> = {
  d: [10, ''],
  b: [2, '0b'],
  o: [8, '0'],
  O: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
};

function integer(value: bigint, directive: Directive): string {
  const { verb, flags } = directive;
  const radix = RADIX[verb];
  if (radix !== undefined) {
    const digits = (value < 0n ? -value : value).toString(radix[0]).padStart(directive.precision ?? 1, '0');
    const prefix = flags.includes('#') || verb === 'O' ? radix[1] : '';
    const text = `${value < 0n ? '-' : ''}${prefix}${verb === 'X' ? digits.toUpperCase() : digits}`;
    return padNumber(text, directive);
  }
  const code = Number(value);
  const isCode = code >= 0 && code <= 0x10ffff;
  const char = isCode ? String.fromCodePoint(code) : '\ufffd';
  if (verb === 'c') return pad(char, directive);
  if (verb === 'U') return pad(`U+${code.toString(16).toUpperCase().padStart(4, '0')}`, directive);
  if (verb === 'q') return pad(quoteChar(char), directive);
  return bad(value, verb);
}

function quoteChar(char: string): string {
  return `'${goQuote(char).slice(1, -1).replace('\\"', '"').replace("'", "\\'")}'`;
}

function padNumber(text: string, directive: Directive): string {
  const { flags, width } = directive;
  const isSigned = /^[+-]/.test(text);
  const signed = isSigned || !/[+ ]/.test(flags) ? text : `${flags.includes('+') ? '+' : ' '}${text}`;
  const shown = flags.includes('+') || !text.startsWith('+Inf') ? signed : text;
  if (width === null || !flags.includes('0') || flags.includes('-') || /Inf|NaN/.test(text))
    return pad(shown, directive);
  const sign = /^[+\- ]/.exec(shown)?.[0] ?? '';
  return sign + shown.slice(sign.length).padStart(width - sign.length, '0');
}

function pad(text: string, { flags, width }: Directive): string {
  if (width === null) return text;
  const missing = Math.max(0, width - [...text].length);
  return flags.includes('-') ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

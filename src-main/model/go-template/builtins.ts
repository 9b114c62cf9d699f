/** The functions that every Go template has (text/template/funcs.go), but `and`, `or` and `not`'s short cuts. */
import { compareStrings } from '../labels.ts';
import { TemplateError } from './errors.ts';
import type { FunctionTable, GoFunction } from './function-table.ts';
import { printValue } from './print-value.ts';
import { sprint, sprintf, sprintln } from './sprintf.ts';
import { GoDuration, GoMap, type GoValue, isTrue, itemsOf, NO_VALUE, typeName } from './value.ts';

const compare = (test: (order: number) => boolean): GoFunction => ({
  params: ['any', 'any'],
  call: (a = null, b = null) => test(orderOf(a, b)),
});

export const builtins: FunctionTable = {
  not: { params: ['any'], call: (value = null) => !isTrue(value) },
  eq: { params: ['any', 'any'], rest: 'any', call: (a = null, ...rest) => rest.some((b) => isEqual(a, b)) },
  ne: { params: ['any', 'any'], call: (a = null, b = null) => !isEqual(a, b) },
  lt: compare((order) => order < 0),
  le: compare((order) => order <= 0),
  gt: compare((order) => order > 0),
  ge: compare((order) => order >= 0),
  len: { params: ['any'], call: (value = null) => BigInt(lengthOf(value)) },
  index: { params: ['any'], rest: 'any', call: (value = null, ...keys) => keys.reduce(indexInto, value) },
  slice: { params: ['any'], rest: 'any', call: (value = null, ...bounds) => sliceOf(value, bounds) },
  print: { params: [], rest: 'any', call: (...args) => sprint(args) },
  println: { params: [], rest: 'any', call: (...args) => sprintln(args) },
  printf: { params: ['string'], rest: 'any', call: (format = '', ...args) => sprintf(String(format), args) },
  html: { params: [], rest: 'any', call: (...args) => escapeHtml(textOf(args)) },
  js: { params: [], rest: 'any', call: (...args) => escapeJs(textOf(args)) },
  urlquery: { params: [], rest: 'any', call: (...args) => queryEscape(textOf(args)) },
};

function textOf(args: readonly GoValue[]): string {
  const [only] = args;
  return args.length === 1 && only !== undefined ? printValue(only) : sprint(args);
}

const HTML: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\ufffd',
};

function escapeHtml(text: string): string {
  return text.replace(/["'&<>\0]/g, (char) => HTML[char] ?? char);
}

const JS: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

function escapeJs(text: string): string {
  const code = (char: string) => `\\u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return text.replace(/[\\'"<>&=\p{C}]/gu, (char) => JS[char] ?? code(char));
}

/** Go's url.QueryEscape: like encodeURIComponent, with `+` for a space and more characters escaped. */
export function queryEscape(text: string): string {
  const escaped = encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd'));
  const upper = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return escaped.replaceAll('%20', '+').replace(/[!'()*]/g, upper);
}

function isBasic(value: GoValue): value is string | number | bigint | boolean {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}

function isEqual(a: GoValue, b: GoValue): boolean {
  if (a === null || b === null || a === NO_VALUE || b === NO_VALUE) {
    return (a === null || a === NO_VALUE) && (b === null || b === NO_VALUE);
  }
  if (a instanceof GoDuration && b instanceof GoDuration) return a.seconds === b.seconds;
  if (!isBasic(a) || !isBasic(b)) throw new TemplateError(`non-comparable type ${printValue(a)}: ${typeName(a)}`);
  if (typeof a !== typeof b) throw new TemplateError('incompatible types for comparison');
  return a === b;
}

function orderOf(a: GoValue, b: GoValue): number {
  if (a instanceof GoDuration && b instanceof GoDuration) return a.seconds - b.seconds;
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN;
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (!isBasic(a) || !isBasic(b) || typeof a === 'boolean' || typeof b === 'boolean') {
    throw new TemplateError('invalid type for comparison');
  }
  throw new TemplateError('incompatible types for comparison');
}

/** Go measures strings in bytes. */
function lengthOf(value: GoValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof GoMap) return value.entries.size;
  const items = itemsOf(value);
  if (items !== null) return items.length;
  throw new TemplateError(value === null ? 'len of nil pointer' : `len of type ${typeName(value)}`);
}

function indexInto(value: GoValue, key: GoValue): GoValue {
  if (value instanceof GoMap) {
    if (typeof key !== 'string') throw new TemplateError(`value has type ${typeName(key)}; should be string`);
    return value.get(key);
  }
  const at = typeof key === 'bigint' ? Number(key) : null;
  const items = typeof value === 'string' ? [...Buffer.from(value)].map(BigInt) : itemsOf(value);
  if (items === null) {
    throw new TemplateError(value === null ? 'index of untyped nil' : `can't index item of type ${typeName(value)}`);
  }
  if (at === null) throw new TemplateError(`cannot index slice/array with type ${typeName(key)}`);
  const item = items[at];
  if (item === undefined || at < 0) throw new TemplateError(`index out of range: ${at}`);
  return item;
}

function sliceOf(value: GoValue, bounds: readonly GoValue[]): GoValue {
  const whole = typeof value === 'string' ? Buffer.from(value) : itemsOf(value);
  if (whole === null) throw new TemplateError(`can't slice item of type ${typeName(value)}`);
  const [from = 0, to = whole.length] = bounds.map((bound) => {
    if (typeof bound !== 'bigint') throw new TemplateError(`cannot index slice/array with type ${typeName(bound)}`);
    if (bound < 0n || bound > BigInt(whole.length)) throw new TemplateError(`index out of range: ${bound}`);
    return Number(bound);
  });
  if (from > to) throw new TemplateError(`invalid slice index: ${from} > ${to}`);
  return Buffer.isBuffer(whole) ? whole.subarray(from, to).toString() : whole.slice(from, to);
}

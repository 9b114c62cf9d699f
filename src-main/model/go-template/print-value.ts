/** Values as Go's fmt prints them with %v. */
import { compareStrings } from '../labels.ts';
import { printFloat } from './format-float.ts';
import { goQuote } from './go-quote.ts';
import { formatTime, printDuration } from './go-time.ts';
import { GoDuration, GoMap, GoObject, GoTime, type GoValue, NO_VALUE } from './value.ts';

/** `quoteStrings` is %q applied to what a list or map holds. */
export function printValue(value: GoValue, quoteStrings = false): string {
  if (value === null) return '<nil>';
  if (value === NO_VALUE) return '<no value>';
  if (typeof value === 'string') return quoteStrings ? goQuote(value) : value;
  if (typeof value === 'number') return printFloat(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof GoTime) return formatTime(value, '2006-01-02 15:04:05.999999999 -0700 MST');
  if (value instanceof GoDuration) return printDuration(value.seconds);
  if (value instanceof GoMap) return printMap(value, quoteStrings);
  if (value instanceof GoObject) return printObject(value, quoteStrings);
  return `[${value.map((item) => printValue(item, quoteStrings)).join(' ')}]`;
}

function printMap(map: GoMap, quoteStrings: boolean): string {
  const print = map.methods.String;
  if (print !== undefined) return printValue(print(), quoteStrings);
  const keys = [...map.entries.keys()].sort(compareStrings);
  const key = (text: string) => (quoteStrings ? goQuote(text) : text);
  return `map[${keys.map((k) => `${key(k)}:${printValue(nilOf(map.get(k)), quoteStrings)}`).join(' ')}]`;
}

function printObject(object: GoObject, quoteStrings: boolean): string {
  const print = object.methods.String;
  if (print !== undefined) return printValue(print(), quoteStrings);
  const values = object.items ?? Object.values(object.fields);
  const text = values.map((value) => printValue(nilOf(value), quoteStrings)).join(' ');
  return object.items === null ? `{${text}}` : `[${text}]`;
}

/** Inside another value a missing one is an ordinary nil. */
function nilOf(value: GoValue): GoValue {
  return value === NO_VALUE ? null : value;
}

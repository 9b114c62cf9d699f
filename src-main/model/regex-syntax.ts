import { ANY_CHAR, type CharSet, complementSet, normalizeSet, PERL, POSIX } from './regex-charset.ts';

/**
 * The part of RE2's syntax (google/re2 syntax.html) that a JavaScript RegExp can stand in for, as a small tree.
 * The expression has been accepted by RE2 already, so nothing here reports errors: what is not understood is null,
 * and RE2JS does the work instead.
 */

export type RegexNode =
  /** One code point; `set` null: not known. `source` is the JavaScript notation. */
  | { readonly kind: 'char'; readonly set: CharSet | null; readonly source: string }
  | { readonly kind: 'assert'; readonly source: string }
  | { readonly kind: 'concat'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'alternate'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'group'; readonly item: RegexNode; readonly capture: boolean }
  | {
      readonly kind: 'repeat';
      readonly item: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    };

export interface ParsedRegex {
  readonly root: RegexNode;
  readonly ignoreCase: boolean;
  /** Names of the capture groups, '' for those without. */
  readonly captures: readonly string[];
}

const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

/** Parses `source`; null when it uses anything outside the understood part. `dotAll`: `.` takes a newline too. */
export function parseRegex(source: string, dotAll: boolean): ParsedRegex | null {
  const parser = new Parser(source, dotAll);
  try {
    return parser.parse();
  } catch (error) {
    if (error instanceof NotUnderstood) return null;
    throw error;
  }
}

class NotUnderstood extends Error {}

function codePoint(cp: number): string {
  return `\\u{${cp.toString(16)}}`;
}

function setSource(set: CharSet): string {
  return set.map(([lo, hi]) => (lo === hi ? codePoint(lo) : `${codePoint(lo)}-${codePoint(hi)}`)).join('');
}

function literal(cp: number): RegexNode {
  return { kind: 'char', set: [[cp, cp]], source: codePoint(cp) };
}

/** What a bracket expression gathers. */
interface ClassItems {
  ranges: (readonly [number, number])[];
  source: string;
  known: boolean;
}

class Parser {
  readonly #chars: readonly string[];
  readonly #dotAll: boolean;
  #pos = 0;
  #ignoreCase = false;
  #dotTakesNewline: boolean;
  #quoted = false;
  readonly #captures: string[] = [];

  constructor(source: string, dotAll: boolean) {
    this.#chars = [...source];
    this.#dotAll = dotAll;
    this.#dotTakesNewline = dotAll;
  }

  parse(): ParsedRegex {
    this.#leadingFlags();
    const root = this.#alternation();
    if (this.#pos < this.#chars.length) throw new NotUnderstood();
    return { root, ignoreCase: this.#ignoreCase, captures: this.#captures };
  }

  /** `(?i)`, `(?s)`, `(?is)` at the very front; flags elsewhere have no JavaScript counterpart. */
  #leadingFlags(): void {
    for (;;) {
      const flags = /^\(\?([is]+)\)/.exec(this.#chars.slice(this.#pos, this.#pos + 8).join(''));
      if (flags === null) return;
      this.#pos += flags[0].length;
      if (flags[1]?.includes('i')) this.#ignoreCase = true;
      if (flags[1]?.includes('s')) this.#dotTakesNewline = true;
    }
  }

  #peek(): string {
    return this.#chars[this.#pos] ?? '';
  }

  #lookingAt(text: string): boolean {
    return this.#chars.slice(this.#pos, this.#pos + text.length).join('') === text;
  }

  #accept(text: string): boolean {
    if (!this.#lookingAt(text)) return false;
    this.#pos += text.length;
    return true;
  }

  #alternation(): RegexNode {
    const items = [this.#sequence()];
    while (!this.#quoted && this.#accept('|')) items.push(this.#sequence());
    return items.length === 1 && items[0] !== undefined ? items[0] : { kind: 'alternate', items };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    while (this.#pos < this.#chars.length) {
      if (this.#quotes()) continue;
      if (!this.#quoted && (this.#peek() === '|' || this.#peek() === ')')) break;
      items.push(this.#repeats(this.#atom()));
    }
    return items.length === 1 && items[0] !== undefined ? items[0] : { kind: 'concat', items };
  }

  /** `\Q` ... `\E`. */
  #quotes(): boolean {
    if (this.#quoted) {
      if (!this.#accept('\\E')) return false;
      this.#quoted = false;
      return true;
    }
    if (this.#accept('\\E')) return true;
    if (!this.#accept('\\Q')) return false;
    this.#quoted = true;
    return true;
  }

  #repeats(item: RegexNode): RegexNode {
    if (this.#quoted) {
      // `\Qab\E+` repeats only the b, which is what falls out of the order of things here.
      if (!this.#lookingAt('\\E')) return item;
      this.#quotes();
    }
    const bounds = this.#bounds();
    if (bounds === null) return item;
    if (item.kind === 'assert') throw new NotUnderstood();
    const lazy = this.#accept('?');
    return { kind: 'repeat', item, min: bounds[0], max: bounds[1], lazy };
  }

  #bounds(): [number, number] | null {
    if (this.#accept('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#accept('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#accept('?')) return [0, 1];
    const braces = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.#chars.slice(this.#pos, this.#pos + 12).join(''));
    if (braces === null) return null;
    this.#pos += braces[0].length;
    const min = Number(braces[1]);
    if (braces[2] === undefined) return [min, min];
    return [min, braces[3] === '' ? Number.POSITIVE_INFINITY : Number(braces[3])];
  }

  #atom(): RegexNode {
    const char = this.#peek();
    this.#pos++;
    if (this.#quoted) return literal(char.codePointAt(0) ?? 0);
    switch (char) {
      case '.':
        return this.#dotTakesNewline
          ? { kind: 'char', set: ANY_CHAR, source: '[^]' }
          : { kind: 'char', set: complementSet([[10, 10]]), source: '[^\\n]' };
      case '^':
      case '$':
        return { kind: 'assert', source: char };
      case '(':
        return this.#group();
      case '[':
        return this.#bracket();
      case '\\':
        return this.#escape();
      default:
        return literal(char.codePointAt(0) ?? 0);
    }
  }

  #group(): RegexNode {
    const capture = this.#groupOpening();
    const item = this.#alternation();
    if (!this.#accept(')')) throw new NotUnderstood();
    return { kind: 'group', item, capture };
  }

  #groupOpening(): boolean {
    if (!this.#accept('?')) {
      this.#captures.push('');
      return true;
    }
    if (this.#accept(':')) return false;
    // Redundant where the dot takes newlines anyway; elsewhere it would change the flag for the group alone.
    if (this.#dotAll && this.#accept('s:')) return false;
    const name = /^P?<(\w+)>/.exec(this.#chars.slice(this.#pos, this.#pos + 100).join(''));
    if (name === null) throw new NotUnderstood();
    this.#pos += name[0].length;
    this.#captures.push(name[1] ?? '');
    return true;
  }

  #escape(): RegexNode {
    const char = this.#peek();
    if ('AzbB'.includes(char)) {
      this.#pos++;
      // With case folding JavaScript's word characters are not RE2's.
      if (this.#ignoreCase && 'bB'.includes(char)) throw new NotUnderstood();
      return { kind: 'assert', source: char === 'A' ? '^' : char === 'z' ? '$' : `\\${char}` };
    }
    const items = this.#newClass();
    this.#classEscape(items);
    return this.#finishClass(items, false);
  }

  #newClass(): ClassItems {
    return { ranges: [], source: '', known: true };
  }

  #finishClass(items: ClassItems, negated: boolean): RegexNode {
    const only = items.ranges[0];
    if (!negated && items.known && items.ranges.length === 1 && only !== undefined && only[0] === only[1])
      return literal(only[0]);
    const set = normalizeSet(items.ranges);
    const source = `[${negated ? '^' : ''}${items.source}]`;
    if (!items.known) return { kind: 'char', set: null, source };
    return { kind: 'char', set: negated ? complementSet(set) : set, source };
  }

  #bracket(): RegexNode {
    const negated = this.#accept('^');
    const items = this.#newClass();
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.#pos >= this.#chars.length) throw new NotUnderstood();
      this.#bracketItem(items);
    }
    this.#pos++;
    return this.#finishClass(items, negated);
  }

  #bracketItem(items: ClassItems): void {
    if (this.#lookingAt('[:')) {
      this.#posix(items);
      return;
    }
    if (this.#peek() === '\\' && /[dDwWsSpP]/.test(this.#chars[this.#pos + 1] ?? '')) {
      this.#pos++;
      this.#classEscape(items);
      return;
    }
    const lo = this.#bracketChar();
    let hi = lo;
    if (this.#peek() === '-' && this.#chars[this.#pos + 1] !== ']' && this.#pos + 1 < this.#chars.length) {
      this.#pos++;
      hi = this.#bracketChar();
    }
    this.#add(items, [[lo, hi]]);
  }

  #bracketChar(): number {
    const char = this.#peek();
    this.#pos++;
    if (char !== '\\') return char.codePointAt(0) ?? 0;
    return this.#escapedChar();
  }

  #add(items: ClassItems, set: CharSet): void {
    items.ranges.push(...set);
    items.source += setSource(set);
  }

  #posix(items: ClassItems): void {
    const match = /^\[:(\^?)(\w+):\]/.exec(this.#chars.slice(this.#pos, this.#pos + 14).join(''));
    const set = POSIX[match?.[2] ?? ''];
    if (match === null || set === undefined) throw new NotUnderstood();
    this.#pos += match[0].length;
    this.#addMaybeNegated(items, set, match[1] === '^');
  }

  #addMaybeNegated(items: ClassItems, set: CharSet, negated: boolean): void {
    // Folding before negating or after makes a difference only with case folding.
    if (negated && this.#ignoreCase) throw new NotUnderstood();
    this.#add(items, negated ? complementSet(set) : set);
  }

  /** After the backslash: a class (`\d`, `\pN`) or one character. */
  #classEscape(items: ClassItems): void {
    const char = this.#peek();
    const perl = PERL[char.toLowerCase()];
    if (perl !== undefined) {
      this.#pos++;
      this.#addMaybeNegated(items, perl, char !== char.toLowerCase());
      return;
    }
    if (char === 'p' || char === 'P') {
      this.#unicodeClass(items);
      return;
    }
    const cp = this.#escapedChar();
    this.#add(items, [[cp, cp]]);
  }

  #unicodeClass(items: ClassItems): void {
    const match = /^([pP])(?:\{(\^?)(\w+)\}|(\w))/.exec(this.#chars.slice(this.#pos, this.#pos + 40).join(''));
    if (match === null || this.#ignoreCase) throw new NotUnderstood();
    this.#pos += match[0].length;
    const name = match[3] ?? match[4] ?? '';
    if (name === 'Any') throw new NotUnderstood();
    const negated = (match[1] === 'P') !== (match[2] === '^');
    items.known = false;
    items.source += `\\${negated ? 'P' : 'p'}{${name.length <= 2 ? name : `Script=${name}`}}`;
  }

  #escapedChar(): number {
    const rest = this.#chars.slice(this.#pos, this.#pos + 12).join('');
    const hex = /^x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/.exec(rest);
    if (hex !== null) {
      this.#pos += hex[0].length;
      return Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    }
    const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest);
    if (octal !== null) {
      this.#pos += octal[0].length;
      return Number.parseInt(octal[0], 8);
    }
    const char = this.#peek();
    this.#pos++;
    const control = CONTROL[char];
    if (control !== undefined) return control;
    if (/[A-Za-z0-9]/.test(char) || char === '') throw new NotUnderstood();
    return char.codePointAt(0) ?? 0;
  }
}

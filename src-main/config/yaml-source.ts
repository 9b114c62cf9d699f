import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, type YAMLMap } from 'yaml';
import { ConfigError } from './errors.ts';
import { resolveAliases } from './yaml-aliases.ts';

/** Largest configuration file read. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);

export interface YamlEntry {
  readonly key: Node;
  readonly value: Node | null;
}

/**
 * A YAML file read for its places: every scalar stays the text that was written, since Prometheus's decoder gives a
 * string field that text too (`job_name: 1` is the job "1"). Only the first document counts, as there.
 */
export class YamlSource {
  readonly file: string;
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #document: ReturnType<typeof parseAllDocuments>[number] | null;
  #aliases: ReadonlyMap<Node, Node> = new Map();
  readonly #secrets: { readonly from: number; readonly to: number; readonly shown: string }[] = [];

  /** Throws ConfigError for what is no YAML. */
  constructor(text: string, file: string) {
    this.file = file;
    this.#text = text;
    if (text.length > MAX_FILE_BYTES) throw new ConfigError({ file, line: 0, column: 0 }, 'file is larger than 16 MiB');
    const documents = parseAllDocuments(text, { schema: 'failsafe', lineCounter: this.#lines, prettyErrors: false });
    this.#document = Array.isArray(documents) ? (documents[0] ?? null) : null;
    const error = this.#document?.errors[0];
    if (error !== undefined) {
      const place = text.slice(error.pos[0], error.pos[0] + 80);
      this.failAt(error.pos[0], `yaml: ${yamlReason(error.code, { message: error.message, place })}`);
    }
    if (this.#document === null) return;
    const { targets, problem } = resolveAliases(this.#document);
    if (problem !== null) this.fail(problem.node, problem.reason);
    this.#aliases = targets;
  }

  /** The top level; null when the file is empty. */
  get contents(): Node | null {
    return this.#document?.contents ?? null;
  }

  failAt(offset: number, reason: string): never {
    const { line, col } = this.#lines.linePos(offset);
    throw new ConfigError({ file: this.file, line, column: col }, reason);
  }

  fail(node: Node | null, reason: string): never {
    this.failAt(node?.range?.[0] ?? 0, reason);
  }

  /** Follows an alias to what it stands for. */
  resolve(node: Node | null): Node | null {
    return isAlias(node) ? (this.#aliases.get(node) ?? null) : node;
  }

  isNull(node: Node | null): boolean {
    const target = this.resolve(node);
    return target === null || (isScalar(target) && target.type === 'PLAIN' && NULLS.has(target.source ?? ''));
  }

  /** The pairs of what has to be a map. */
  mapEntries(node: Node | null, typeName: string): YamlEntry[] {
    if (!isMap(node)) this.fail(node, `cannot unmarshal ${this.describe(node)} into ${typeName}`);
    return this.#entries(node);
  }

  /** The pairs of a map, those merged in by `<<` after its own. */
  #entries(map: YAMLMap): YamlEntry[] {
    const own: YamlEntry[] = [];
    const merged: YamlEntry[] = [];
    for (const pair of map.items) {
      const key = asNode(pair.key);
      const value = asNode(pair.value);
      if (key === null) this.fail(map, 'yaml: a key is missing');
      if (isScalar(key) && key.type === 'PLAIN' && key.source === '<<') merged.push(...this.#merged(value));
      else own.push({ key, value });
    }
    const taken = new Set(own.map(({ key }) => this.string(key)));
    return [...own, ...merged.filter(({ key }) => !taken.has(this.string(key)))];
  }

  #merged(value: Node | null): YamlEntry[] {
    const target = this.resolve(value);
    if (isMap(target)) return this.#entries(target);
    if (isSeq(target)) return target.items.flatMap((item) => this.#merged(asNode(item)));
    return this.fail(value, 'yaml: map merge requires map or sequence of maps as the value');
  }

  /** The items of a list; null is the empty list. */
  list(node: Node | null, typeName: string): (Node | null)[] {
    const target = this.resolve(node);
    if (this.isNull(target)) return [];
    if (!isSeq(target)) this.fail(target, `cannot unmarshal ${this.describe(target)} into []${typeName}`);
    return target.items.map(asNode);
  }

  string(node: Node | null): string {
    const target = this.resolve(node);
    if (this.isNull(target)) return '';
    if (!isScalar(target)) this.fail(target, `cannot unmarshal ${this.describe(target)} into string`);
    const value: unknown = target.value;
    return value instanceof Uint8Array ? this.#utf8(target, value) : String(value);
  }

  #utf8(node: Node, bytes: Uint8Array): string {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      return this.fail(node, `${JSON.stringify(Buffer.from(bytes).toString('latin1'))} is not valid UTF-8`);
    }
  }

  /** Keeps a value out of `redacted()`. */
  markSecret(node: Node | null, shown = '<secret>'): void {
    const target = this.resolve(node);
    if (target?.range && !this.isNull(target))
      this.#secrets.push({ from: target.range[0], to: target.range[1], shown });
  }

  /** The text of the file with every secret as what is shown for it. */
  redacted(): string {
    let out = '';
    let last = 0;
    const secrets = new Map(this.#secrets.map((secret) => [secret.from, secret])); // the last mark of a place counts
    for (const { from, to, shown } of [...secrets.values()].sort((a, b) => a.from - b.from)) {
      if (from < last) continue;
      const end = this.#text[to - 1] === '\n' ? to - 1 : to;
      out += this.#text.slice(last, from) + shown;
      last = end;
    }
    return out + this.#text.slice(last);
  }

  /**
   * Where in the file the `index`th UTF-16 unit of a scalar's value was written. Folding, indentation and escapes
   * stand between the two: both are walked together, white space aside.
   */
  offsetInside(node: Node | null, index: number): number {
    const target = this.resolve(node);
    const range = target?.range;
    if (!isScalar(target) || !range) return 0;
    const value = String(target.value);
    let at = range[0];
    if (target.type === 'BLOCK_LITERAL' || target.type === 'BLOCK_FOLDED') at = this.#text.indexOf('\n', at) + 1;
    else if (target.type !== 'PLAIN') at++;
    for (let i = 0; i < index && i < value.length; i++) {
      if (/\s/.test(value[i] ?? '')) continue;
      while (at < range[1] && this.#text[at] !== value[i]) at++;
      at++;
    }
    while (at < range[1] && /\s/.test(this.#text[at] ?? '') && !/\s/.test(value[index] ?? ' ')) at++;
    return Math.min(at, range[1]);
  }

  /** As Go's decoder names a value that does not fit. */
  describe(node: Node | null): string {
    if (isMap(node)) return '!!map';
    if (isSeq(node)) return '!!seq';
    const text = isScalar(node) ? String(node.value) : '';
    return `!!str \`${text.length > 10 ? `${text.slice(0, 7)}...` : text}\``;
  }
}

/** Keys and values of a parsed document are nodes or absent. */
function asNode(value: unknown): Node | null {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null;
}

function yamlReason(code: string, error: { readonly message: string; readonly place: string }): string {
  if (code !== 'DUPLICATE_KEY') return error.message.replace(/\s+/g, ' ');
  const key = /^[\w.-]+/.exec(error.place)?.[0];
  return key === undefined ? 'key already set in map' : `key "${key}" already set in map`;
}

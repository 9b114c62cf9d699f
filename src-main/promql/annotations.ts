import type { Span } from '../../shared/promql/ast.ts';

/** Distinct annotations kept of one query; more would tell nobody anything. */
const MAX_ANNOTATIONS = 1000;

/** What many points of one query have in common, told as one info. */
export interface Occurrences {
  readonly minBound: number;
  readonly maxBound: number;
  readonly maxDifference: number;
  readonly samples: number;
  readonly fromMs: number;
  readonly toMs: number;
}

interface Merged {
  readonly occurrences: Occurrences;
  readonly print: (occurrences: Occurrences) => string;
  readonly span: Span;
}

/** Warnings and infos of one query: each text once, with the position it speaks of (util/annotations/annotations.go). */
export class Annotations {
  readonly #text: string | null;
  readonly #warnings = new Set<string>();
  readonly #infos = new Set<string>();
  readonly #merged = new Map<string, Merged>();

  /** `text` is the query as written, to turn offsets into lines; null: taken for a single line of ASCII. */
  constructor(text: string | null) {
    this.#text = text;
  }

  warn(message: string, span: Span): void {
    add(this.#warnings, `PromQL warning: ${message} (${this.#position(span.from)})`);
  }

  inform(message: string, span: Span): void {
    add(this.#infos, `PromQL info: ${message} (${this.#position(span.from)})`);
  }

  /** An info whose text is made at the end, of all occurrences with the same key and place. */
  merge(key: string, span: Span, one: Occurrences, print: (occurrences: Occurrences) => string): void {
    const id = `${key} ${span.from}`;
    const known = this.#merged.get(id);
    if (known === undefined) {
      if (this.#merged.size < MAX_ANNOTATIONS) this.#merged.set(id, { occurrences: one, print, span });
      return;
    }
    const before = known.occurrences;
    const occurrences = {
      minBound: Math.min(before.minBound, one.minBound),
      maxBound: Math.max(before.maxBound, one.maxBound),
      maxDifference: Math.max(before.maxDifference, one.maxDifference),
      samples: before.samples + one.samples,
      fromMs: Math.min(before.fromMs, one.fromMs),
      toMs: Math.max(before.toMs, one.toMs),
    };
    this.#merged.set(id, { ...known, occurrences });
  }

  get warnings(): string[] {
    return [...this.#warnings];
  }

  get infos(): string[] {
    const merged = [...this.#merged.values()].map(
      ({ occurrences, print, span }) => `PromQL info: ${print(occurrences)} (${this.#position(span.from)})`,
    );
    return [...this.#infos, ...merged];
  }

  /** `line:column`, both from 1, the column in bytes. */
  #position(offset: number): string {
    if (this.#text === null) return `1:${offset + 1}`;
    const before = this.#text.slice(0, offset);
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = before.split('\n').length;
    return `${line}:${Buffer.byteLength(before.slice(lineStart)) + 1}`;
  }
}

function add(set: Set<string>, text: string): void {
  if (set.size < MAX_ANNOTATIONS) set.add(text);
}

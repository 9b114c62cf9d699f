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

interface Note {
  readonly message: string;
  readonly offset: number;
}

interface Merged {
  readonly occurrences: Occurrences;
  readonly print: (occurrences: Occurrences) => string;
  readonly span: Span;
}

/** Warnings and infos of one query: each text once, with the position it speaks of (util/annotations/annotations.go). */
export class Annotations {
  readonly #text: string | null;
  readonly #warnings = new Map<string, Note>();
  readonly #infos = new Map<string, Note>();
  readonly #merged = new Map<string, Merged>();
  /** Offset -> offsets of equal parts of the query, which are evaluated once. */
  readonly #twins = new Map<number, Set<number>>();

  /** `text` is the query as written, to turn offsets into lines; null: taken for a single line of ASCII. */
  constructor(text: string | null) {
    this.#text = text;
  }

  warn(message: string, span: Span): void {
    add(this.#warnings, { message, offset: span.from });
  }

  inform(message: string, span: Span): void {
    add(this.#infos, { message, offset: span.from });
  }

  /** What is said of `span` holds for `twin` too. */
  twin(span: Span, twin: Span): void {
    const twins = this.#twins.get(span.from) ?? new Set();
    this.#twins.set(span.from, twins.add(twin.from));
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
    return this.#printed('warning', this.#warnings.values());
  }

  get infos(): string[] {
    const merged = [...this.#merged.values()].map(({ occurrences, print, span }) => ({
      message: print(occurrences),
      offset: span.from,
    }));
    return this.#printed('info', [...this.#infos.values(), ...merged]);
  }

  #printed(level: string, notes: Iterable<Note>): string[] {
    const texts = new Set<string>();
    for (const { message, offset } of notes)
      for (const place of [offset, ...(this.#twins.get(offset) ?? [])])
        texts.add(`PromQL ${level}: ${message} (${this.#position(place)})`);
    return [...texts];
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

function add(notes: Map<string, Note>, note: Note): void {
  if (notes.size < MAX_ANNOTATIONS) notes.set(`${note.offset} ${note.message}`, note);
}

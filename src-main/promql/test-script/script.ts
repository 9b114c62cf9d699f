/**
 * Prometheus's notation for tests of queries (promql/promqltest): series to load, queries to evaluate, and what they
 * must answer. All times count from the epoch.
 */
import type { Labels } from '../../model/labels.ts';
import type { HistogramLiteral } from './histogram-literal.ts';

export type SequenceItem =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'stale' }
  | { readonly kind: 'omitted' }
  | ({ readonly kind: 'histogram' } & HistogramLiteral);

export interface SeriesLine {
  readonly labels: Labels;
  readonly items: readonly SequenceItem[];
}

export interface Load {
  readonly kind: 'load';
  readonly line: number;
  readonly intervalMs: number;
  /** Also the classic histograms as native ones with custom buckets. */
  readonly withNativeHistograms: boolean;
  readonly series: readonly LoadedSeries[];
}

export interface LoadedSeries extends SeriesLine {
  /** When the counting of each sample began, as an offset to its time; null: unknown. */
  readonly startOffsetsMs: readonly (number | null)[] | null;
}

/** What an error or annotation must say: exactly, somewhere within, or anything. */
export type TextMatch =
  | { readonly kind: 'exact'; readonly text: string }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'any' };

export interface Steps {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export interface Expectations {
  readonly fail: TextMatch | null;
  readonly warn: readonly TextMatch[];
  readonly info: readonly TextMatch[];
  readonly noWarn: boolean;
  readonly noInfo: boolean;
  readonly ordered: boolean;
  readonly string: string | null;
  readonly scalar: number | null;
  /** The result is a range vector with points at these steps. */
  readonly rangeVector: Steps | null;
  readonly series: readonly ExpectedSeries[];
}

export interface ExpectedSeries extends SeriesLine {
  readonly line: number;
}

export interface Eval {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  readonly time:
    | { readonly kind: 'instant'; readonly timeMs: number }
    | { readonly kind: 'range'; readonly steps: Steps };
  readonly expect: Expectations;
}

export interface Clear {
  readonly kind: 'clear';
  readonly line: number;
}

export type Command = Clear | Load | Eval;

/** The script itself is wrong. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

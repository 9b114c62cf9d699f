import { type CancellationToken, type editor, type languages, type Position, Range } from 'monaco-editor/editor';
import { aggregationDocs, functionDocs, keywordDocs } from '../../shared/promql/docs.ts';
import { type HighlightToken, tokens } from '../../shared/promql/highlight.ts';
import type { EngineClient } from '../ipc/client.ts';

interface Place {
  readonly model: editor.ITextModel;
  readonly position: Position;
  readonly token: CancellationToken;
}

/** What the word under the mouse is: a metric's type and help, a function's signature and meaning. */
export async function hoverAt(
  engine: EngineClient,
  { model, position, token }: Place,
): Promise<languages.Hover | null> {
  const text = model.getValue();
  const offset = model.getOffsetAt(position);
  const under = tokens(text).find(({ span }) => span.from <= offset && offset < span.to);
  if (under === undefined) return null;
  const word = text.slice(under.span.from, under.span.to);
  const abort = new AbortController();
  const stop = token.onCancellationRequested(() => abort.abort());
  const lines = await linesFor(engine, under, word, abort.signal).catch(() => []);
  stop.dispose();
  if (lines.length === 0) return null;
  const range = Range.fromPositions(model.getPositionAt(under.span.from), model.getPositionAt(under.span.to));
  return { range, contents: lines.map((value) => ({ value })) };
}

async function linesFor(
  engine: EngineClient,
  { kind }: HighlightToken,
  word: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (kind === 'metric') {
    const found = await engine.call('metrics.search', { text: word, limit: 5 }, { signal });
    const metric = found.metrics.find((each) => each.name === word);
    if (metric === undefined) return [`\`${word}\``, 'No series has this name.'];
    const type = metric.type === '' ? '' : ` (${metric.type})`;
    return [`\`${word}\`${type}`, metric.help].filter((line) => line !== '');
  }
  const doc = functionDocs.get(word) ?? aggregationDocs.get(word.toLowerCase()) ?? keywordDocs.get(word.toLowerCase());
  if (doc === undefined || kind === 'label' || kind === 'string') return [];
  return [`\`${doc.signature}\``, doc.doc];
}

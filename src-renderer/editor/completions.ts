import { type CancellationToken, type editor, languages, type Position, Range } from 'monaco-editor/editor';
import { completionSituation, type Situation } from '../../shared/promql/completion.ts';
import { aggregationDocs, functionDocs, keywordDocs, type WordDoc } from '../../shared/promql/docs.ts';
import { quote } from '../format/labels.ts';
import type { EngineClient } from '../ipc/client.ts';

interface Place {
  readonly model: editor.ITextModel;
  readonly position: Position;
  readonly token: CancellationToken;
}

/** What a situation offers; Monaco ranks and filters by what is typed. */
interface Offer {
  readonly label: string;
  readonly insert: string;
  readonly kind: languages.CompletionItemKind;
  readonly detail?: string;
  readonly doc?: string;
  /** `insert` has a place for the cursor. */
  readonly snippet?: boolean;
  /** Open the list again at once: what comes next can be completed too. */
  readonly goOn?: boolean;
  /** Groups sort by it before anything else. */
  readonly rank: number;
}

const { CompletionItemKind, CompletionItemInsertTextRule } = languages;
const MOST_NAMES = 200;
const DURATIONS = ['1m', '5m', '10m', '15m', '30m', '1h', '6h', '1d', '7d', '30s'];
const UNITS = ['ms', 's', 'm', 'h', 'd', 'w', 'y'];

export async function completions(
  engine: EngineClient,
  { model, position, token }: Place,
): Promise<languages.CompletionList> {
  const offset = model.getOffsetAt(position);
  const situations = completionSituation(model.getValue(), offset);
  const abort = new AbortController();
  const stop = token.onCancellationRequested(() => abort.abort());
  try {
    const lists = await Promise.all(
      situations.map(async (situation) => {
        const offers = await offersFor(engine, situation, abort.signal);
        return offers.map((offer, at) => itemOf(offer, rangeOf(model, situation), at));
      }),
    );
    const history = model.getValue().trim() === '' ? await historyItems(engine, model, abort.signal) : [];
    return { suggestions: [...history, ...lists.flat()], incomplete: situations.some(isSearched) };
  } catch (error) {
    // Typing went on, or the engine is away: no suggestions now. The next key asks again.
    if (abort.signal.aborted || error instanceof Error) return { suggestions: [] };
    throw error;
  } finally {
    stop.dispose();
  }
}

/** The engine answered with its best matches only: ask again when more is typed. */
function isSearched(situation: Situation): boolean {
  return situation.kind === 'metric' || situation.kind === 'labelValue';
}

async function offersFor(engine: EngineClient, situation: Situation, signal: AbortSignal): Promise<readonly Offer[]> {
  switch (situation.kind) {
    case 'metric':
      return metricOffers(engine, situation.prefix, signal);
    case 'function':
      return [...functionDocs.values()]
        .filter((doc) => !doc.experimental)
        .map((doc) => callOffer(doc, CompletionItemKind.Function, 3));
    case 'aggregation':
      return [...aggregationDocs.values()]
        .filter((doc) => !doc.experimental)
        .map((doc) => callOffer(doc, CompletionItemKind.Method, 2));
    case 'keyword':
      return situation.words.map((word) => keywordOffer(word));
    case 'labelName':
      return labelNameOffers(engine, situation.selectors, signal);
    case 'labelValue':
      return labelValueOffers(engine, situation, signal);
    case 'duration':
      return (situation.units ? UNITS.map((unit) => numberOf(situation.prefix) + unit) : DURATIONS).map((text, at) => ({
        label: text,
        insert: text,
        kind: CompletionItemKind.Unit,
        rank: at,
      }));
  }
}

async function metricOffers(engine: EngineClient, text: string, signal: AbortSignal): Promise<readonly Offer[]> {
  const found = await engine.call('metrics.search', { text, limit: 100 }, { signal });
  return found.metrics.map((metric) => ({
    label: metric.name,
    insert: metric.name,
    kind: CompletionItemKind.Variable,
    detail: [metric.type, metric.unit].filter((part) => part !== '').join(', '),
    doc: metric.help,
    rank: 1,
  }));
}

async function labelNameOffers(
  engine: EngineClient,
  selectors: readonly string[],
  signal: AbortSignal,
): Promise<readonly Offer[]> {
  const names = await engine.call('labels.names', { match: selectors[0] ?? '', limit: MOST_NAMES }, { signal });
  return names
    .filter((name) => name !== '__name__')
    .map((name) => ({ label: name, insert: name, kind: CompletionItemKind.Field, rank: 1 }));
}

async function labelValueOffers(
  engine: EngineClient,
  { label, selector, quoted }: Extract<Situation, { kind: 'labelValue' }>,
  signal: AbortSignal,
): Promise<readonly Offer[]> {
  const values = await engine.call('labels.values', { name: label, match: selector, limit: MOST_NAMES }, { signal });
  return values.map((value) => ({
    label: value,
    insert: quoted ? quote(value).slice(1, -1) : quote(value),
    kind: CompletionItemKind.Value,
    rank: 1,
  }));
}

async function historyItems(
  engine: EngineClient,
  model: editor.ITextModel,
  signal: AbortSignal,
): Promise<languages.CompletionItem[]> {
  const entries = await engine.call('query.history', { search: '', limit: 5 }, { signal });
  return entries.map((entry, at) => ({
    label: { label: entry.query, description: 'run before' },
    insertText: entry.query,
    kind: CompletionItemKind.Reference,
    range: model.getFullModelRange(),
    sortText: `0 ${at}`,
  }));
}

function callOffer(doc: WordDoc, kind: languages.CompletionItemKind, rank: number): Offer {
  const insert = doc.signature.includes('()') ? `${doc.name}()` : `${doc.name}($0)`;
  return {
    label: doc.name,
    insert,
    kind,
    detail: doc.signature,
    doc: doc.doc,
    snippet: true,
    goOn: insert.includes('$0'),
    rank,
  };
}

function keywordOffer(word: string): Offer {
  const doc = keywordDocs.get(word);
  return {
    label: word,
    insert: word,
    kind: /^\w/.test(word) ? CompletionItemKind.Keyword : CompletionItemKind.Operator,
    ...(doc === undefined ? {} : { detail: doc.signature, doc: doc.doc }),
    rank: 4,
  };
}

function numberOf(prefix: string): string {
  return /^[0-9]*/.exec(prefix)?.[0] ?? '';
}

function itemOf(offer: Offer, range: Range, at: number): languages.CompletionItem {
  return {
    label: offer.label,
    insertText: offer.insert,
    kind: offer.kind,
    range,
    sortText: `${offer.rank} ${String(at).padStart(4, '0')}`,
    ...(offer.detail === undefined ? {} : { detail: offer.detail }),
    ...(offer.doc === undefined ? {} : { documentation: offer.doc }),
    ...(offer.snippet === true ? { insertTextRules: CompletionItemInsertTextRule.InsertAsSnippet } : {}),
    ...(offer.goOn === true ? { command: { id: 'editor.action.triggerSuggest', title: 'Suggest' } } : {}),
  };
}

function rangeOf(model: editor.ITextModel, { span }: Situation): Range {
  return Range.fromPositions(model.getPositionAt(span.from), model.getPositionAt(span.to));
}

/** Label values and annotations of alerting rules: parsed once, expanded for every alert. */
import { TemplateError } from '../model/go-template/errors.ts';
import type { FunctionTable } from '../model/go-template/function-table.ts';
import { TemplateSet } from '../model/go-template/template.ts';
import { GoObject, type GoValue, stringMap } from '../model/go-template/value.ts';
import { type Labels, labelEntries } from '../model/labels.ts';
import type { NativeHistogram } from '../model/native-histogram.ts';
import { printHistogram } from '../promql/histograms/print.ts';
import type { QueryFn, Sample } from './query.ts';
import { type Answers, answerQuery, knownFunctions, PendingQuery, templateFunctions } from './template-functions.ts';

/** Variables that every alert template begins with. */
const PREFIX =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}';
/** A template may ask for so many different queries. */
const MAX_QUERIES = 100;

/** Parses a template of a rule, to say what is wrong with it; null when nothing is. */
export function templateProblem(ruleName: string, text: string): string | null {
  return new AlertTemplate(ruleName, text).problem;
}

export interface ExpandOptions {
  readonly query: QueryFn;
  readonly timeMs: number;
  readonly externalLabels: Labels;
  readonly externalUrl: string;
}

/** What all templates of one evaluation share: answers of queries are asked for once. */
export class Expansion {
  readonly #options: ExpandOptions;
  readonly #answers: Answers = new Map();
  readonly #functions: FunctionTable;
  readonly #externalLabels: GoValue;

  constructor(options: ExpandOptions) {
    this.#options = options;
    const { timeMs, externalUrl } = options;
    this.#functions = templateFunctions({ timeMs, externalUrl, answers: this.#answers });
    this.#externalLabels = stringMap(labelEntries(options.externalLabels));
  }

  data(sample: Sample): GoValue {
    return new GoObject(DATA_TYPE, {
      Labels: stringMap(labelEntries(sample.labels)),
      ExternalLabels: this.#externalLabels,
      ExternalURL: this.#options.externalUrl,
      Value: sample.histogram === undefined ? sample.value : histogramValue(sample.histogram),
    });
  }

  /** Executes until no answer is missing. */
  async run(execute: (functions: FunctionTable) => string): Promise<string> {
    for (let i = 0; i <= MAX_QUERIES; i++) {
      try {
        return execute(this.#functions);
      } catch (error) {
        if (!(error instanceof PendingQuery)) throw error;
        const { query, timeMs } = this.#options;
        this.#answers.set(error.query, await answerQuery(query, error.query, timeMs));
      }
    }
    throw new TemplateError(`more than ${MAX_QUERIES} different queries`);
  }
}

/** Prints as Prometheus prints it. */
function histogramValue(histogram: NativeHistogram): GoValue {
  const print = () => printHistogram(histogram);
  return new GoObject('*histogram.FloatHistogram', {}, { String: print });
}

const DATA_TYPE =
  'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }';

export class AlertTemplate {
  readonly #name: string;
  readonly #text: string;
  /** null for a text without any action: it expands to itself. */
  readonly #set: TemplateSet | null;
  readonly problem: string | null;

  constructor(ruleName: string, text: string) {
    this.#name = `__alert_${ruleName}`;
    this.#text = text;
    const set = text.includes('{{') ? new TemplateSet(knownFunctions) : null;
    this.#set = set;
    this.problem = set === null ? null : problemOf(() => set.parse(this.#name, PREFIX + text));
  }

  /** The text, or `<error expanding template: ...>`: an alert is never lost because of its template. */
  expand(expansion: Expansion, data: () => GoValue): string | Promise<string> {
    return this.#set === null ? this.#text : this.#execute(this.#set, expansion, data());
  }

  async #execute(set: TemplateSet, expansion: Expansion, data: GoValue): Promise<string> {
    if (this.problem !== null) {
      return `<error expanding template: error parsing template ${this.#name}: ${this.problem}>`;
    }
    try {
      return await expansion.run((functions) => set.execute(this.#name, data, functions));
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return `<error expanding template: error executing template ${this.#name}: ${error.message}>`;
    }
  }
}

function problemOf(parse: () => void): string | null {
  try {
    parse();
    return null;
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

/** A set of Go templates that see each other, parsed once and executed often (text/template). */
import { builtins } from './builtins.ts';
import { TemplateError } from './errors.ts';
import { type ExecuteOptions, executeTemplate } from './execute.ts';
import type { FunctionTable } from './function-table.ts';
import { parseTemplate } from './parse.ts';
import { printValue } from './print-value.ts';
import type { Tree } from './tree.ts';
import type { GoValue } from './value.ts';

export class TemplateSet {
  readonly #functions: FunctionTable;
  readonly #trees: Map<string, Tree>;

  /** `functions` are known beside Go's own. */
  constructor(functions: FunctionTable, trees: Map<string, Tree> = new Map()) {
    this.#functions = functions;
    this.#trees = trees;
  }

  /** Adds what `source` defines, and itself under `name`; a later definition replaces an earlier. Throws TemplateError. */
  parse(name: string, source: string): void {
    const knows = (fn: string) => fn === 'and' || fn === 'or' || fn in builtins || fn in this.#functions;
    for (const tree of parseTemplate(name, source, knows)) {
      if (isEmpty(tree) && this.#trees.has(tree.name)) continue;
      this.#trees.set(tree.name, tree);
    }
  }

  /** A set that starts with what this one has; additions to it do not show here. */
  copy(): TemplateSet {
    return new TemplateSet(this.#functions, new Map(this.#trees));
  }

  /**
   * Executes template `name`; `functions` stand in for those given at construction, `print` for how values become text.
   * Throws TemplateError.
   */
  execute(
    name: string,
    data: GoValue,
    functions: FunctionTable = this.#functions,
    print: ExecuteOptions['print'] = (value) => printValue(value),
  ): string {
    return executeTemplate(this.#trees, name, data, { functions, print });
  }
}

/** Go keeps an earlier definition when the later one holds only space and comments. */
function isEmpty(tree: Tree): boolean {
  return tree.nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}

/** For callers that must tell a template's refusal from a bug. */
export function isTemplateError(error: unknown): error is TemplateError {
  return error instanceof TemplateError;
}

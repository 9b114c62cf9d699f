/** Runs parsed templates (text/template/exec.go). */
import { builtins } from './builtins.ts';
import { TemplateError } from './errors.ts';
import {
  EXPECTED,
  type FunctionTable,
  fits,
  GO_TYPE,
  type GoFunction,
  type ParamType,
  paramAt,
} from './function-table.ts';
import { memberOf } from './members.ts';
import { printValue } from './print-value.ts';
import { rangeEntries } from './range-entries.ts';
import type { Branch, Command, Node, NumberNode, Operand, Pipe, Tree } from './tree.ts';
import { type GoValue, isTrue, NO_VALUE, typeName } from './value.ts';

/** A template must not grow without end: refused beyond these. */
const MAX_OUTPUT = 4 * 1024 * 1024;
const MAX_STEPS = 5_000_000;
const MAX_CALLS = 200;

export type TreeTable = ReadonlyMap<string, Tree>;

/** `print` makes a value text, knowing the output so far. */
export interface ExecuteOptions {
  readonly functions: FunctionTable;
  readonly print: (value: GoValue, before: string) => string;
}

/** Executes the template `name` with `data` as its dot. Throws TemplateError. */
export function executeTemplate(trees: TreeTable, name: string, data: GoValue, options: ExecuteOptions): string {
  const tree = trees.get(name);
  if (tree === undefined)
    throw new TemplateError(`template: no template ${JSON.stringify(name)} associated with template`);
  return new Execution(trees, options).run(tree, data);
}

/** How a list of nodes ended. */
type Flow = 'next' | 'break' | 'continue';

interface Place {
  readonly at: number;
  readonly text: string;
}

interface Variable {
  readonly name: string;
  value: GoValue;
}

class Execution {
  readonly #trees: TreeTable;
  readonly #options: ExecuteOptions;
  #out = '';
  #steps = 0;
  #calls = 0;
  #tree: Tree = { name: '', file: '', source: '', nodes: [] };
  #variables: Variable[] = [];
  #place: Place = { at: 0, text: '' };

  constructor(trees: TreeTable, options: ExecuteOptions) {
    this.#trees = trees;
    this.#options = options;
  }

  run(tree: Tree, data: GoValue): string {
    this.#runTree(tree, data);
    return this.#out;
  }

  #runTree(tree: Tree, data: GoValue): void {
    const [outerTree, outerVariables] = [this.#tree, this.#variables];
    this.#tree = tree;
    this.#variables = [{ name: '$', value: data }];
    this.#list(tree.nodes, data);
    this.#tree = outerTree;
    this.#variables = outerVariables;
  }

  #error(reason: string): TemplateError {
    const { at, text } = this.#place;
    const before = this.#tree.source.slice(0, at);
    const line = before.split('\n').length;
    const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1));
    const where = `template: ${this.#tree.file}:${line}:${column}`;
    return new TemplateError(`${where}: executing ${JSON.stringify(this.#tree.name)} at <${text}>: ${reason}`);
  }

  #write(text: string): void {
    if (this.#out.length + text.length > MAX_OUTPUT)
      throw this.#error(`output is longer than ${MAX_OUTPUT} characters`);
    this.#out += text;
  }

  #step(place: Place): void {
    this.#place = place;
    if (++this.#steps > MAX_STEPS) throw this.#error('too many steps');
  }

  #list(nodes: readonly Node[], dot: GoValue): Flow {
    for (const node of nodes) {
      const flow = this.#node(node, dot);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  #node(node: Node, dot: GoValue): Flow {
    this.#step(node);
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        return 'next';
      case 'action': {
        const value = this.#pipe(node.pipe, dot);
        if (node.pipe.declares.length === 0) this.#write(this.#options.print(value, this.#out));
        return 'next';
      }
      case 'if':
      case 'with':
        return this.#condition(node, dot);
      case 'range':
        return this.#range(node, dot);
      case 'template':
        this.#call(node, node.name, node.pipe === null ? NO_VALUE : this.#pipe(node.pipe, dot));
        return 'next';
      case 'break':
      case 'continue':
        return node.kind;
    }
  }

  #call(place: Place, name: string, data: GoValue): void {
    this.#place = place;
    const tree = this.#trees.get(name);
    if (tree === undefined) throw this.#error(`template ${JSON.stringify(name)} not defined`);
    if (++this.#calls > MAX_CALLS) throw this.#error(`exceeded maximum template depth (${MAX_CALLS})`);
    this.#runTree(tree, data);
    this.#calls--;
  }

  #condition(node: Branch, dot: GoValue): Flow {
    const mark = this.#variables.length;
    const value = this.#pipe(node.pipe, dot);
    const inner = node.kind === 'with' && isTrue(value) ? value : dot;
    const flow = this.#list(isTrue(value) ? node.body : node.otherwise, inner);
    this.#variables.length = mark;
    return flow;
  }

  #range(node: Branch, dot: GoValue): Flow {
    const mark = this.#variables.length;
    const value = this.#pipe({ ...node.pipe, declares: [] }, dot);
    const entries = rangeEntries(value, MAX_STEPS);
    if (entries === null) {
      this.#place = node.pipe;
      throw this.#error(`range can't iterate over ${printValue(value)}`);
    }
    for (const [key, element] of entries) {
      this.#rangeVariables(node.pipe, key, element);
      const flow = this.#list(node.body, element);
      this.#variables.length = mark;
      if (flow === 'break') break;
    }
    if (entries.length > 0) return 'next';
    const flow = this.#list(node.otherwise, dot);
    this.#variables.length = mark;
    return flow;
  }

  /** One variable gets the element, two get key and element. */
  #rangeVariables({ declares, isAssign }: Pipe, key: GoValue, element: GoValue): void {
    const [first, second] = declares;
    if (first === undefined) return;
    const values: [string, GoValue][] =
      second === undefined
        ? [[first, element]]
        : [
            [first, key],
            [second, element],
          ];
    for (const [name, value] of values) this.#setVariable(name, value, isAssign);
  }

  #setVariable(name: string, value: GoValue, isAssign: boolean): void {
    if (!isAssign) {
      this.#variables.push({ name, value });
      return;
    }
    const variable = this.#variables.findLast((v) => v.name === name);
    if (variable === undefined) throw this.#error(`undefined variable: ${name}`);
    variable.value = value;
  }

  #pipe(pipe: Pipe, dot: GoValue): GoValue {
    let value: GoValue | undefined;
    for (const command of pipe.commands) value = this.#command(command, dot, value);
    const result = value ?? null;
    for (const name of pipe.declares) this.#setVariable(name, result, pipe.isAssign);
    return result;
  }

  /** `piped` is the value from the stage before; undefined at the first. */
  #command(command: Command, dot: GoValue, piped: GoValue | undefined): GoValue {
    this.#step(command);
    const [head, ...rest] = command.operands;
    switch (head.kind) {
      case 'identifier':
        return this.#function(head, { command, args: rest, dot, piped });
      case 'field':
      case 'variable':
      case 'chain':
        return this.#members(head, { command, args: rest, dot, piped });
      default:
        if (rest.length > 0 || piped !== undefined) {
          this.#place = head;
          throw this.#error(`can't give argument to non-function ${head.text}`);
        }
        if (head.kind === 'nil') {
          this.#place = head;
          throw this.#error('nil is not a command');
        }
        return this.#operand(head, dot);
    }
  }

  #variable(name: string): GoValue {
    return this.#variables.findLast((v) => v.name === name)?.value ?? null;
  }

  #members(head: Extract<Operand, { readonly names: readonly string[] }>, call: Call): GoValue {
    const { names } = head;
    let current = this.#start(head, call.dot);
    if (head.kind !== 'chain') this.#place = head;
    for (const [i, name] of names.entries()) {
      const isLast = i === names.length - 1;
      current = this.#member(head, { value: current, name }, isLast ? call : null);
    }
    if (names.length === 0 && (call.args.length > 0 || call.piped !== undefined)) {
      this.#place = head;
      throw this.#error(`can't give argument to non-function ${head.text}`);
    }
    return current;
  }

  /** The value that the names of a field, variable or chain begin at. */
  #start(head: Extract<Operand, { readonly names: readonly string[] }>, dot: GoValue): GoValue {
    switch (head.kind) {
      case 'field':
        return dot;
      case 'variable':
        return this.#variable(head.name);
      case 'chain':
        return this.#operand(head.head, dot);
    }
  }

  #member(head: Operand, { value, name }: { value: GoValue; name: string }, call: Call | null): GoValue {
    const member = this.#wrapped(() => memberOf(value, name), '');
    const args = call === null ? [] : this.#anyArguments(call);
    if (args.length > 0) this.#place = head;
    if (member.kind === 'method') return this.#wrapped(() => member.method(...args), `error calling ${name}: `);
    if (args.length > 0) throw this.#error(`${name} is not a method but has arguments`);
    return member.value;
  }

  #anyArguments({ args, dot, piped }: Call): GoValue[] {
    const values = args.map((arg) => this.#operand(arg, dot));
    return piped === undefined ? values : [...values, piped];
  }

  /** Gives a refusal the place in the template. */
  #wrapped<T>(action: () => T, prefix: string): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof TemplateError) throw this.#error(prefix + error.message);
      throw error;
    }
  }

  #function(head: Operand & { readonly kind: 'identifier' }, call: Call): GoValue {
    this.#place = head;
    const { name } = head;
    if (name === 'and' || name === 'or') return this.#shortCut(name, call);
    const fn = this.#options.functions[name] ?? builtins[name];
    if (fn === undefined) throw this.#error(`${JSON.stringify(name)} is not a defined function`);
    const given = call.args.length + (call.piped === undefined ? 0 : 1);
    this.#checkCount(name, fn, given);
    const args = call.args.map((arg, i) => this.#argument(arg, paramAt(fn, i), call.dot));
    if (call.piped !== undefined) {
      this.#place = head;
      args.push(this.#checked(call.piped, paramAt(fn, args.length)));
    }
    this.#place = call.command;
    return this.#wrapped(() => fn.call(...args), `error calling ${name}: `);
  }

  #checkCount(name: string, fn: GoFunction, given: number): void {
    const wanted = fn.params.length;
    if (given === wanted || (given > wanted && fn.rest !== undefined)) return;
    const atLeast = fn.rest === undefined ? '' : 'at least ';
    throw this.#error(`wrong number of args for ${name}: want ${atLeast}${wanted} got ${given}`);
  }

  /** `and` and `or` stop at the first operand that decides. */
  #shortCut(name: 'and' | 'or', { args, dot, piped }: Call): GoValue {
    if (args.length + (piped === undefined ? 0 : 1) === 0) {
      throw this.#error(`wrong number of args for ${name}: want at least 1 got 0`);
    }
    let value: GoValue = null;
    for (const arg of args) {
      value = this.#operand(arg, dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return piped ?? value;
  }

  #argument(node: Operand, type: ParamType, dot: GoValue): GoValue {
    this.#step(node);
    if (node.kind === 'number') return this.#constant(node, type);
    if (type !== 'any' && (node.kind === 'nil' || node.kind === 'bool' || node.kind === 'string')) {
      const value = this.#operand(node, dot);
      if (fits(value, type)) return value;
      throw this.#error(
        node.kind === 'nil'
          ? `cannot assign nil to ${GO_TYPE[type]}`
          : `expected ${EXPECTED[type]}; found ${node.text}`,
      );
    }
    const value = this.#operand(node, dot);
    this.#place = node;
    return this.#checked(value, type);
  }

  #constant(node: NumberNode, type: ParamType): GoValue {
    switch (type) {
      case 'any':
        return this.#ideal(node);
      case 'float':
        return node.float;
      case 'int':
        if (node.int !== null) return node.int;
        break;
      case 'string':
      case 'bool':
    }
    throw this.#error(`expected ${EXPECTED[type]}; found ${node.text}`);
  }

  #ideal(node: NumberNode): GoValue {
    if (node.isFloat) return node.float;
    if (node.int === null || BigInt.asIntN(64, node.int) !== node.int) throw this.#error(`${node.text} overflows int`);
    return node.int;
  }

  #checked(value: GoValue, type: ParamType): GoValue {
    if (type === 'any' || fits(value, type)) return value;
    if (value === null || value === NO_VALUE) throw this.#error(`invalid value; expected ${GO_TYPE[type]}`);
    throw this.#error(`wrong type for value; expected ${GO_TYPE[type]}; got ${typeName(value)}`);
  }

  #operand(node: Operand, dot: GoValue): GoValue {
    this.#step(node);
    const noCall: Call = { command: node, args: [], dot, piped: undefined };
    switch (node.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'bool':
      case 'string':
        return node.value;
      case 'number':
        return this.#ideal(node);
      case 'field':
      case 'variable':
      case 'chain':
        return this.#members(node, noCall);
      case 'identifier':
        return this.#function(node, noCall);
      case 'pipe': {
        const mark = this.#variables.length;
        const value = this.#pipe(node.pipe, dot);
        this.#variables.length = mark;
        return value;
      }
    }
  }
}

interface Call {
  readonly command: Place;
  readonly args: readonly Operand[];
  readonly dot: GoValue;
  readonly piped: GoValue | undefined;
}

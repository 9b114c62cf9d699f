/** Parser of Go templates (text/template/parse/parse.go). */
import { TemplateError } from './errors.ts';
import { goQuote, goUnquote } from './go-quote.ts';
import { lex, type Token, type TokenKind } from './lex.ts';
import { parseNumber } from './parse-number.ts';
import type { Branch, Command, Node, Operand, Pipe, Tree } from './tree.ts';

/** Parses `source` into its top template and those it defines. `knows` tells function names. Throws TemplateError. */
export function parseTemplate(file: string, source: string, knows: (name: string) => boolean): Tree[] {
  return new Parser(file, source, knows).parse();
}

/** What ended a list of nodes. */
type ListEnd = 'end' | 'else' | 'eof';

const MAX_DEPTH = 200;

class Parser {
  readonly #file: string;
  readonly #source: string;
  readonly #knows: (name: string) => boolean;
  readonly #tokens: readonly Token[];
  readonly #trees: Tree[] = [];
  #next = 0;
  #depth = 0;
  #rangeDepth = 0;
  #variables: string[] = ['$'];

  constructor(file: string, source: string, knows: (name: string) => boolean) {
    this.#file = file;
    this.#source = source;
    this.#knows = knows;
    this.#tokens = lex(source, (at, reason) => this.#error(at, reason));
  }

  parse(): Tree[] {
    const top = this.#list();
    if (top.end !== 'eof') throw this.#error(this.#peek().at, `unexpected {{${top.end}}}`);
    return [{ name: this.#file, file: this.#file, source: this.#source, nodes: top.nodes }, ...this.#trees];
  }

  #error(at: number, reason: string): TemplateError {
    const line = this.#source.slice(0, at).split('\n').length;
    return new TemplateError(`template: ${this.#file}:${line}: ${reason}`);
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', at: this.#source.length };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #peekNonSpace(): Token {
    while (this.#peek().kind === 'space') this.#next++;
    return this.#peek();
  }

  #expect(kind: TokenKind, context: string): Token {
    const token = this.#peekNonSpace();
    if (token.kind !== kind) throw this.#unexpected(token, context);
    return this.#take();
  }

  #unexpected(token: Token, context: string): TemplateError {
    const what = token.kind === 'end' ? 'EOF' : token.kind === 'keyword' ? `<${token.text}>` : goQuote(token.text);
    return this.#error(token.at, `unexpected ${what} in ${context}`);
  }

  #list(): { readonly nodes: Node[]; readonly end: ListEnd } {
    if (++this.#depth > MAX_DEPTH) throw this.#error(this.#peek().at, 'max nesting depth exceeded');
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#take();
      if (token.kind === 'end') return this.#endList(nodes, 'eof');
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', at: token.at, text: token.text });
        continue;
      }
      const found = this.#action(token);
      if (found === 'end' || found === 'else') return this.#endList(nodes, found);
      if (found !== null) nodes.push(found);
    }
  }

  #endList(nodes: Node[], end: ListEnd): { readonly nodes: Node[]; readonly end: ListEnd } {
    this.#depth--;
    return { nodes, end };
  }

  /** After `{{`. Returns a node, how the list ends, or null for a definition. An else's own `if` is left to read. */
  #action(open: Token): Node | 'end' | 'else' | null {
    const token = this.#peekNonSpace();
    if (token.kind !== 'keyword' || token.text === 'nil') return this.#pipeAction(open);
    this.#take();
    switch (token.text) {
      case 'end':
        this.#expect('close', 'end');
        return 'end';
      case 'else':
        return 'else';
      case 'if':
      case 'with':
      case 'range':
        return this.#branch(token, token.text);
      case 'define':
        return this.#define(token);
      case 'block':
        return this.#block(token);
      case 'template':
        return this.#templateCall();
      default:
        return this.#loopControl(token);
    }
  }

  #loopControl(token: Token): Node {
    if (this.#rangeDepth === 0) throw this.#error(token.at, `{{${token.text}}} outside {{range}}`);
    this.#expect('close', `{{${token.text}}}`);
    return { kind: token.text === 'break' ? 'break' : 'continue', at: token.at, text: token.text };
  }

  #pipeAction(open: Token): Node {
    const pipe = this.#pipe('command', 'close');
    return { kind: 'action', at: open.at, text: pipe.text, pipe };
  }

  #branch(token: Token, kind: Branch['kind']): Node {
    const scope = this.#variables.length;
    const pipe = this.#pipe(kind, 'close');
    if (kind === 'range') this.#rangeDepth++;
    const body = this.#list();
    if (kind === 'range') this.#rangeDepth--;
    let otherwise: readonly Node[] = [];
    if (body.end === 'eof') throw this.#error(this.#source.length, 'unexpected EOF');
    if (body.end === 'else') otherwise = this.#elseList(kind);
    this.#variables.length = scope;
    return { kind, at: token.at, text: pipe.text, pipe, body: body.nodes, otherwise };
  }

  /** After `{{else`. */
  #elseList(kind: Branch['kind']): readonly Node[] {
    const token = this.#peekNonSpace();
    const chained = token.kind === 'keyword' && token.text === kind && kind !== 'range';
    if (chained) {
      this.#take();
      return [this.#branch(token, kind)];
    }
    this.#expect('close', 'else');
    const list = this.#list();
    if (list.end === 'else') throw this.#error(this.#peek().at, 'expected end; found {{else}}');
    if (list.end === 'eof') throw this.#error(this.#source.length, 'unexpected EOF');
    return list.nodes;
  }

  #define(token: Token): null {
    if (this.#depth > 1) throw this.#error(token.at, 'unexpected {{define}}');
    const name = this.#templateName('define clause');
    this.#expect('close', 'define clause');
    this.#definition(token, name, 'define');
    return null;
  }

  #definition(token: Token, name: string, context: string): void {
    const variables = this.#variables;
    this.#variables = ['$'];
    const body = this.#list();
    this.#variables = variables;
    if (body.end !== 'end') throw this.#error(token.at, `unexpected ${body.end} in ${context}`);
    this.#trees.push({ name, file: this.#file, source: this.#source, nodes: body.nodes });
  }

  #block(token: Token): Node {
    const name = this.#templateName('block clause');
    const pipe = this.#pipe('block clause', 'close');
    this.#definition(token, name, 'block clause');
    return { kind: 'template', at: token.at, text: name, name, pipe };
  }

  #templateCall(): Node {
    const { at } = this.#peekNonSpace();
    const name = this.#templateName('template clause');
    let pipe: Pipe | null = null;
    if (this.#peekNonSpace().kind === 'close') this.#take();
    else pipe = this.#pipe('template clause', 'close');
    const text = `{{template ${goQuote(name)}${pipe === null ? '' : ` ${pipe.text}`}}}`;
    return { kind: 'template', at, text, name, pipe };
  }

  #templateName(context: string): string {
    const token = this.#peekNonSpace();
    if (token.kind !== 'string' && token.kind !== 'raw') throw this.#unexpected(token, context);
    this.#take();
    return this.#stringValue(token);
  }

  #pipe(context: string, end: 'close' | ')'): Pipe {
    const first = this.#peekNonSpace();
    const { declares, isAssign } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#peekNonSpace();
      if (token.kind === end) {
        const last = this.#take();
        if (commands.length === 0) throw this.#error(token.at, `missing value for ${context}`);
        return this.#checked({ at: first.at, text: this.#textOf(first.at, last.at), declares, isAssign, commands });
      }
      commands.push(this.#command(context));
    }
  }

  #checked(pipe: Pipe): Pipe {
    for (const [i, command] of pipe.commands.entries()) {
      const { kind, at } = command.operands[0];
      if (i > 0 && ['bool', 'dot', 'nil', 'number', 'string'].includes(kind)) {
        throw this.#error(at, `non executable command in pipeline stage ${i + 1}`);
      }
    }
    return pipe;
  }

  #textOf(from: number, to: number): string {
    return this.#source.slice(from, to).trimEnd();
  }

  /** `$x :=`, `$x =`, `$i, $x :=`. */
  #declarations(context: string): { readonly declares: readonly string[]; readonly isAssign: boolean } {
    const start = this.#next;
    const names: string[] = [];
    while (this.#peekNonSpace().kind === 'variable') {
      names.push(this.#take().text);
      const token = this.#peekNonSpace();
      if (token.kind === 'comma' && context === 'range' && names.length < 2) {
        this.#take();
        continue;
      }
      if (token.kind !== 'declare' && token.kind !== 'assign') break;
      this.#take();
      if (token.kind === 'declare') this.#variables.push(...names);
      return { declares: names, isAssign: token.kind === 'assign' };
    }
    this.#next = start;
    return { declares: [], isAssign: false };
  }

  #command(context: string): Command {
    const first = this.#peekNonSpace();
    const operands: Operand[] = [];
    for (;;) {
      operands.push(this.#operand(context));
      const token = this.#peek();
      if (token.kind === 'space') {
        const after = this.#peekNonSpace();
        if (after.kind !== 'pipe' && after.kind !== 'close' && after.kind !== ')') continue;
      }
      const end = this.#peek();
      if (end.kind === 'pipe') this.#take();
      else if (end.kind !== 'close' && end.kind !== ')') throw this.#unexpected(end, 'operand');
      if (end.kind === 'pipe' && ['close', ')', 'pipe'].includes(this.#peekNonSpace().kind)) {
        throw this.#error(end.at, `missing value for ${context}`);
      }
      const [head, ...rest] = operands;
      if (head === undefined) throw this.#error(first.at, 'empty command');
      return { at: first.at, text: this.#textOf(first.at, end.at), operands: [head, ...rest] };
    }
  }

  #operand(context: string): Operand {
    const head = this.#term(context);
    const names: string[] = [];
    const { at } = this.#peek(); // Go says the place of what follows, not of the head
    while (this.#peek().kind === 'field') names.push(this.#take().text.slice(1));
    if (names.length === 0) return head;
    const text = this.#textOf(head.at, this.#peek().at);
    switch (head.kind) {
      case 'field':
        return { ...head, at, text, names: [...head.names, ...names] };
      case 'variable':
        return { ...head, at, text, names: [...head.names, ...names] };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        throw this.#error(head.at, `unexpected . after term ${JSON.stringify(head.text)}`);
      default:
        return { kind: 'chain', at, text, head, names };
    }
  }

  #term(context: string): Operand {
    const token = this.#peekNonSpace();
    const { at, text } = token;
    this.#take();
    switch (token.kind) {
      case 'identifier':
        if (!this.#knows(text)) throw this.#error(at, `function ${JSON.stringify(text)} not defined`);
        return { kind: 'identifier', at, text, name: text };
      case 'dot':
        return { kind: 'dot', at, text };
      case 'keyword':
        if (text === 'nil') return { kind: 'nil', at, text };
        throw this.#unexpected(token, context);
      case 'bool':
        return { kind: 'bool', at, text, value: text === 'true' };
      case 'number':
      case 'char':
        return this.#number(token);
      case 'string':
      case 'raw':
        return { kind: 'string', at, text, value: this.#stringValue(token) };
      case 'field':
        return { kind: 'field', at, text, names: [text.slice(1)] };
      case 'variable':
        if (!this.#variables.includes(text)) throw this.#error(at, `undefined variable ${JSON.stringify(text)}`);
        return { kind: 'variable', at, text, name: text, names: [] };
      case '(':
        return this.#parenthesis(at);
      default:
        throw this.#unexpected(token, context);
    }
  }

  #parenthesis(at: number): Operand {
    if (++this.#depth > MAX_DEPTH) throw this.#error(at, 'max expression depth exceeded');
    const pipe = this.#pipe('parenthesized pipeline', ')');
    this.#depth--;
    return { kind: 'pipe', at, text: `(${pipe.text})`, pipe };
  }

  #number({ at, text }: Token): Operand {
    const number = parseNumber(text);
    if (number === null) throw this.#error(at, `illegal number syntax: ${JSON.stringify(text)}`);
    return { kind: 'number', at, text, ...number };
  }

  #stringValue({ kind, text, at }: Token): string {
    if (kind === 'raw') return text.slice(1, -1);
    const value = goUnquote(text.slice(1, -1));
    if (value === null) throw this.#error(at, 'invalid syntax');
    return value;
  }
}

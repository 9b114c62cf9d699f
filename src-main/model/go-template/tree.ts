/** The parsed template (text/template/parse/node.go). `at` is an offset into the source, `text` the node as written. */
interface Place {
  readonly at: number;
  readonly text: string;
}

export interface NumberNode extends Place {
  readonly kind: 'number';
  readonly float: number;
  /** The same number as an integer, when it is one. */
  readonly int: bigint | null;
  /** Whether it is a float64 where any type fits: written with a point or an exponent. */
  readonly isFloat: boolean;
}

export type Operand =
  | (Place & { readonly kind: 'dot' })
  | (Place & { readonly kind: 'nil' })
  | (Place & { readonly kind: 'bool'; readonly value: boolean })
  | NumberNode
  | (Place & { readonly kind: 'string'; readonly value: string })
  | (Place & { readonly kind: 'field'; readonly names: readonly string[] })
  | (Place & { readonly kind: 'variable'; readonly name: string; readonly names: readonly string[] })
  | (Place & { readonly kind: 'identifier'; readonly name: string })
  | (Place & { readonly kind: 'chain'; readonly head: Operand; readonly names: readonly string[] })
  | (Place & { readonly kind: 'pipe'; readonly pipe: Pipe });

export interface Command extends Place {
  readonly operands: readonly [Operand, ...Operand[]];
}

export interface Pipe extends Place {
  readonly declares: readonly string[];
  readonly isAssign: boolean;
  readonly commands: readonly Command[];
}

export interface Branch extends Place {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipe: Pipe;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

export type Node =
  | (Place & { readonly kind: 'text' })
  | (Place & { readonly kind: 'action'; readonly pipe: Pipe })
  | Branch
  | (Place & { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | null })
  | (Place & { readonly kind: 'break' })
  | (Place & { readonly kind: 'continue' });

/** One named template and the source it was cut from. */
export interface Tree {
  readonly name: string;
  readonly file: string;
  readonly source: string;
  readonly nodes: readonly Node[];
}

import { type Document, isAlias, isCollection, isNode, isPair, type Node } from 'yaml';

/** Nodes that a document may come to with every alias written out. */
const MAX_EXPANDED_NODES = 1_000_000;

export interface ResolvedAliases {
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<Node, Node>;
  /** The first alias that stands for nothing, or leads back into itself; null when all are well. */
  readonly problem: { readonly node: Node; readonly reason: string } | null;
}

/** Finds what every alias of a document stands for, in one walk: an anchor comes before its aliases. */
export function resolveAliases(document: Document.Parsed): ResolvedAliases {
  const walk = new Walk();
  const root = document.contents;
  if (root !== null && walk.sizeOf(root) > MAX_EXPANDED_NODES)
    walk.problem ??= { node: root, reason: 'yaml: document contains excessive aliasing' };
  return { targets: walk.targets, problem: walk.problem };
}

class Walk {
  readonly targets = new Map<Node, Node>();
  problem: ResolvedAliases['problem'] = null;
  readonly #anchors = new Map<string, Node>();
  readonly #sizes = new Map<unknown, number>();
  readonly #open = new Set<unknown>();

  /** Nodes below and including `node`, those behind aliases counted again at every alias. */
  sizeOf(node: unknown): number {
    const known = this.#sizes.get(node);
    if (known !== undefined) return known;
    if (isNode(node) && 'anchor' in node && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    this.#open.add(node);
    const size = this.#childrenOf(node).reduce((sum: number, child) => sum + this.sizeOf(child), 1);
    this.#open.delete(node);
    this.#sizes.set(node, size);
    return size;
  }

  #childrenOf(node: unknown): readonly unknown[] {
    if (isPair(node)) return [node.key, node.value];
    if (isCollection(node)) return node.items;
    if (!isAlias(node)) return [];
    const target = this.#anchors.get(node.source);
    if (target === undefined || this.#open.has(target)) {
      const wrong =
        target === undefined
          ? `unknown anchor '${node.source}' referenced`
          : `anchor '${node.source}' value contains itself`;
      this.problem ??= { node, reason: `yaml: ${wrong}` };
      return [];
    }
    this.targets.set(node, target);
    return [target];
  }
}

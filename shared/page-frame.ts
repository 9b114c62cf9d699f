/**
 * How a reply travels to the window when it is a page in a browser (POST /hearth/call/<name>): JSON, with the columns
 * behind it as raw bytes so that they are never printed as text.
 *
 *   u32 LE  length of the JSON in bytes
 *   JSON    UTF-8; a column stands in it as {"$column": i, "type": "f64" | "u8", "length": n}
 *   padding zero bytes to the next multiple of 8
 *   columns in order, little endian, each padded with zero bytes to a multiple of 8
 */
export const COLUMN_KEY = '$column';

export interface ColumnPlace {
  readonly [COLUMN_KEY]: number;
  readonly type: 'f64' | 'u8';
  readonly length: number;
}

export type Column = Float64Array | Uint8Array;

export function padTo8(byteLength: number): number {
  return (byteLength + 7) & ~7;
}

/** Splits a value into plain JSON and its columns. */
export function takeColumns(value: unknown): { readonly plain: unknown; readonly columns: readonly Column[] } {
  const columns: Column[] = [];
  const walk = (node: unknown): unknown => {
    if (node instanceof Float64Array || node instanceof Uint8Array) {
      columns.push(node);
      const type = node instanceof Float64Array ? 'f64' : 'u8';
      return { [COLUMN_KEY]: columns.length - 1, type, length: node.length } satisfies ColumnPlace;
    }
    if (Array.isArray(node)) return node.map(walk);
    if (node !== null && typeof node === 'object')
      return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, walk(v)]));
    return node;
  };
  return { plain: walk(value), columns };
}

/** The inverse of takeColumns. `body` holds the columns, from `offset` on, aligned to 8 bytes. */
export function putColumns(plain: unknown, body: ArrayBuffer, offset: number): unknown {
  let at = offset;
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (node === null || typeof node !== 'object') return node;
    if (!isColumnPlace(node)) return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, walk(v)]));
    const start = at;
    at += padTo8(node.type === 'f64' ? 8 * node.length : node.length);
    return node.type === 'f64' ? new Float64Array(body, start, node.length) : new Uint8Array(body, start, node.length);
  };
  return walk(plain);
}

function isColumnPlace(node: object): node is ColumnPlace {
  // A label may have that name too; its value is a string.
  return COLUMN_KEY in node && typeof node[COLUMN_KEY] === 'number' && 'type' in node && 'length' in node;
}

/** One parameter of a link as text; '' when it is not there. */
export function textParam(search: Readonly<Record<string, unknown>>, name: string): string {
  const value = search[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** A comma-separated list of which only the known words count. */
export function wordsParam<W extends string>(
  search: Readonly<Record<string, unknown>>,
  name: string,
  known: readonly W[],
): readonly W[] {
  const words = textParam(search, name).split(',');
  return known.filter((word) => words.includes(word));
}

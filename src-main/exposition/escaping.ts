/** Undoes `\\`, `\n` and `\"`; any other backslash stands for itself (the Prometheus parsers' lvalReplacer). */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\[\\n"]/g, (pair) => (pair === '\\n' ? '\n' : pair.charAt(1)));
}

/** HELP of the text format: a quote is not escaped there. */
export function unescapeHelp(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\[\\n]/g, (pair) => (pair === '\\n' ? '\n' : '\\'));
}

export function escapeLabelValue(text: string): string {
  return text.replaceAll(/[\\\n"]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`));
}

export function escapeHelp(text: string): string {
  return text.replaceAll(/[\\\n]/g, (c) => (c === '\n' ? '\\n' : '\\\\'));
}

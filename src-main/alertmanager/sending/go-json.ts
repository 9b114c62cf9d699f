/** JSON as Go's encoder writes it: what could end a script element or a line of JavaScript is escaped, a newline ends it. */
export function goJson(value: unknown): string {
  const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escaped)}\n`;
}

/** Of a field that is left out when it is empty. */
export function unlessEmpty<T extends string | number | boolean | readonly unknown[]>(value: T): T | undefined {
  const isEmpty = typeof value === 'object' ? value.length === 0 : !value;
  return isEmpty ? undefined : value;
}

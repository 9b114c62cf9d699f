/**
 * A label set: flat name/value pairs `[name0, value0, name1, value1, ...]`, sorted by name in UTF-8 byte order,
 * names unique, no empty values. Immutable: whoever holds one may keep it.
 */
export type Labels = readonly string[];

export const METRIC_NAME = '__name__';
export const NO_LABELS: Labels = [];

/** UTF-8 byte order (Go's string order). It differs from JavaScript's UTF-16 order only beyond the BMP. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const ca = a.charCodeAt(i);
    const cb = b.charCodeAt(i);
    if (ca !== cb) return codePointRank(ca) - codePointRank(cb);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other UTF-16 unit. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Builds a label set from any order of entries; empty values are left out; of a repeated name the last wins. */
export function labelsOf(entries: Iterable<readonly [string, string]>): Labels {
  const map = new Map(entries);
  const names = [...map.keys()].filter((name) => map.get(name) !== '').sort(compareStrings);
  return names.flatMap((name) => [name, map.get(name) ?? '']);
}

export function labelsFromRecord(record: Readonly<Record<string, string>>): Labels {
  return labelsOf(Object.entries(record));
}

export function labelsToRecord(labels: Labels): Record<string, string> {
  return Object.fromEntries(labelEntries(labels));
}

export function* labelEntries(labels: Labels): Generator<[name: string, value: string]> {
  for (let i = 0; i < labels.length; i += 2) yield [labels[i] ?? '', labels[i + 1] ?? ''];
}

/** The value of a label, or '' (an absent label and an empty one are the same thing). */
export function getLabel(labels: Labels, name: string): string {
  for (let i = 0; i < labels.length; i += 2) if (labels[i] === name) return labels[i + 1] ?? '';
  return '';
}

export function compareLabels(a: Labels, b: Labels): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const order = compareStrings(a[i] ?? '', b[i] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** A string equal for equal label sets only; 0xFF cannot occur in UTF-8, U+FFFF is its stand-in here. */
export function labelsKey(labels: Labels): string {
  return labels.join('\uffff');
}

/** The set without the given names. */
export function dropLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  const kept: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] ?? '';
    if (!names.has(name)) kept.push(name, labels[i + 1] ?? '');
  }
  return kept;
}

/** The set with `changes` laid over it; an empty value removes the label. */
export function withLabels(labels: Labels, changes: Iterable<readonly [string, string]>): Labels {
  return labelsOf([...labelEntries(labels), ...changes]);
}

/** `{a="b", c="d"}` with Go's quoting, the metric name in front: how Prometheus prints a series. */
export function formatLabels(labels: Labels): string {
  const name = getLabel(labels, METRIC_NAME);
  const rest = [...labelEntries(labels)]
    .filter(([n]) => n !== METRIC_NAME)
    .map(([n, v]) => `${n}=${JSON.stringify(v)}`);
  if (rest.length === 0 && name !== '') return name;
  return `${name}{${rest.join(', ')}}`;
}

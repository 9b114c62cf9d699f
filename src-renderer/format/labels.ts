import type { LabelRecord } from '../../shared/labels.ts';

/** One key for a label set, whatever order its labels come in. */
export function labelKey(labels: LabelRecord): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** The labels that all sets share, so that they can be shown once. Empty for fewer than two sets. */
export function commonLabels(sets: readonly LabelRecord[]): LabelRecord {
  const [first, ...others] = sets;
  if (first === undefined || others.length === 0) return {};
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((set) => set[name] === value)),
  );
}

/** `name{a="b"}` as PromQL writes it; labels in `hidden` are left out. `{}` when nothing is left. */
export function seriesName(labels: LabelRecord, hidden: LabelRecord = {}): string {
  const shown = Object.entries(labels).filter(([name]) => name !== '__name__' && !(name in hidden));
  const metric = '__name__' in hidden ? '' : (labels.__name__ ?? '');
  if (shown.length === 0) return metric === '' ? '{}' : metric;
  return `${metric}{${shown.map(([name, value]) => `${name}=${quote(value)}`).join(', ')}}`;
}

/** The selector of exactly this series. */
export function selectorOf(labels: LabelRecord): string {
  return seriesName(labels);
}

export function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}

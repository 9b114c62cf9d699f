import { type Labels, METRIC_NAME } from '../../model/labels.ts';

/** What a result that is no longer that metric loses: its name, and what was said of its type and unit. */
export const METADATA_LABELS: ReadonlySet<string> = new Set([METRIC_NAME, '__type__', '__unit__']);

/** `__name__` sorts before lower-case names but after upper-case ones, so it need not come first. */
export function withoutName(labels: Labels): Labels {
  let kept: string[] | null = null;
  for (let i = 0; i < labels.length; i += 2) {
    if (METADATA_LABELS.has(labels[i]!)) kept ??= labels.slice(0, i);
    else kept?.push(labels[i]!, labels[i + 1]!);
  }
  return kept ?? labels;
}

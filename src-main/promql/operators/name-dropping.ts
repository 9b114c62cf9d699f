import { type Labels, METRIC_NAME } from '../../model/labels.ts';

/** `__name__` sorts before lower-case names but after upper-case ones, so it need not come first. */
export function withoutName(labels: Labels): Labels {
  for (let i = 0; i < labels.length; i += 2)
    if (labels[i] === METRIC_NAME) return [...labels.slice(0, i), ...labels.slice(i + 2)];
  return labels;
}

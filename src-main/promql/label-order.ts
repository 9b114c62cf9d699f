import { compareLabels, type Labels } from '../model/labels.ts';

/** Indexes of label sets in label order. Joined keys sort natively; where UTF-16 order would differ, pair by pair. */
export function labelOrder(labels: readonly Labels[]): number[] {
  const order = labels.map((_, i) => i);
  const keys = labels.map((set) => set.join('\u0000'));
  if (keys.some((key) => /[\ud800-\udfff]/.test(key)))
    return order.sort((a, b) => compareLabels(labels[a]!, labels[b]!));
  return order.sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : 0));
}

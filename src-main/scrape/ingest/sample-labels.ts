import type { ScrapeConfig } from '../../config/scrape-config.ts';
import { compareStrings, getLabel, type Labels, labelEntries, labelsOf, METRIC_NAME } from '../../model/labels.ts';
import type { MetricType } from '../../model/metadata.ts';
import { relabel } from '../../model/relabel.ts';
import { ScrapeError } from '../errors.ts';

/**
 * The labels under which a scraped series is stored: target labels laid over (or, with honor_labels, under) its own,
 * then metric_relabel_configs. null when relabelling drops it. `scraped` are flat pairs, empty values included.
 * Throws ScrapeError for what fails the whole scrape.
 */
export function storedLabels(scraped: readonly string[], target: Labels, config: ScrapeConfig): Labels | null {
  const merged =
    merge(scraped, target) ?? labelsOf(config.honorLabels ? honoured(scraped, target) : overlaid(scraped, target));
  let labels = merged;
  if (config.metricRelabel.length > 0) {
    const result = relabel(merged, config.metricRelabel);
    if (!result.keep || result.labels.length === 0) return null;
    labels = result.labels;
  }
  if (getLabel(labels, METRIC_NAME) === '')
    throw new ScrapeError('invalid-sample', 'missing metric name (__name__ label)');
  checkLimits(labels, config);
  return labels;
}

/** Whether a series of this name belongs to the metric family, whose type says what its series are called. */
export function isPartOfFamily(name: string, family: string, type: MetricType): boolean {
  return suffixesOf(type).some((suffix) => name === family + suffix);
}

function suffixesOf(type: MetricType): readonly string[] {
  switch (type) {
    case 'counter':
      return ['', '_total'];
    case 'histogram':
      return ['', '_bucket', '_sum', '_count'];
    case 'gaugehistogram':
      return ['', '_bucket', '_gsum', '_gcount'];
    case 'summary':
      return ['', '_sum', '_count'];
    case 'info':
      return ['_info'];
    case 'gauge':
    case 'stateset':
    case 'unknown':
      return [''];
  }
}

/** Both together, sorted, where no name stands in both: the usual case, without the cost of maps. Else null. */
function merge(scraped: readonly string[], target: Labels): Labels | null {
  const own = sortedPairs(scraped);
  const merged: string[] = [];
  let i = 0;
  let j = 0;
  while (i < own.length || j < target.length) {
    const order = i === own.length ? 1 : j === target.length ? -1 : compareStrings(own[i]!, target[j]!);
    if (order === 0) return null;
    if (order > 0) {
      merged.push(target[j]!, target[j + 1]!);
      j += 2;
    } else {
      if (own[i + 1] !== '') merged.push(own[i]!, own[i + 1]!);
      i += 2;
    }
  }
  return merged;
}

/** Flat pairs by name; exposed labels are few and nearly sorted. */
function sortedPairs(pairs: readonly string[]): string[] {
  const sorted = [...pairs];
  for (let i = 2; i < sorted.length; i += 2) {
    const name = sorted[i]!;
    const value = sorted[i + 1]!;
    let at = i;
    for (; at > 0 && compareStrings(sorted[at - 2]!, name) > 0; at -= 2) {
      sorted[at] = sorted[at - 2]!;
      sorted[at + 1] = sorted[at - 1]!;
    }
    sorted[at] = name;
    sorted[at + 1] = value;
  }
  return sorted;
}

/** Scraped labels win, even empty ones, which then remove the target's. */
function honoured(scraped: readonly string[], target: Labels): Map<string, string> {
  const merged = new Map(labelEntries(target));
  for (const [name, value] of labelEntries(scraped)) merged.set(name, value);
  return merged;
}

/** The target's labels win; scraped ones of the same name move to `exported_<name>`, the prefix repeated until free. */
export function overlaid(scraped: readonly string[], target: Labels): Map<string, string> {
  const merged = new Map(labelEntries(scraped));
  const moved: [name: string, value: string][] = [];
  for (const [name, value] of labelEntries(target)) {
    const existing = merged.get(name) ?? '';
    if (existing !== '') moved.push([name, existing]);
    merged.set(name, value);
  }
  moved.sort((a, b) => a[0].length - b[0].length);
  for (const [name, value] of moved) {
    let free = `exported_${name}`;
    while ((merged.get(free) ?? '') !== '') free = `exported_${free}`;
    merged.set(free, value);
  }
  return merged;
}

function checkLimits(labels: Labels, config: ScrapeConfig): void {
  const { labelLimit, labelNameLengthLimit, labelValueLengthLimit } = config;
  if (labelLimit === 0 && labelNameLengthLimit === 0 && labelValueLengthLimit === 0) return;
  const metric = getLabel(labels, METRIC_NAME).slice(0, 50);
  const count = labels.length / 2;
  if (labelLimit > 0 && count > labelLimit)
    throw exceeded('label_limit', `metric: ${metric}, number of labels: ${count}, limit: ${labelLimit}`);
  for (const [name, value] of labelEntries(labels)) {
    const nameBytes = Buffer.byteLength(name);
    const valueBytes = Buffer.byteLength(value);
    const place = `metric: ${metric}, label name: ${name.slice(0, 50)}`;
    if (labelNameLengthLimit > 0 && nameBytes > labelNameLengthLimit)
      throw exceeded('label_name_length_limit', `${place}, length: ${nameBytes}, limit: ${labelNameLengthLimit}`);
    if (labelValueLengthLimit > 0 && valueBytes > labelValueLengthLimit) {
      const shown = `value: ${JSON.stringify(value.slice(0, 50))}, length: ${valueBytes}`;
      throw exceeded('label_value_length_limit', `${place}, ${shown}, limit: ${labelValueLengthLimit}`);
    }
  }
}

function exceeded(limit: string, details: string): ScrapeError {
  return new ScrapeError('label-limit', `${limit} exceeded (${details})`);
}

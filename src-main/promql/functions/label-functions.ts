/** label_replace and label_join (promql/functions.go). */
import { getLabel, type Labels, withLabels } from '../../model/labels.ts';
import { compileAnchored, RegexError } from '../../model/regex.ts';
import { executionError } from '../errors.ts';

type Relabelling = (labels: Labels) => Labels | null;

export interface Replacement {
  readonly target: string;
  readonly template: string;
  readonly source: string;
  readonly pattern: string;
}

/** Any non-empty text is a label name, half surrogate pairs apart (they are no UTF-8). */
function isLabelName(name: string): boolean {
  return name !== '' && !/\p{Surrogate}/u.test(name);
}

/** Throws QueryError for a bad label name or expression. */
export function labelReplace({ target, template, source, pattern }: Replacement): Relabelling {
  const regex = compile(pattern);
  if (!isLabelName(target)) throw executionError(`invalid destination label name in label_replace(): ${target}`);
  const parts = parseTemplate(template);
  const known = new Map<string, string | null>();
  return (labels) => {
    const value = getLabel(labels, source);
    let result = known.get(value);
    if (result === undefined) {
      const match = regex.submatches(value);
      result = match === null ? null : expand(parts, match.groups, match.named);
      known.set(value, result);
    }
    return result === null ? null : withLabels(labels, [[target, result]]);
  };
}

function compile(pattern: string) {
  try {
    return compileAnchored(pattern);
  } catch (error) {
    if (error instanceof RegexError) throw executionError(`invalid regular expression in label_replace(): ${pattern}`);
    throw error;
  }
}

/** Go's Regexp.Expand: `$1`, `${1}`, `$name`, `${name}`, `$$`; names are as long as possible. */
type TemplatePart = { readonly text: string } | { readonly group: string };

function parseTemplate(template: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  const reference = /\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu;
  let from = 0;
  for (const match of template.matchAll(reference)) {
    parts.push({ text: template.slice(from, match.index) });
    const group = match[1] ?? match[2];
    parts.push(group === undefined ? { text: '$' } : { group });
    from = match.index + match[0].length;
  }
  parts.push({ text: template.slice(from) });
  return parts;
}

function expand(
  parts: readonly TemplatePart[],
  groups: readonly string[],
  named: Readonly<Record<string, string>>,
): string {
  return parts
    .map((part) => {
      if ('text' in part) return part.text;
      return /^\d+$/.test(part.group) ? (groups[Number(part.group)] ?? '') : (named[part.group] ?? '');
    })
    .join('');
}

/** Throws QueryError for a bad label name. */
export function labelJoin(target: string, separator: string, sources: readonly string[]): Relabelling {
  for (const source of sources)
    if (!isLabelName(source)) throw executionError(`invalid source label name in label_join(): ${source}`);
  if (!isLabelName(target)) throw executionError(`invalid destination label name in label_join(): ${target}`);
  return (labels) => withLabels(labels, [[target, sources.map((source) => getLabel(labels, source)).join(separator)]]);
}

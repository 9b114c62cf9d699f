import { escapeHelp, escapeLabelValue } from '../exposition/escaping.ts';
import { formatGoFloat } from '../exposition/format-float.ts';

export type PageType = 'counter' | 'gauge' | 'untyped' | 'summary';
export type PageLabels = Readonly<Record<string, string>>;

export interface PageSummary {
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly (readonly [rank: number, value: number])[];
}

interface Family {
  readonly head: string;
  readonly lines: string[];
}

/** A page of text exposition 0.0.4 in the making: samples come in any order, families are kept together. */
export class MetricPage {
  readonly #families = new Map<string, Family>();

  counter(name: string, help: string, value: number, labels?: PageLabels): void {
    this.#add({ name, help, type: 'counter' }, value, labels);
  }

  gauge(name: string, help: string, value: number, labels?: PageLabels): void {
    this.#add({ name, help, type: 'gauge' }, value, labels);
  }

  untyped(name: string, help: string, value: number, labels?: PageLabels): void {
    this.#add({ name, help, type: 'untyped' }, value, labels);
  }

  summary(name: string, help: string, { count, sum, quantiles }: PageSummary, labels: PageLabels = {}): void {
    const { lines } = this.#familyOf({ name, help, type: 'summary' });
    for (const [rank, value] of quantiles)
      lines.push(`${name}${labelText({ ...labels, quantile: formatGoFloat(rank) })} ${formatGoFloat(value)}\n`);
    lines.push(`${name}_sum${labelText(labels)} ${formatGoFloat(sum)}\n`);
    lines.push(`${name}_count${labelText(labels)} ${formatGoFloat(count)}\n`);
  }

  /** What is not a number was not found out, and is left out: a made-up value would hide that. */
  #add(family: { name: string; help: string; type: PageType }, value: number, labels: PageLabels | undefined): void {
    if (Number.isNaN(value)) return;
    const text = labels === undefined ? '' : labelText(labels);
    this.#familyOf(family).lines.push(`${family.name}${text} ${formatGoFloat(value)}\n`);
  }

  #familyOf({ name, help, type }: { name: string; help: string; type: PageType }): Family {
    let found = this.#families.get(name);
    if (found === undefined) {
      found = { head: `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`, lines: [] };
      this.#families.set(name, found);
    }
    return found;
  }

  text(): string {
    let out = '';
    for (const { head, lines } of this.#families.values()) out += head + lines.join('');
    return out;
  }
}

function labelText(labels: PageLabels): string {
  const parts: string[] = [];
  for (const name in labels) parts.push(`${name}="${escapeLabelValue(labels[name] ?? '')}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

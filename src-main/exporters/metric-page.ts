import { escapeHelp, escapeLabelValue } from '../exposition/escaping.ts';
import { formatGoFloat } from '../exposition/format-float.ts';

export type PageType = 'counter' | 'gauge' | 'untyped';
export type PageLabels = Readonly<Record<string, string>>;

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

  /** What is not a number was not found out, and is left out: a made-up value would hide that. */
  #add(family: { name: string; help: string; type: PageType }, value: number, labels: PageLabels | undefined): void {
    if (Number.isNaN(value)) return;
    let found = this.#families.get(family.name);
    if (found === undefined) {
      const { name, help, type } = family;
      found = { head: `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`, lines: [] };
      this.#families.set(name, found);
    }
    found.lines.push(`${family.name}${labels === undefined ? '' : labelText(labels)} ${formatGoFloat(value)}\n`);
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

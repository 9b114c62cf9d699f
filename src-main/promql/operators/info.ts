import { getLabel, type Labels, labelsKey, METRIC_NAME, withLabels } from '../../model/labels.ts';
import type { Matcher } from '../../model/matcher.ts';
import { executionError } from '../errors.ts';
import type { QueryContext } from '../query-context.ts';
import { ABSENT, type Steps } from '../result.ts';
import { printLabels } from './matching.ts';
import type { VectorOperator } from './operator.ts';

/** Labels by which series and info series belong together. */
const IDENTIFYING = ['instance', 'job'] as const;

export interface InfoCall {
  /** Info series at the time of each step, the value being the time of the sample. */
  readonly infos: VectorOperator;
  /** What makes a series an info series: base series that are ones pass unchanged. */
  readonly nameMatchers: readonly Matcher[];
  readonly dataMatchers: readonly Matcher[];
}

/** Steps at which the same labels are added. */
interface Enrichment {
  readonly labels: ReadonlyMap<string, string>;
  readonly mask: Uint8Array;
}

interface Output {
  readonly base: number;
  readonly labels: Labels;
  /** Steps at which the base series appears under these labels; null: at all. */
  readonly mask: Uint8Array | null;
}

/** info(v, {...}): adds labels of the info metrics with the same identifying labels (promql/info.go). */
export class InfoOperator implements VectorOperator {
  readonly steps: Steps;
  readonly distinctWithoutName = false;
  readonly #context: QueryContext;
  readonly #base: VectorOperator;
  readonly #call: InfoCall;
  #outputs: Output[] = [];
  #opening: Promise<void> | null = null;

  constructor(context: QueryContext, base: VectorOperator, call: InfoCall) {
    this.#context = context;
    this.steps = base.steps;
    this.#base = base;
    this.#call = call;
  }

  open(): Promise<void> {
    this.#opening ??= this.#enrich();
    return this.#opening;
  }

  async #enrich(): Promise<void> {
    const { infos, nameMatchers } = this.#call;
    await this.#base.open();
    await infos.open();
    const byIdentity = new Map<string, number[]>();
    for (let i = 0; i < infos.length; i++) {
      const key = identity(infos.labelsAt(i));
      const members = byIdentity.get(key);
      if (members === undefined) byIdentity.set(key, [i]);
      else members.push(i);
    }
    const known = new Map<string, Enrichment[]>();
    for (let i = 0; i < this.#base.length; i++) {
      const labels = this.#base.labelsAt(i);
      const name = getLabel(labels, METRIC_NAME);
      if (nameMatchers.every((matcher) => matcher.matches(name))) {
        this.#outputs.push({ base: i, labels, mask: null });
        continue;
      }
      const key = identity(labels);
      let enrichments = known.get(key);
      if (enrichments === undefined) {
        enrichments = this.#enrichments(byIdentity.get(key) ?? []);
        known.set(key, enrichments);
      }
      this.#spread(i, labels, enrichments);
      if (this.#context.due()) await this.#context.pause();
    }
  }

  /** One output a set of added labels, and one for the steps without any info series. */
  #spread(base: number, labels: Labels, enrichments: readonly Enrichment[]): void {
    const rest = new Uint8Array(this.steps.count).fill(1);
    for (const { labels: added, mask } of enrichments) {
      const fresh = [...added].filter(([name]) => getLabel(labels, name) === '');
      this.#outputs.push({ base, labels: withLabels(labels, fresh), mask });
      for (let k = 0; k < rest.length; k++) rest[k]! &= ~mask[k]!;
    }
    if (this.#call.dataMatchers.every((matcher) => matcher.matches('')))
      this.#outputs.push({ base, labels, mask: rest });
  }

  /** What the info series of one identity add, and at which steps: of each info metric the newest sample counts. */
  #enrichments(members: readonly number[]): Enrichment[] {
    const { count } = this.steps;
    const times = new Float64Array(members.length * count);
    const present = new Uint8Array(members.length * count);
    for (let m = 0; m < members.length; m++) this.#call.infos.row(members[m]!, times, present, m * count);
    const found = new Map<string, Enrichment>();
    for (let k = 0; k < count; k++) {
      const chosen = new Map<string, number>();
      for (let m = 0; m < members.length; m++) {
        if (present[m * count + k] === 0) continue;
        const name = getLabel(this.#call.infos.labelsAt(members[m]!), METRIC_NAME);
        const rival = chosen.get(name);
        if (rival === undefined || times[m * count + k]! > times[rival * count + k]!) chosen.set(name, m);
        else if (times[m * count + k] === times[rival * count + k])
          throw this.#duplicateError(members[rival]!, members[m]!, times[m * count + k]!);
      }
      if (chosen.size === 0) continue;
      const key = [...chosen.values()].join();
      let enrichment = found.get(key);
      if (enrichment === undefined) {
        const labels = this.#dataLabels([...chosen.values()].map((m) => members[m]!));
        enrichment = { labels, mask: new Uint8Array(count) };
        found.set(key, enrichment);
      }
      enrichment.mask[k] = 1;
    }
    return [...found.values()];
  }

  #dataLabels(chosen: readonly number[]): ReadonlyMap<string, string> {
    const wanted = new Set(this.#call.dataMatchers.map(({ name }) => name));
    const added = new Map<string, string>();
    for (const index of chosen) {
      const labels = this.#call.infos.labelsAt(index);
      for (let i = 0; i < labels.length; i += 2) {
        const [name, value] = [labels[i]!, labels[i + 1]!];
        if (name === METRIC_NAME || (wanted.size > 0 && !wanted.has(name))) continue;
        const known = added.get(name);
        if (known !== undefined && known !== value) throw executionError(`conflicting label: ${name}`);
        added.set(name, value);
      }
    }
    return added;
  }

  #duplicateError(known: number, index: number, timeSec: number): Error {
    const print = (i: number) => `${printLabels(this.#call.infos.labelsAt(i))} @ ${timeSec * 1000}`;
    return executionError(`found duplicate series for info metric: existing ${print(known)}, new ${print(index)}`);
  }

  get length(): number {
    return this.#outputs.length;
  }

  labelsAt(index: number): Labels {
    return this.#outputs[index]!.labels;
  }

  dropsName(index: number): boolean {
    return this.#base.dropsName(this.#outputs[index]!.base);
  }

  row(index: number, values: Float64Array, present: Uint8Array, at: number): number {
    const { base, mask } = this.#outputs[index]!;
    const found = this.#base.row(base, values, present, at);
    if (mask === null || found === 0) return found;
    let left = 0;
    for (let k = 0; k < mask.length; k++) {
      if (mask[k] === 0) present[at + k] = ABSENT;
      if (present[at + k] !== ABSENT) left++;
    }
    return left;
  }
}

function identity(labels: Labels): string {
  return labelsKey(IDENTIFYING.map((name) => getLabel(labels, name)));
}

/** Alerts that make others pointless (inhibit/inhibit.go). */
import type { InhibitRule } from '../config/alertmanager-config.ts';
import { getLabel, type Labels } from '../model/labels.ts';
import { MatcherList } from './matchers.ts';
import { isResolved, type StoredAlert } from './stored-alert.ts';

interface CompiledRule {
  readonly source: MatcherList;
  readonly target: MatcherList;
  readonly equal: readonly string[];
  /** Sources by the values of the `equal` labels, then by fingerprint. */
  readonly sources: Map<string, Map<string, StoredAlert>>;
}

export class Inhibitor {
  readonly #rules: readonly CompiledRule[];

  constructor(rules: readonly InhibitRule[]) {
    this.#rules = rules.map(({ sourceMatchers, targetMatchers, equal }) => ({
      source: new MatcherList(sourceMatchers),
      target: new MatcherList(targetMatchers),
      equal,
      sources: new Map(),
    }));
  }

  /** Takes note of an alert that may be a source. */
  put(alert: StoredAlert): void {
    for (const rule of this.#rules) {
      if (!rule.source.matches(alert.labels)) continue;
      const key = equalKey(rule, alert.labels);
      const same = rule.sources.get(key) ?? new Map<string, StoredAlert>();
      same.set(alert.fingerprint, alert);
      rule.sources.set(key, same);
    }
  }

  /** Fingerprint of an alert that inhibits one with these labels; null when none does. */
  inhibitedBy(labels: Labels, nowMs: number): string | null {
    for (const rule of this.#rules) {
      if (!rule.target.matches(labels)) continue;
      const source = this.#source(rule, labels, nowMs);
      if (source !== null) return source.fingerprint;
    }
    return null;
  }

  /** Of several the one that lasts longest. An alert that is both source and target is not inhibited by its like. */
  #source(rule: CompiledRule, labels: Labels, nowMs: number): StoredAlert | null {
    const isSourceToo = rule.source.matches(labels);
    let best: StoredAlert | null = null;
    for (const source of rule.sources.get(equalKey(rule, labels))?.values() ?? []) {
      if (isResolved(source, nowMs) || (isSourceToo && rule.target.matches(source.labels))) continue;
      if (best === null || source.endsAtMs > best.endsAtMs) best = source;
    }
    return best;
  }

  /** Forgets resolved sources. */
  collect(nowMs: number): void {
    for (const { sources } of this.#rules) {
      for (const [key, same] of sources) {
        for (const [print, alert] of same) if (isResolved(alert, nowMs)) same.delete(print);
        if (same.size === 0) sources.delete(key);
      }
    }
  }
}

function equalKey({ equal }: CompiledRule, labels: Labels): string {
  return equal.map((name) => getLabel(labels, name)).join('\uffff');
}

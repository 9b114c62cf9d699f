/** Sorts alerts into groups along the routing tree (dispatch/dispatch.go). */
import type { Clock } from '../model/clock.ts';
import { labelsKey } from '../model/labels.ts';
import { AlertGroup, type FlushFn } from './alert-group.ts';
import type { Route } from './route.ts';
import { compareLabelSets, type StoredAlert } from './stored-alert.ts';

export interface DispatcherOptions {
  readonly root: Route;
  readonly clock: Clock;
  readonly flush: FlushFn;
  readonly heldUntilMs: () => number;
}

/** More groups than this are refused; the alert is then in no group, and counted. */
const MAX_GROUPS = 50_000;

export class Dispatcher {
  readonly #options: DispatcherOptions;
  /** By route id and group labels. */
  readonly #groups = new Map<string, AlertGroup>();
  #isStopped = false;
  /** Alerts that found no room for their group. */
  refused = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Puts an alert into the group of every route that it takes. */
  put(alert: StoredAlert): void {
    if (this.#isStopped) return;
    for (const route of this.#options.root.match(alert.labels)) this.#group(route, alert)?.put(alert);
  }

  #group(route: Route, alert: StoredAlert): AlertGroup | null {
    const labels = route.groupLabels(alert.labels);
    const key = `${route.id}\uffff${labelsKey(labels)}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size >= MAX_GROUPS) {
      this.refused++;
      return null;
    }
    const { clock, flush, heldUntilMs } = this.#options;
    const emptied = () => {
      this.#groups.delete(key);
    };
    const group = new AlertGroup({ route, labels, clock, flush, heldUntilMs, emptied });
    this.#groups.set(key, group);
    return group;
  }

  /** Tells the groups of an alert that only its end moved. */
  replace(alert: StoredAlert): void {
    for (const group of this.#groups.values()) group.replace(alert);
  }

  /** By group labels, then receiver. */
  get groups(): AlertGroup[] {
    return [...this.#groups.values()].sort(
      (a, b) => compareLabelSets(a.labels, b.labels) || (a.route.config.receiver < b.route.config.receiver ? -1 : 1),
    );
  }

  get groupCount(): number {
    return this.#groups.size;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#groups.values()].map((group) => group.stop()));
    this.#groups.clear();
  }
}

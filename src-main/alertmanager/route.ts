/** The routing tree (dispatch/route.go). */
import type { RouteConfig } from '../config/alertmanager-config.ts';
import { type Labels, labelEntries } from '../model/labels.ts';
import { MatcherList } from './matchers.ts';

export class Route {
  readonly config: RouteConfig;
  readonly children: readonly Route[];
  /** Concatenated matchers from the root: part of every group key. */
  readonly key: string;
  /** Like `key`, with the place among siblings, so that equal routes differ. */
  readonly id: string;
  readonly #matchers: MatcherList;
  readonly #groupBy: ReadonlySet<string>;

  constructor(config: RouteConfig, parent: Route | null = null, index = 0) {
    this.config = config;
    this.#matchers = new MatcherList(config.matchers);
    this.#groupBy = new Set(config.groupBy);
    const own = this.#matchers.toString();
    this.key = parent === null ? own : `${parent.key}/${own}`;
    this.id = parent === null ? own : `${parent.id}/${own}/${index}`;
    this.children = config.routes.map((child, i) => new Route(child, this, i));
  }

  /** The routes that an alert takes: depth first, a match without `continue` ends its level. */
  match(labels: Labels): Route[] {
    if (!this.#matchers.matches(labels)) return [];
    const found: Route[] = [];
    for (const child of this.children) {
      const matches = child.match(labels);
      found.push(...matches);
      if (matches.length > 0 && !child.config.continue) break;
    }
    return found.length > 0 ? found : [this];
  }

  /** The labels that name an alert's group on this route. */
  groupLabels(labels: Labels): Labels {
    if (this.config.groupByAll) return labels;
    return [...labelEntries(labels)].filter(([name]) => this.#groupBy.has(name)).flat();
  }
}

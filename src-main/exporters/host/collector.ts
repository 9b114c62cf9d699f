import type { MetricPage } from '../metric-page.ts';

/** One of node_exporter's collectors: puts its metrics on the page, throws when it has nothing to tell. */
export interface Collector {
  readonly name: string;
  readonly collect: (page: MetricPage) => void | Promise<void>;
}

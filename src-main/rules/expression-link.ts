import { queryEscape } from '../model/go-template/builtins.ts';

/** Path of Prometheus's page that shows an expression: its table (tab 1) or its graph (tab 0). */
export function expressionLink(query: string, tab: 0 | 1): string {
  return `/graph?g0.expr=${queryEscape(query)}&g0.tab=${tab}`;
}

import { textParam } from '../../ui/search-text.ts';

export interface QuerySearch {
  readonly expr?: string;
  /** As printTimeRange writes it: `1h`, `now-6h~now-1h`, two ISO times. */
  readonly range?: string;
  readonly view?: string;
}

export function parseQuerySearch(search: Record<string, unknown>): QuerySearch {
  return { expr: textParam(search, 'expr'), range: textParam(search, 'range'), view: textParam(search, 'view') };
}

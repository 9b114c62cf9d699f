import { describe, expect, it } from 'vitest';
import { fromClassicGraph, parseSearch, printSearch } from './search-params.ts';

describe('search parameters', () => {
  it('are plain text both ways', () => {
    const search = { expr: 'rate(a{b="c & d"}[5m]) + 1', range: '1h' };
    expect(parseSearch(printSearch(search))).toEqual(search);
    expect(printSearch({ expr: '', view: undefined })).toBe('');
  });

  it.each([
    ['?g0.expr=up&g0.tab=1', { expr: 'up', range: '1h', view: 'table' }],
    ['?g0.expr=up&g0.tab=0&g0.range_input=6h', { expr: 'up', range: '6h', view: 'graph' }],
    [
      '?g0.expr=up&g0.tab=graph&g0.range_input=30m&g0.end_input=2026-11-24%2010%3A00%3A00',
      { expr: 'up', range: '2026-11-24T09:30:00Z~2026-11-24T10:00:00Z', view: 'graph' },
    ],
  ])('understand %s', (link, search) => expect(fromClassicGraph(parseSearch(link))).toEqual(search));
});

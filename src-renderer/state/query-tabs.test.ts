import { beforeEach, describe, expect, it } from 'vitest';
import { lastOf } from '../format/time-range.ts';
import { mergeTabs, parseTabs, printTabs, useQueryTabs } from './query-tabs.ts';

const tabs = () => useQueryTabs.getState();
const active = () => tabs().tabs.find((tab) => tab.id === tabs().activeId);

describe('query tabs', () => {
  beforeEach(() => useQueryTabs.setState(useQueryTabs.getInitialState(), true));

  it('opens a query in the empty tab, then in new ones, then where it already is', () => {
    tabs().open('up');
    expect(tabs().tabs.map((tab) => tab.query)).toEqual(['up']);
    tabs().open('down', lastOf(60_000), 'table');
    expect(tabs().tabs.map((tab) => tab.query)).toEqual(['up', 'down']);
    expect(active()).toMatchObject({ query: 'down', view: 'table', range: lastOf(60_000), runs: 1 });
    tabs().open('up');
    expect(tabs().tabs).toHaveLength(2);
    expect(active()).toMatchObject({ query: 'up', runs: 2 });
  });

  it('keeps unsent text out of the way of a link', () => {
    tabs().change(1, { text: 'half a que' });
    tabs().open('up');
    expect(tabs().tabs.map((tab) => tab.text)).toEqual(['half a que', 'up']);
  });

  it('closes to the neighbour and never to nothing', () => {
    tabs().open('a');
    tabs().open('b');
    tabs().close(tabs().activeId);
    expect(active()?.query).toBe('a');
    tabs().close(tabs().activeId);
    expect(active()).toMatchObject({ query: '', text: '' });
  });

  it('zooms in and back out', () => {
    const before = active()?.range;
    tabs().zoom(1, { kind: 'absolute', startMs: 10_000, endMs: 20_000 });
    tabs().zoom(1, { kind: 'absolute', startMs: 12_000, endMs: 15_000 });
    tabs().zoomBack(1);
    expect(active()?.range).toEqual({ kind: 'absolute', startMs: 10_000, endMs: 20_000 });
    tabs().zoomBack(1);
    expect(active()?.range).toEqual(before);
    tabs().zoomBack(1);
    expect(active()?.range).toEqual(before);
  });

  it('comes back after a restart', () => {
    tabs().open('up', lastOf(60_000), 'table');
    const restored = parseTabs(JSON.parse(JSON.stringify(printTabs(tabs()))), 0);
    expect(restored?.tabs[0]).toMatchObject({ query: 'up', text: 'up', view: 'table', range: lastOf(60_000) });
  });

  it('joins the tabs of the last run with what a link has opened since', () => {
    tabs().open('a');
    tabs().open('b');
    const saved = parseTabs(printTabs(tabs()), 0);
    if (saved === null) throw new Error('not read back');
    useQueryTabs.setState(useQueryTabs.getInitialState(), true);
    expect(mergeTabs(saved, tabs())).toEqual(saved);
    tabs().open('c', lastOf(60_000));
    const merged = mergeTabs(saved, tabs());
    expect(merged.tabs.map((tab) => tab.query)).toEqual(['a', 'b', 'c']);
    expect(merged.tabs.find((tab) => tab.id === merged.activeId)?.query).toBe('c');
    useQueryTabs.setState(useQueryTabs.getInitialState(), true);
    tabs().open('a', lastOf(60_000));
    const again = mergeTabs(saved, tabs());
    expect(again.tabs.map((tab) => tab.query)).toEqual(['a', 'b']);
    expect(again.tabs.find((tab) => tab.id === again.activeId)).toMatchObject({ query: 'a', range: lastOf(60_000) });
  });

  it.each([null, 7, {}, { tabs: [] }, { tabs: [{ id: 'x' }] }])('does not choke on %j', (value) => {
    expect(parseTabs(value, 0)).toBeNull();
  });
});

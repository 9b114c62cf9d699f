import { expect, it } from 'vitest';
import { parsePromql } from '../../../shared/promql/parse.ts';
import { labelsFromRecord } from '../../model/labels.ts';
import { startTestHearth } from '../test-hearth.ts';
import { selectorsOf } from './exemplars.ts';

it('answers with the exemplars of the series that the expression selects', async () => {
  await using hearth = await startTestHearth();
  const { tsdb, clock } = hearth.parts;
  tsdb.resizeExemplars(100);
  const nowMs = clock.nowMs();
  const appender = tsdb.appender();
  for (const id of ['1', '2']) {
    const ref = appender.series(labelsFromRecord({ __name__: 'c_total', id }));
    appender.append(ref, nowMs, 1);
    appender.appendExemplar(ref, { labels: ['trace', `t"${id}`], value: 0.5, timeMs: nowMs + 5 });
  }
  appender.commit();
  const ask = async (query: string) => {
    const parameters = new URLSearchParams({ query, start: String(nowMs / 1000), end: String(nowMs / 1000 + 1) });
    const response = await fetch(`${hearth.url('prometheus')}/api/v1/query_exemplars?${parameters}`);
    return (await response.text()).replace('{"status":"success","data":', '').slice(0, -1);
  };
  const one = (id: string) =>
    `{"seriesLabels":{"__name__":"c_total","id":"${id}"},"exemplars":[{"labels":{"trace":"t\\"${id}"},"value":"0.5","timestamp":1700000000.005}]}`;
  expect(await ask('rate(c_total{id="2"}[5m]) / 3')).toBe(`[${one('2')}]`);
  expect(await ask('sum(c_total) + other')).toBe(`[${one('1')},${one('2')}]`);
  expect(await ask('1')).toBe('[]');
});

it.each([
  ['topk(scalar(a), -b) unless c', 'abc'],
  ['max_over_time((rate(a[5m]))[1h:])', 'a'],
  ['"text"', ''],
])('finds the selectors of %s', (query, names) => {
  const expr = parsePromql(query, { experimental: false });
  expect(
    selectorsOf(expr)
      .map(({ name }) => name)
      .join(''),
  ).toBe(names);
});

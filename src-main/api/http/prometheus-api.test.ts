import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHearth, type TestHearth } from '../test-hearth.ts';

const NOW = 1_700_000_000;

let hearth: TestHearth;

beforeAll(async () => {
  hearth = await startTestHearth({
    prometheus: [
      'global: {external_labels: {region: eu}}',
      'scrape_configs:',
      '- job_name: live',
      "  static_configs: [{targets: ['127.0.0.1:1'], labels: {room: kitchen}}]",
      '  basic_auth: {username: u, password: hunter2}',
      '- job_name: gone',
      "  static_configs: [{targets: ['127.0.0.1:2']}]",
      '  relabel_configs: [{action: drop, source_labels: [__address__], regex: .*}]',
    ].join('\n'),
    rules: [
      'groups:',
      '- name: g',
      '  rules:',
      '  - {record: r:up, expr: sum(up)}',
      "  - {alert: Down, expr: up == 0, for: 1m, labels: {severity: page}, annotations: {summary: 'down'}}",
    ].join('\n'),
  });
  hearth.write(
    [
      [{ __name__: 'up', job: 'a', instance: 'x:1' }, 1],
      [{ __name__: 'up', job: 'b', instance: 'x:2' }, 0],
      [{ __name__: 'odd.name', job: 'b', room: 'kitchen' }, Number.NaN],
    ],
    1000,
  );
});
afterAll(() => hearth[Symbol.asyncDispose]());

async function get(where: string, init: RequestInit = {}): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${hearth.url('prometheus')}/api/v1/${where}`, init);
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : { text } };
}

const data = async (where: string) => (await get(where)).body.data;

describe('answers', () => {
  it.each([
    ['query?query=1', { resultType: 'scalar', result: [NOW, '1'] }],
    ['query?query="a"', { resultType: 'string', result: [NOW, 'a'] }],
    ['query?query=sum(up)', { resultType: 'vector', result: [{ metric: {}, value: [NOW, '1'] }] }],
    [`query?query=sum(up)&time=${NOW}.5`, { result: [{ value: [NOW + 0.5, '1'] }] }],
    [
      `query_range?query=sum(up)&start=${NOW}&end=${NOW + 2}&step=1`,
      {
        resultType: 'matrix',
        result: [
          {
            metric: {},
            values: [
              [NOW, '1'],
              [NOW + 1, '1'],
              [NOW + 2, '1'],
            ],
          },
        ],
      },
    ],
    ['query_exemplars?query=up', []],
    ['format_query?query=sum(up)by(a)', 'sum by (a) (up)'],
    ['series?match[]=up&match[]={job="b"}', { length: 3 }],
    ['labels', ['__name__', 'instance', 'job', 'room']],
    ['labels?match[]=up', ['__name__', 'instance', 'job']],
    ['label/job/values', ['a', 'b']],
    ['label/U______name____/values', ['odd.name', 'up']],
    ['label/job/values?match[]=up{instance="x:2"}', ['b']],
    ['label/nosuch/values', []],
    ['scrape_pools', { scrapePools: ['gone', 'live'] }],
    ['targets?state=active', { activeTargets: [{ labels: { job: 'live', room: 'kitchen' } }], droppedTargets: [] }],
    ['targets?state=dropped', { activeTargets: [], droppedTargets: [{ scrapePool: 'gone' }] }],
    ['targets?scrapePool=nosuch', { activeTargets: [], droppedTargets: [] }],
    ['targets/metadata', []],
    ['metadata', {}],
    ['alerts', { alerts: [] }],
    ['rules?type=record', { groups: [{ name: 'g', rules: [{ name: 'r:up', type: 'recording', query: 'sum(up)' }] }] }],
    ['rules?rule_name[]=Down', { groups: [{ rules: [{ type: 'alerting', duration: 60, state: 'unknown' }] }] }],
    ['rules?rule_group[]=nosuch', { groups: [] }],
    ['rules?match[]={severity="page"}&type=alert', { groups: [{ rules: [{ name: 'Down' }] }] }],
    ['alertmanagers', { activeAlertmanagers: [{ url: expect.stringMatching(/\/api\/v2\/alerts$/) }] }],
    ['status/config', { yaml: expect.stringMatching(/metrics_path: \/metrics/) }],
    ['status/buildinfo', { version: '0.0.0' }],
    ['status/runtimeinfo', { reloadConfigSuccess: true, startTime: '2023-11-14T22:13:20.000Z', corruptionCount: 0 }],
    ['status/walreplay', { current: 0 }],
    ['status/tsdb?limit=1', { headStats: { numSeries: 3 }, seriesCountByMetricName: [{ name: 'up', value: 2 }] }],
    ['status/tsdb/blocks', { blocks: [] }],
  ])('%s', async (where, expected) => {
    const { status, body } = await get(where);
    expect(body).toMatchObject({ status: 'success' });
    expect(status).toBe(200);
    if (typeof expected === 'string') expect(body.data).toBe(expected);
    else expect(body.data).toMatchObject(expected);
  });

  it('never show a secret', async () => {
    expect(JSON.stringify(await data('status/config'))).not.toMatch(/hunter2/);
  });

  it('are the same for a form', async () => {
    const body = new URLSearchParams({ query: 'sum(up)', time: String(NOW) });
    const posted = await get('query?query=vector(7)', { method: 'POST', body });
    expect(posted.body.data).toEqual(await data(`query?query=sum(up)&time=${NOW}`));
  });

  it('say when a limit cut them', async () => {
    for (const where of [
      'query?query=up&limit=1',
      'series?match[]=up&limit=1',
      'labels?limit=1',
      'label/job/values?limit=1',
    ])
      expect((await get(where)).body).toMatchObject({ warnings: ['results truncated due to limit'] });
    expect((await get('query?query=up&limit=2')).body.warnings).toBeUndefined();
  });

  it('have statistics when asked', async () => {
    expect(await data('query?query=up&stats=true')).toMatchObject({
      stats: { timings: { execTotalTime: expect.any(Number) }, samples: { totalQueryableSamples: 2 } },
    });
  });
});

describe('refusals', () => {
  const range = `start=${NOW}&end=${NOW + 10}`;
  it.each([
    ['query', 400, 'bad_data', /^invalid parameter "query": /],
    ['query?query=up{', 400, 'bad_data', /^invalid parameter "query": 1:4: parse error: /],
    ['query?query=up&time=x', 400, 'bad_data', 'invalid parameter "time": cannot parse "x" to a valid timestamp'],
    ['query?query=up&timeout=x', 400, 'bad_data', 'invalid parameter "timeout": cannot parse "x" to a valid duration'],
    ['query?query=up&limit=-1', 400, 'bad_data', 'invalid parameter "limit": limit must be non-negative'],
    ['query?query=up %2B on() up', 422, 'execution', /many-to-many|multiple matches|duplicate/],
    ['query?query=label_replace(up, "a", "", "", "(")', 422, 'execution', /regular expression|regex/],
    [
      `query_range?query=up[5m]&${range}&step=1`,
      400,
      'bad_data',
      /invalid expression type "range vector" for range query/,
    ],
    [`query_range?query=up&${range}&step=0`, 400, 'bad_data', /zero or negative query resolution step/],
    [`query_range?query=up&${range}`, 400, 'bad_data', /^invalid parameter "step"/],
    [`query_range?query=up&start=${NOW}&end=${NOW - 1}&step=1`, 400, 'bad_data', /end timestamp must not be before/],
    [`query_range?query=up&start=0&end=11001&step=1`, 400, 'bad_data', /^exceeded maximum resolution of 11,000 points/],
    ['query_exemplars?query=up{', 400, 'bad_data', /^invalid parameter "query"/],
    ['query_exemplars?query=up&start=2&end=1', 400, 'bad_data', /end timestamp must not be before/],
    ['series', 400, 'bad_data', 'no match[] parameter provided'],
    ['series?match[]=up{', 400, 'bad_data', /^invalid parameter "match\[\]": 1:4: parse error/],
    ['series?match[]={a=""}', 400, 'bad_data', /^invalid parameter "match\[\]": /],
    ['targets/metadata?match_target=x{', 400, 'bad_data', /^invalid parameter "match_target": /],
    ['metadata?limit=x', 400, 'bad_data', 'limit must be a number'],
    ['rules?type=x', 400, 'bad_data', 'not supported value "x"'],
    ['status/tsdb?limit=10001', 400, 'bad_data', 'limit must not exceed 10000'],
  ])('%s: %i %s', async (where, status, errorType, error) => {
    const answer = await get(where);
    expect(answer.body).toEqual({
      status: 'error',
      errorType,
      error: typeof error === 'string' ? error : expect.stringMatching(error),
    });
    expect(answer.status).toBe(status);
  });

  it.each([
    ['DELETE', 'series', 500],
    ['PUT', 'query', 405],
    ['POST', 'targets', 405],
    ['OPTIONS', 'query', 204],
    ['OPTIONS', 'nosuch', 204],
    ['GET', 'nosuch', 404],
    ['POST', 'nosuch', 404],
  ])('%s %s: %i', async (method, where, status) => expect((await get(where, { method })).status).toBe(status));
});

it('refuses at run time what an experimental function cannot do', async () => {
  await using own = await startTestHearth({ options: { features: ['promql-experimental-functions'] } });
  own.write([[{ __name__: 'up' }, 1]], 1000);
  own.write([[{ __name__: 'up' }, 1]]);
  const url = `${own.url('prometheus')}/api/v1/query?query=double_exponential_smoothing(up[5m], 2, 0.5)`;
  const response = await fetch(url);
  expect(await response.json()).toEqual({
    status: 'error',
    errorType: 'execution',
    error: 'invalid smoothing factor. Expected: 0 < sf < 1, got: 2.000000',
  });
  expect(response.status).toBe(422);
});

describe('federation', () => {
  const federate = async (query: string) => {
    const response = await fetch(`${hearth.url('prometheus')}/federate?${query}`);
    return [response.status, await response.text()];
  };

  it('gives the latest samples with the labels outside', async () => {
    const at = NOW * 1000 - 1000;
    expect(await federate('match[]=up&match[]={job="b"}')).toEqual([
      200,
      [
        '# TYPE "odd.name" untyped',
        `{"odd.name",job="b",room="kitchen",instance="",region="eu"} NaN ${at}`,
        '# TYPE up untyped',
        `up{instance="x:1",job="a",region="eu"} 1 ${at}`,
        `up{instance="x:2",job="b",region="eu"} 0 ${at}`,
        '',
      ].join('\n'),
    ]);
  });

  it.each([
    ['', 200, ''],
    ['match[]=nosuch', 200, ''],
    ['match[]=up{', 400, /parse error/],
  ])('%j: %i', async (query, status, text) => {
    const answer = await federate(query);
    expect(answer).toEqual([status, typeof text === 'string' ? text : expect.stringMatching(text)]);
  });

  it('leaves out what is stale or long gone', async () => {
    await using own = await startTestHearth();
    const appender = own.parts.tsdb.appender();
    const gone = appender.series(['__name__', 'gone']);
    appender.append(gone, own.clock.nowMs() - 2000, 1);
    appender.appendStale(gone, own.clock.nowMs() - 1000);
    appender.commit();
    own.write([[{ __name__: 'old' }, 1]], 300_000);
    own.write([[{ __name__: 'young' }, 1]], 299_999);
    const text = await (await fetch(`${own.url('prometheus')}/federate?match[]={__name__=~".%2B"}`)).text();
    expect(text.match(/^# TYPE \w+/gm)).toEqual(['# TYPE young']);
  });
});

describe('management', () => {
  it.each([
    ['GET', '/-/healthy', 200, 'Prometheus Server is Healthy.\n'],
    ['GET', '/-/ready', 200, 'Prometheus Server is Ready.\n'],
    ['GET', '/-/reload', 405, 'Only POST or PUT requests allowed'],
    ['POST', '/-/reload', 200, ''],
    ['POST', '/-/healthy', 405, 'Method Not Allowed\n'],
  ])('%s %s: %i', async (method, where, status, text) => {
    const response = await fetch(hearth.url('prometheus') + where, { method });
    expect([response.status, await response.text()]).toEqual([status, text]);
  });

  it('is closed where it was not opened', async () => {
    await using own = await startTestHearth({ options: { enableLifecycle: false } });
    for (const where of ['/-/reload', '/-/quit'])
      expect((await fetch(own.url('prometheus') + where, { method: 'POST' })).status).toBe(403);
  });

  it('counts its requests', async () => {
    await fetch(`${hearth.url('prometheus')}/some/page`);
    const text = await (await fetch(`${hearth.url('prometheus')}/metrics`)).text();
    expect(text).toMatch(/^prometheus_http_requests_total\{.*handler="\/api\/v1\/query".*\} \d+$/m);
    expect(text).toMatch(/^prometheus_http_requests_total\{.*handler="\/\*".*\} \d+$/m);
    expect(text).toMatch(/^prometheus_ready 1$/m);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestHearth, type TestHearth } from '../test-hearth.ts';

let hearth: TestHearth;
const NOW = '2023-11-14T22:13:20.000Z';
const LATER = '2023-11-14T23:13:20.000Z';

beforeAll(async () => {
  hearth = await startTestHearth({
    alertmanager: [
      'route: {receiver: a, routes: [{receiver: b, matchers: [team="b"]}]}',
      'receivers: [{name: a}, {name: b}]',
      'inhibit_rules: [{source_matchers: [severity="page"], target_matchers: [severity="warn"], equal: [job]}]',
    ].join('\n'),
  });
});
afterAll(() => hearth[Symbol.asyncDispose]());

async function ask(method: string, where: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${hearth.url('alertmanager')}/api/v2/${where}`, {
    method,
    ...(body === undefined
      ? {}
      : {
          headers: { 'content-type': 'application/json' },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? '' : JSON.parse(text) };
}

const silence = (more: Record<string, unknown> = {}) => ({
  matchers: [{ name: 'job', value: 's', isRegex: false }],
  startsAt: NOW,
  endsAt: LATER,
  createdBy: 'me',
  comment: 'because',
  ...more,
});

describe('alerts', () => {
  beforeAll(async () => {
    await ask('POST', 'alerts', [
      { labels: { alertname: 'A', job: 'x', severity: 'page' }, annotations: { s: 't' }, generatorURL: 'http://g/' },
      { labels: { alertname: 'A', job: 'x', severity: 'warn' }, startsAt: NOW, endsAt: LATER },
      { labels: { alertname: 'B', team: 'b', job: 's' } },
    ]);
    await ask('POST', 'silences', silence());
    await hearth.clock.advance(1000);
  });

  const names = async (query: string) => {
    const { body } = await ask('GET', `alerts?${query}`);
    return Array.isArray(body) ? body.map(({ labels }) => `${labels.alertname}/${labels.severity ?? ''}`).sort() : body;
  };

  it.each([
    ['', ['A/page', 'A/warn', 'B/']],
    ['active=true&silenced=false&inhibited=false', ['A/page']],
    ['active=false&silenced=false', ['A/warn']],
    ['active=false&inhibited=false', ['B/']],
    ['filter=alertname="B"', ['B/']],
    ['filter=alertname=~"A|B"&filter=severity!="warn"', ['A/page', 'B/']],
    ['receiver=b', ['B/']],
    ['receiver=.*', ['A/page', 'A/warn', 'B/']],
  ])('%s', async (query, expected) => expect(await names(query)).toEqual(expected));

  it('have the fields of the API', async () => {
    expect((await ask('GET', 'alerts?filter=severity="page"')).body).toEqual([
      {
        annotations: { s: 't' },
        endsAt: expect.stringMatching(/Z$/),
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        receivers: [{ name: 'a' }],
        startsAt: NOW,
        status: { inhibitedBy: [], mutedBy: [], silencedBy: [], state: 'active' },
        updatedAt: NOW,
        generatorURL: 'http://g/',
        labels: { alertname: 'A', job: 'x', severity: 'page' },
      },
    ]);
  });

  it('come in groups', async () => {
    expect((await ask('GET', 'alerts/groups')).body).toMatchObject([
      { receiver: { name: 'a' }, alerts: [{}, {}] },
      { receiver: { name: 'b' }, alerts: [{ status: { state: 'suppressed' } }] },
    ]);
  });

  it.each([
    ['filter={', 400],
    ['receiver=(', 400],
  ])('%s: %i', async (query, status) => expect((await ask('GET', `alerts?${query}`)).status).toBe(status));

  it.each([
    ['{', 400, { code: 400 }],
    ['', 422, { code: 602 }],
    [{}, 400, { code: 400 }],
    [[{ annotations: {} }], 422, { code: 602, message: '0.labels in body is required' }],
    [[{ labels: {} }], 400, undefined],
    [[{ labels: { a: 'b' }, startsAt: 'x' }], 400, { code: 400 }],
    [
      [{ labels: { a: 'b' } }, { labels: { a: 'b' }, generatorURL: '::' }],
      422,
      { code: 601, message: '1.generatorURL in body must be of type uri: "::"' },
    ],
  ])('%j: %i', async (posted, status, body) => {
    const answer = await ask('POST', 'alerts', posted);
    expect(answer.status).toBe(status);
    if (body !== undefined) expect(answer.body).toMatchObject(body);
  });

  it('are JSON', async () => {
    const url = `${hearth.url('alertmanager')}/api/v2/alerts`;
    expect((await fetch(url, { method: 'POST', body: '[]', headers: { 'content-type': 'text/plain' } })).status).toBe(
      415,
    );
  });
});

describe('silences', () => {
  it('are made, changed, found and ended', async () => {
    const startsAt = new Date(hearth.clock.nowMs()).toISOString();
    const made = await ask(
      'POST',
      'silences',
      silence({ startsAt, matchers: [{ name: 'n', value: 'v', isRegex: true }] }),
    );
    expect(made).toEqual({ status: 200, body: { silenceID: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
    const id = Object.values(made.body ?? {}).join();
    const changed = await ask('POST', 'silences', {
      ...silence({ startsAt, matchers: [{ name: 'n', value: 'v', isRegex: true }] }),
      id,
      comment: 'longer',
      endsAt: '2023-11-15T00:00:00Z',
    });
    expect(changed.body).toEqual({ silenceID: id });
    expect((await ask('GET', `silence/${id}`)).body).toMatchObject({
      id,
      comment: 'longer',
      status: { state: 'active' },
      matchers: [{ isEqual: true, isRegex: true, name: 'n', value: 'v' }],
    });
    expect((await ask('GET', 'silences?filter=n=~"v"')).body).toHaveLength(1);
    expect((await ask('DELETE', `silence/${id}`)).status).toBe(200);
    expect((await ask('GET', `silence/${id}`)).body).toMatchObject({ status: { state: 'expired' } });
  });

  it.each([
    ['no matchers', { matchers: [] }, 422],
    ['matchers that match the empty label', { matchers: [{ name: 'a', value: '.*', isRegex: true }] }, 400],
    ['no regular expression', { matchers: [{ name: 'a', value: '(', isRegex: true }] }, 400],
    ['an end before its begin', { endsAt: '2023-11-14T22:13:19Z' }, 400],
    ['an unknown id', { id: '00000000-0000-0000-0000-000000000000' }, 404],
    ['no time', { startsAt: 'now' }, 400],
    ['no author', { createdBy: undefined }, 422],
  ])('with %s are refused', async (_, more, status) =>
    expect((await ask('POST', 'silences', silence(more))).status).toBe(status),
  );

  it.each([
    ['GET', 'silence/x', 422],
    ['DELETE', 'silence/x', 422],
    ['GET', 'silence/00000000-0000-0000-0000-000000000000', 404],
    ['DELETE', 'silence/00000000-0000-0000-0000-000000000000', 404],
  ])('%s %s: %i', async (method, where, status) => expect((await ask(method, where)).status).toBe(status));
});

describe('the rest', () => {
  it('tells receivers and status', async () => {
    expect((await ask('GET', 'receivers')).body).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect((await ask('GET', 'status')).body).toMatchObject({
      cluster: { status: 'disabled' },
      config: { original: expect.stringMatching('inhibit_rules') },
      versionInfo: { version: '0.0.0' },
      uptime: NOW,
    });
  });

  it('answers what there is not as go-swagger does', async () => {
    expect(await ask('GET', 'no')).toEqual({
      status: 404,
      body: { code: 404, message: 'path /api/v2/no was not found' },
    });
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import type { DesktopNotification } from '../../../shared/desktop-notification.ts';
import { FakeClock } from '../../model/fake-clock.ts';
import { labelsFromRecord as L } from '../../model/labels.ts';
import type { Notification } from '../notification.ts';
import { Message } from '../sending/message.ts';
import { messageTemplates } from '../sending/message-templates.ts';
import { Desktop, desktopSender } from './desktop.ts';

let clock: FakeClock;
let shown: DesktopNotification[];
let problem: string;
let tell: (
  group: string,
  alerts: readonly (readonly [string, 'firing' | 'resolved'])[],
  labels?: Record<string, string>,
) => Promise<void>;

beforeEach(() => {
  clock = new FakeClock(1_000_000);
  shown = [];
  problem = '';
  const desktop = new Desktop((notification) => {
    if (problem !== '') return Promise.reject(new Error(problem));
    shown.push(notification);
    return Promise.resolve();
  }, clock);
  const config = {
    sendResolved: true,
    title: '{{ .Status }} {{ .GroupLabels.g }}',
    text: '{{ range .Alerts }}{{ .Annotations.summary }} {{ end }}',
  };
  const send = desktopSender(config, desktop);
  const templates = messageTemplates([], clock);
  tell = async (group, alerts, labels = {}) => {
    await send(new Message(notificationOf(group, alerts, labels), templates), new AbortController().signal);
  };
});

function notificationOf(
  group: string,
  alerts: readonly (readonly [string, 'firing' | 'resolved'])[],
  labels: Record<string, string>,
): Notification {
  return {
    receiver: 'd',
    groupKey: `{}:{g="${group}"}`,
    groupLabels: L({ g: group }),
    alerts: alerts.map(([name, status]) => ({
      fingerprint: `f-${name}`,
      labels: L({ alertname: name, ...labels }),
      annotations: L({ summary: `${name} is bad` }),
      startsAtMs: 1,
      endsAtMs: status === 'firing' ? 0 : 2,
      generatorUrl: '',
      updatedAtMs: 1,
      isTimeout: false,
    })),
    reason: 'first notification',
    externalUrl: '',
    routeLabels: {},
    receiverData: {},
    atMs: clock.nowMs(),
  };
}

describe('desktop notifications', () => {
  it('say one alert and lead to it', async () => {
    await tell('a', [['x', 'firing']], { severity: 'critical' });
    expect(shown).toEqual([
      {
        id: shown[0]?.id,
        title: 'firing a',
        body: 'x is bad',
        urgency: 'critical',
        path: '/alerts?fingerprint=f-x',
        silent: false,
      },
    ]);
  });

  it('lead to the group when there are several, and are short', async () => {
    await tell(
      'a',
      Array.from({ length: 40 }, (_, i) => [`x${i}`, 'firing'] as const),
    );
    expect(shown[0]).toMatchObject({ urgency: 'normal', path: `/alerts?group=${encodeURIComponent('{}:{g="a"}')}` });
    expect([...(shown[0]?.body ?? '')]).toHaveLength(140);
    expect(shown[0]?.body.endsWith('…')).toBe(true);
  });

  it('are updated in place, and silently when all is well again', async () => {
    await tell('a', [['x', 'firing']]);
    await tell('a', [
      ['x', 'firing'],
      ['y', 'firing'],
    ]);
    await tell('a', [
      ['x', 'resolved'],
      ['y', 'resolved'],
    ]);
    expect(new Set(shown.map((n) => n.id)).size).toBe(1);
    expect(shown.map((n) => [n.silent, n.urgency])).toEqual([
      [false, 'normal'],
      [false, 'normal'],
      [true, 'low'],
    ]);
  });

  it('do not tell of an end whose beginning was not shown', async () => {
    await tell('a', [['x', 'resolved']]);
    expect(shown).toEqual([]);
  });

  it('become one summary in a storm, and single again after it', async () => {
    for (const group of ['a', 'b', 'c', 'd', 'e']) {
      await tell(group, [
        ['x', 'firing'],
        ['y', 'firing'],
      ]);
      await clock.advance(1000);
    }
    expect(shown.map((n) => n.title)).toEqual([
      'firing a',
      'firing b',
      'firing c',
      '8 alerts firing in 4 groups',
      '10 alerts firing in 5 groups',
    ]);
    expect(shown.slice(3).map((n) => [n.id, n.path, n.silent])).toEqual([
      ['storm', '/alerts', false],
      ['storm', '/alerts', true],
    ]);
    await clock.advance(40_000);
    await tell('f', [['x', 'firing']]);
    expect(shown.at(-1)?.title).toBe('firing f');
  });

  it('that cannot be shown fail for good', async () => {
    problem = 'no notification daemon';
    await expect(tell('a', [['x', 'firing']])).rejects.toMatchObject({ message: problem, retry: false });
  });
});

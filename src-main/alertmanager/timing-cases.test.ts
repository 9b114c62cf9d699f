import { describe, expect, it } from 'vitest';
import { loadAlertmanagerConfig } from '../config/load-alertmanager-config.ts';
import { FakeClock } from '../model/fake-clock.ts';
import { getLabel, labelsFromRecord } from '../model/labels.ts';
import { silentLogger } from '../model/log.ts';
import { openMemoryStore, type Store } from '../store/open-store.ts';
import { Alertmanager } from './alertmanager.ts';
import type { Integration, Notification } from './notification.ts';

/**
 * When what goes out, in seconds since the start. A step is `time alert ...`, `time silence from to matcher`,
 * `time expire`, `time reload`, `time restart`, `time sleep` or `time wake`; an alert is `name[:k=v...][@start][!end][~annotation]`.
 * What is expected is `time receiver alert ...`, an alert with `!end` being resolved. Receiver d wants resolved alerts,
 * n does not.
 */
interface Case {
  readonly name: string;
  /** group_by, group_wait, group_interval, repeat_interval */
  readonly route: string;
  readonly config?: string;
  readonly steps: readonly string[];
  readonly expected: readonly string[];
  readonly untilSec?: number;
}

const ALWAYS = `time_intervals:
- {name: always, time_intervals: [{times: [{start_time: '00:00', end_time: '24:00'}]}]}
- {name: never, time_intervals: [{years: ['1990']}]}
`;
const INHIBIT =
  'inhibit_rules: [{source_match: {alertname: JobDown}, target_match: {alertname: InstanceDown}, equal: [job, zone]}]\n';

const cases: readonly Case[] = [
  {
    name: 'merge: earliest start, newer annotations, explicit end beats a timeout',
    route: '[alertname] 1s 1s 1ms',
    steps: [
      '1 t@1.1',
      '1.2 t@1',
      '2.1 t@2~v1',
      '3.6 t@1.5~v2',
      '4.6 t@3!4.5~v2',
      '4.8 t@2.9!4.8~v3 t@2.9!4.1~v3',
      '5.3 t@5',
    ],
    expected: ['2 d t@1', '3 d t@1~v1', '4 d t@1~v2', '5 d t@1!4.8~v3', '6.3 d t@5'],
    untilSec: 6.5,
  },
  {
    name: 'merge with ends',
    route: '[alertname] 1s 1s 1ms',
    steps: [
      '1 t@1.1!4.1',
      '1.2 t@1',
      '2.1 t@2!5~v1',
      '3.6 t@1.5!4.5~v2',
      '4.6 t@3!4.5~v2',
      '4.8 t@2.9!4.8~v3 t@2.9!4.1~v3',
      '5.3 t@5!8',
    ],
    expected: ['2 d t@1', '3 d t@1~v1', '4 d t@1~v2', '5 d t@1!4.8~v3', '6.3 d t@5'],
    untilSec: 6.5,
  },
  {
    name: 'repeat',
    route: '[alertname] 1s 1s 1ms',
    steps: ['1 t@1', '3.5 t@1!3'],
    expected: ['2 d t@1', '3 d t@1', '4 d t@1!3'],
    untilSec: 8,
  },
  {
    name: 'batching',
    route: '[] 1s 1s 4900ms',
    steps: ['1.1 a@1', '1.7 e@1', '3.3 b@1.5 c@1.5 f@1.6'],
    expected: ['2.1 d a@1 e@1', '4.1 d a@1 b@1.5 c@1.5 e@1 f@1.6', '9.1 d a@1 b@1.5 c@1.5 e@1 f@1.6'],
    untilSec: 10,
  },
  {
    name: 'resolve_timeout',
    route: '[alertname] 1s 5s 1h',
    config: 'global: {resolve_timeout: 10s}\n',
    steps: ['1 t:i=1 t:i=2'],
    expected: ['2 d t:i=1@1 t:i=2@1', '12 d t:i=1@1!11 t:i=2@1!11'],
    untilSec: 30,
  },
  {
    name: 'send_resolved filters the batch, and a mere end is no news then',
    route: '[alertname] 1s 5s 1h',
    config: 'global: {resolve_timeout: 10s}\n#both\n',
    steps: ['1 t:i=1 t:i=2', '3 t:i=1@1!4 t:i=3', '8 t:i=3@3'],
    expected: [
      '2 d t:i=1@1 t:i=2@1',
      '2 n t:i=1@1 t:i=2@1',
      '7 d t:i=1@1!4 t:i=2@1 t:i=3@3',
      '7 n t:i=2@1 t:i=3@3',
      '12 d t:i=2@1!11 t:i=3@3',
    ],
    untilSec: 13,
  },
  {
    name: 'a reload keeps the log and begins timers anew',
    route: '[] 1s 6s 10m',
    steps: ['1 a', '3 reload', '4 b'],
    expected: ['2 d a@1', '9 d a@1 b@4'],
    untilSec: 12,
  },
  {
    name: 'inhibition, and its end',
    route: '[] 1s 1s 1s',
    config: INHIBIT,
    steps: [
      '1 test1:zone=aa InstanceDown:zone=aa,i=1 InstanceDown:zone=ab,i=2',
      '2.2 JobDown:zone=aa',
      '3.6 JobDown:zone=aa@2.2!3.6',
    ],
    expected: [
      '2 d test1@1 InstanceDown:i=1@1 InstanceDown:i=2@1',
      '3 d JobDown@2.2 test1@1 InstanceDown:i=2@1',
      '4 d JobDown@2.2!3.6 test1@1 InstanceDown:i=1@1 InstanceDown:i=2@1',
    ],
    untilSec: 4.5,
  },
  {
    name: 'source and target resolve together',
    route: '[] 1s 1s 1s',
    config: INHIBIT,
    steps: ['1 InstanceDown:zone=aa JobDown:zone=aa', '2.6 JobDown:zone=aa@1!2.6 InstanceDown:zone=aa@1!2.6'],
    expected: ['2 d JobDown@1', '3 d InstanceDown@1!2.6 JobDown@1!2.6'],
    untilSec: 5,
  },
  {
    name: 'an empty inhibition rule inhibits nothing',
    route: '[] 1s 1s 1m',
    config: 'inhibit_rules: [{}]\n',
    steps: ['1 a'],
    expected: ['2 d a@1'],
  },
  {
    name: 'silences begin and end',
    route: '[] 1s 1s 1ms',
    steps: ['1 a@1 b@1', '2.3 silence 2.5 4.5 alertname="a"'],
    expected: ['2 d a@1 b@1', '3 d b@1', '4 d b@1', '5 d a@1 b@1'],
    untilSec: 5.5,
  },
  {
    name: 'a silence is ended by hand',
    route: '[] 1s 1s 1ms',
    steps: ['1 a@1 b@1', '1.3 silence 1.5 100 alertname=~".+"', '3.5 expire'],
    expected: ['4 d a@1 b@1'],
    untilSec: 4.5,
  },
  {
    name: 'resolved before group_wait',
    route: '[alertname] 2s 1s 1m',
    steps: ['1 a@1', '1.5 a@1!1.4'],
    expected: [],
    untilSec: 5,
  },
  {
    name: 'an old start goes out at once',
    route: '[alertname] 3s 2s 1m',
    steps: ['1 a@-100'],
    expected: ['1 d a@-100'],
    untilSec: 4,
  },
  {
    name: 'an alert joins a group',
    route: '[] 1s 3s 1m',
    steps: ['1 a@1', '2.3 b@2.3'],
    expected: ['2 d a@1', '5 d a@1 b@2.3'],
    untilSec: 7,
  },
  {
    name: 'repeat is rounded up to flushes',
    route: '[] 1s 2s 3s',
    steps: ['1 a@1'],
    expected: ['2 d a@1', '6 d a@1', '10 d a@1'],
    untilSec: 11,
  },
  {
    name: 'one of two resolves',
    route: '[] 1s 1s 1m',
    steps: ['1 a@1 b@1', '2.5 b@1!2.4'],
    expected: ['2 d a@1 b@1', '3 d a@1 b@1!2.4'],
    untilSec: 6,
  },
  {
    name: 'without send_resolved an end is silent, and firing again is news',
    route: '[] 1s 1s 1m n',
    steps: ['1 a@1', '2.5 a@1!2.4', '4.2 a@4.2'],
    expected: ['2 n a@1', '5.2 n a@4.2'],
    untilSec: 7,
  },
  {
    name: 'continue takes both routes',
    route: '[alertname] 1s 1s 1m',
    config: '#continue\n',
    steps: ['1 a:x=y@1'],
    expected: ['2 d a@1', '2 n a@1'],
  },
  {
    name: "group_by '...'",
    route: "['...'] 1s 1s 1m",
    steps: ['1 a:i=1@1 a:i=2@1'],
    expected: ['2 d a:i=1@1', '2 d a:i=2@1'],
    untilSec: 4,
  },
  {
    name: 'always muted',
    route: '[] 1s 1s 1m',
    config: `${ALWAYS}#mute_time_intervals: [always]\n`,
    steps: ['1 a:x=y@1'],
    expected: [],
    untilSec: 4,
  },
  {
    name: 'never active',
    route: '[] 1s 1s 1m',
    config: `${ALWAYS}#active_time_intervals: [never]\n`,
    steps: ['1 a:x=y@1'],
    expected: [],
    untilSec: 4,
  },
  {
    name: 'always active, never muted',
    route: '[] 1s 1s 1m',
    config: `${ALWAYS}#active_time_intervals: [always], mute_time_intervals: [never]\n`,
    steps: ['1 a:x=y@1'],
    expected: ['2 d a@1'],
    untilSec: 4,
  },
  {
    name: 'resolves while silenced',
    route: '[] 1s 1s 1m',
    steps: ['1 a@1', '2.3 silence 2.4 100 alertname="a"', '3.2 a@1!3.1'],
    expected: ['2 d a@1'],
    untilSec: 8,
  },
  {
    name: 'equal labels that both lack',
    route: '[] 1s 1s 1m',
    config: INHIBIT,
    steps: ['1 JobDown@1 InstanceDown@1'],
    expected: ['2 d JobDown@1'],
  },
  {
    name: 'an alert does not inhibit itself',
    route: '[] 1s 1s 1m',
    config: 'inhibit_rules: [{source_match: {s: x}, target_match: {t: y}}]\n',
    steps: ['1 z:s=x,t=y@1'],
    expected: ['2 d z@1'],
    untilSec: 4,
  },
  {
    name: 'the log outlives a restart',
    route: '[] 1s 1s 10s',
    steps: ['1 a@1!1000', '4 restart', '5 a@1!1000'],
    expected: ['2 d a@1', '13 d a@1'],
    untilSec: 14,
  },
  {
    name: 'sleep neither resolves nor notifies, until a minute after waking',
    route: '[alertname] 1s 1s 1m',
    steps: ['1 a@1!241', '2.5 sleep', '28802.5 b@1!28810', '28803 wake', '28810 b@1!28809'],
    expected: ['2 d a@1', '28863 d a@1'],
    untilSec: 28864,
  },
];

function configOf({ route, config = '' }: Case): string {
  const [groupBy, wait, interval, repeat, receiver = 'd'] = route.split(' ');
  const base = `receiver: ${receiver}, group_by: ${groupBy}, group_wait: ${wait}, group_interval: ${interval}, repeat_interval: ${repeat}`;
  const child = /^#(.*intervals:.*)$/m.exec(config)?.[1];
  const both = "[{receiver: d, matchers: ['x = y'], continue: true}, {receiver: n, matchers: ['x = y']}]";
  const routes = config.includes('#continue')
    ? both
    : config.includes('#both')
      ? BOTH
      : child
        ? `[{matchers: ['x = y'], ${child}}]`
        : '[]';
  return `${config}route: {${base}, routes: ${routes}}\nreceivers: [{name: d}, {name: n}]\n`;
}

const BOTH = "[{receiver: d, matchers: ['alertname = t'], continue: true}, {receiver: n, matchers: ['alertname = t']}]";
const START = 1_000_000_000_000;
const ms = (sec: string | undefined) => (sec === undefined ? 0 : START + Math.round(Number(sec) * 1000));

function parseAlert(text: string) {
  const match = /^([^:@!~]+)(?::([^@!~]+))?(?:@([-\d.]+))?(?:!([\d.]+))?(?:~(.+))?$/.exec(text);
  const [, name = '', pairs, start, end, annotation] = match ?? [];
  const labels = labelsFromRecord({
    alertname: name,
    ...Object.fromEntries((pairs ?? '').split(',').map((p) => p.split('='))),
  });
  const annotations = labelsFromRecord(annotation === undefined ? {} : { a: annotation });
  return { labels, annotations, startsAtMs: ms(start), endsAtMs: ms(end), generatorUrl: '' };
}

const sec = (epochMs: number) => Math.round((epochMs - START) / 100) / 10;

function printAlert({ labels, annotations, startsAtMs, endsAtMs }: Notification['alerts'][number]): string {
  const [i, a] = [getLabel(labels, 'i'), getLabel(annotations, 'a')];
  const end = endsAtMs === 0 ? '' : `!${sec(endsAtMs)}`;
  return `${getLabel(labels, 'alertname')}${i && `:i=${i}`}@${sec(startsAtMs)}${end}${a && `~${a}`}`;
}

/** Everything real but the clock and the receivers. */
class Run {
  readonly clock = new FakeClock(START);
  readonly lines: string[] = [];
  readonly #store: Store = openMemoryStore();
  readonly #text: string;
  #alertmanager: Alertmanager;
  #silence = '';

  constructor(c: Case) {
    this.#text = configOf(c);
    this.#alertmanager = this.#make();
  }

  #make(): Alertmanager {
    const alertmanager = new Alertmanager({
      config: loadAlertmanagerConfig(this.#text, '/x.yml'),
      store: this.#store,
      clock: this.clock,
      logger: silentLogger,
      show: () => Promise.resolve(),
      externalUrl: 'http://x',
      version: '0',
      integrations: () => new Map([this.#receiver('d', true), this.#receiver('n', false)]),
    });
    alertmanager.start();
    return alertmanager;
  }

  #receiver(name: string, sendResolved: boolean): [string, readonly Integration[]] {
    const notify = ({ alerts }: Notification) => {
      this.lines.push(`${sec(this.clock.nowMs())} ${name} ${alerts.map(printAlert).join(' ')}`);
      return Promise.resolve(undefined);
    };
    return [name, [{ name: 'webhook', index: 0, sendResolved, notify }]];
  }

  async step(text: string): Promise<void> {
    const [at = '', verb = '', ...rest] = text.split(' ');
    await this.clock.advance(ms(at) - this.clock.nowMs());
    const am = this.#alertmanager;
    switch (verb) {
      case 'silence': {
        const [from, to, matcher = ''] = rest;
        const [, name = '', isRegex, value = ''] = /^(\w+)=(~?)"(.*)"$/.exec(matcher) ?? [];
        const matchers = [{ name, value, isRegex: isRegex === '~', isEqual: true }];
        this.#silence = am.setSilence({
          id: null,
          matchers,
          startsAtMs: ms(from),
          endsAtMs: ms(to),
          createdBy: '',
          comment: '',
        });
        return;
      }
      case 'expire':
        return am.expireSilence(this.#silence);
      case 'reload':
        return am.applyConfig(loadAlertmanagerConfig(this.#text, '/x.yml'));
      case 'restart':
        await am.stop();
        this.#alertmanager = this.#make();
        return;
      case 'sleep':
        return am.suspend();
      case 'wake':
        return am.resume();
      default:
        expect(am.putAlerts([verb, ...rest].map(parseAlert))).toEqual([]);
    }
  }

  async finish(untilSec: number): Promise<void> {
    await this.clock.advance(START + untilSec * 1000 - this.clock.nowMs());
    await this.#alertmanager.stop();
  }
}

describe('what goes out when', () => {
  it.each(cases)('$name', async (c) => {
    const run = new Run(c);
    for (const step of c.steps) await run.step(step);
    await run.finish(c.untilSec ?? 3);
    expect(run.lines).toEqual(c.expected);
  });
});

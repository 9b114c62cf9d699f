/** Opsgenie: alerts created, updated and closed under the group's alias (notify/opsgenie). */
import type { OpsgenieConfig } from '../../config/receivers/paging-receivers.ts';
import { labelsToRecord } from '../../model/labels.ts';
import { checkAnswer } from '../sending/check-answer.ts';
import { goJson, unlessEmpty } from '../sending/go-json.ts';
import { HttpSender } from '../sending/http-sender.ts';
import type { Message } from '../sending/message.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { secretText } from '../sending/secret.ts';
import { truncateRunes } from '../sending/truncate.ts';
import { commonOf } from '../template-data.ts';

const MAX_MESSAGE = 130;

interface OpsgenieRequest {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body: unknown;
}

export function opsgenieSender(config: OpsgenieConfig, world: ReceiverWorld): SendFn {
  const sender = new HttpSender(config.http, world);
  return async (message, signal) => {
    const apiKey = message.text(await secretText(config.apiKey)).trim();
    const headers = { Authorization: `GenieKey ${apiKey}`, 'Content-Type': 'application/json' };
    for (const { method, path, body } of requestsOf(config, message)) {
      const answer = await sender.send({ method, url: config.apiUrl + path, body: goJson(body), headers, signal });
      checkAnswer(answer, { retryCodes: [429] });
    }
  };
}

function requestsOf(config: OpsgenieConfig, message: Message): OpsgenieRequest[] {
  const alias = message.groupHash;
  const text = message.texts(config.texts);
  const path = (last: string) => `v2/alerts/${alias}/${last}?identifierType=alias`;
  if (message.status === 'resolved') return [{ method: 'POST', path: path('close'), body: { source: text.source } }];
  const short = truncateRunes(text.message, MAX_MESSAGE);
  const created = {
    alias,
    message: short,
    description: unlessEmpty(text.description),
    details: {
      ...labelsToRecord(commonOf(message.notification.alerts.map((alert) => alert.labels))),
      ...message.texts(config.details),
    },
    source: text.source,
    responders: unlessEmpty(respondersOf(config, message)),
    tags: unlessEmpty(listOf(text.tags)),
    note: unlessEmpty(text.note),
    priority: unlessEmpty(text.priority),
    entity: unlessEmpty(text.entity),
    actions: unlessEmpty(listOf(text.actions)),
  };
  const create: OpsgenieRequest = { method: 'POST', path: 'v2/alerts', body: created };
  if (!config.updateAlerts) return [create];
  return [
    create,
    { method: 'PUT', path: path('message'), body: { message: unlessEmpty(short) } },
    { method: 'PUT', path: path('description'), body: { description: created.description } },
  ];
}

/** One whose fields are all empty is left out; `teams` names several, by commas. */
function respondersOf({ responders }: OpsgenieConfig, message: Message): Record<string, string | undefined>[] {
  return responders.flatMap((responder): Record<string, string | undefined>[] => {
    const { id, name, username, type } = message.texts(responder);
    if (id === '' && name === '' && username === '' && type === '') return [];
    if (type === 'teams') return listOf(name).map((team) => ({ name: team, type: 'team' }));
    return [{ id: unlessEmpty(id), name: unlessEmpty(name), username: unlessEmpty(username), type }];
  });
}

function listOf(text: string): string[] {
  return text
    .trim()
    .split(',')
    .filter((item) => item !== '');
}

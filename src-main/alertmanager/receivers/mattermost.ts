/** Mattermost: incoming webhooks with attachments in Slack's manner (notify/mattermost). */
import type { MattermostConfig } from '../../config/receivers/chat-receivers.ts';
import { DeliveryError } from '../errors.ts';
import { checkAnswer } from '../sending/check-answer.ts';
import { goJson, unlessEmpty } from '../sending/go-json.ts';
import { HttpSender } from '../sending/http-sender.ts';
import type { Message } from '../sending/message.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { secretText } from '../sending/secret.ts';
import { truncateRunes } from '../sending/truncate.ts';
import { fieldOf } from './slack.ts';

const MAX_TEXT = 16_383;
const PRIORITIES = ['urgent', 'important', 'standard'];

export function mattermostSender(config: MattermostConfig, world: ReceiverWorld): SendFn {
  const sender = new HttpSender(config.http, world);
  return async (message, signal) => {
    const url = await secretText(config.webhookUrl);
    if (url === '') throw new DeliveryError('webhook url missing', false);
    const text = message.texts(config.texts);
    const attachments =
      config.attachments.length > 0
        ? config.attachments.map((part) => attachmentOf(part.texts, part.fields, message))
        : [attachmentOf(config.attachment, config.fields, message)];
    const request = {
      text: truncateRunes(text.text, MAX_TEXT),
      channel: unlessEmpty(text.channel),
      username: unlessEmpty(text.username),
      icon_url: unlessEmpty(text.icon_url),
      icon_emoji: unlessEmpty(text.icon_emoji),
      attachments: unlessEmpty(attachments.filter((part) => Object.values(part).some((value) => value !== undefined))),
      type: unlessEmpty(text.type),
      props: config.card === '' ? undefined : { card: unlessEmpty(message.text(config.card)) },
      priority: priorityOf(config, message),
    };
    const answer = await sender.postJson(url, goJson(request), { signal });
    checkAnswer(answer, { prefix: `channel ${JSON.stringify(text.channel)}: ` });
  };
}

type Attachment = MattermostConfig['attachments'][number];

function attachmentOf(templates: Attachment['texts'], fields: Attachment['fields'], message: Message) {
  const text = message.texts(templates);
  return {
    fallback: unlessEmpty(text.fallback),
    color: unlessEmpty(text.color),
    pretext: unlessEmpty(text.pretext),
    text: unlessEmpty(text.text),
    author_name: unlessEmpty(text.author_name),
    author_link: unlessEmpty(text.author_link),
    author_icon: unlessEmpty(text.author_icon),
    title: unlessEmpty(text.title),
    title_link: unlessEmpty(text.title_link),
    fields: unlessEmpty(fields.map((field) => fieldOf(field, message, undefined))),
    thumb_url: unlessEmpty(text.thumb_url),
    footer: unlessEmpty(text.footer),
    footer_icon: unlessEmpty(text.footer_icon),
    image_url: unlessEmpty(text.image_url),
  };
}

/** Mattermost refuses what does not go together: an acknowledgement of a standard message, insisting on one not urgent. */
function priorityOf({ priority }: MattermostConfig, message: Message) {
  if (priority === null || priority.priority === '') return undefined;
  const asked = message.text(priority.priority).toLowerCase();
  const name = PRIORITIES.includes(asked) ? asked : 'standard';
  return {
    priority: name,
    requested_ack: unlessEmpty(priority.requestedAck && name !== 'standard'),
    persistent_notifications: unlessEmpty(priority.persistentNotifications && name === 'urgent'),
  };
}

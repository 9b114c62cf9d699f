/** Rocket.Chat: chat.postMessage with one attachment (notify/rocketchat). */
import { z } from 'zod';
import type { RocketchatConfig } from '../../config/receivers/chat-receivers.ts';
import { DeliveryError } from '../errors.ts';
import { checkAnswer } from '../sending/check-answer.ts';
import { goJson, unlessEmpty } from '../sending/go-json.ts';
import { HttpSender } from '../sending/http-sender.ts';
import { parseJson } from '../sending/oauth2.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { secretText } from '../sending/secret.ts';
import { truncateRunes } from '../sending/truncate.ts';
import { fieldOf } from './slack.ts';

const MAX_TITLE = 1024;
const rocketAnswer = z.object({ success: z.boolean(), error: z.string().default('') });

export function rocketchatSender(config: RocketchatConfig, world: ReceiverWorld): SendFn {
  const sender = new HttpSender(config.http, world);
  const url = `${config.apiUrl.replace(/\/$/, '')}/api/v1/chat.postMessage`;
  return async (message, signal) => {
    const text = message.texts(config.texts);
    const actions = config.actions.map((action) => {
      const { text: label, url: link, msg } = message.texts(action);
      return {
        type: 'button',
        text: unlessEmpty(label),
        url: unlessEmpty(link),
        is_webview: false,
        msg: unlessEmpty(msg),
        msg_in_chat_window: false,
      };
    });
    const attachment = {
      title: unlessEmpty(truncateRunes(text.title, MAX_TITLE)),
      title_link: unlessEmpty(text.title_link),
      text: unlessEmpty(text.text),
      image_url: unlessEmpty(text.image_url),
      thumb_url: unlessEmpty(text.thumb_url),
      color: unlessEmpty(text.color),
      fields: unlessEmpty(config.fields.map((field) => fieldOf(field, message, config.shortFields))),
      actions: unlessEmpty(actions),
    };
    const body = goJson({
      channel: unlessEmpty(text.channel),
      emoji: unlessEmpty(text.emoji),
      avatar: unlessEmpty(text.icon_url),
      attachments: [attachment],
    });
    const headers = {
      'X-Auth-Token': await secretText(config.token),
      'X-User-Id': await secretText(config.tokenId),
    };
    const prefix = `channel ${JSON.stringify(text.channel)}: `;
    const answer = await sender.postJson(url, body, { headers, signal });
    checkAnswer(answer, { prefix });
    judge(answer.text, prefix);
  };
}

/** It answers 200 also when it refuses. */
function judge(text: string, prefix: string): void {
  const answer = rocketAnswer.safeParse(parseJson(text));
  if (!answer.success) {
    const reason = `could not unmarshal JSON response ${JSON.stringify(text)}`;
    throw new DeliveryError(prefix + reason, true, 'clientError');
  }
  if (answer.data.success) return;
  throw new DeliveryError(`${prefix}error response from Rocketchat: ${answer.data.error}`, false, 'clientError');
}

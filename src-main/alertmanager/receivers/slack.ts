/** Slack: messages with one attachment, by an incoming webhook or as an app (notify/slack). */
import { z } from 'zod';
import type { SlackConfig } from '../../config/receivers/chat-receivers.ts';
import { DeliveryError } from '../errors.ts';
import type { ReceiverData } from '../notification.ts';
import { checkAnswer } from '../sending/check-answer.ts';
import { goJson, unlessEmpty } from '../sending/go-json.ts';
import type { HttpAnswer } from '../sending/http-message.ts';
import { HttpSender } from '../sending/http-sender.ts';
import type { Message } from '../sending/message.ts';
import { parseJson } from '../sending/oauth2.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { secretText } from '../sending/secret.ts';
import { truncateRunes } from '../sending/truncate.ts';

const MAX_TITLE = 1024;

const slackAnswer = z.object({
  ok: z.boolean(),
  error: z.string().default(''),
  ts: z.string().default(''),
  channel: z.string().default(''),
});

export function slackSender(config: SlackConfig, world: ReceiverWorld): SendFn {
  const sender = new HttpSender(config.http, world);
  return async (message, signal) => {
    const text = message.texts(config.texts);
    const earlier = config.updateMessage ? message.notification.receiverData : {};
    const url = await secretText(config.url);
    const headers =
      config.appToken === null ? {} : { Authorization: `Bearer ${(await secretText(config.appToken)).trim()}` };
    const body = goJson(slackRequest(config, message, { text, earlier }));
    const target = earlier.ts === undefined ? url : url.replace(/chat\.postMessage$/, 'chat.update');
    const answer = await sender.postJson(target, body, { headers, signal, timeoutMs: config.timeoutMs });
    const prefix = `channel ${JSON.stringify(text.channel)}: `;
    checkAnswer(answer, { prefix });
    return noted(config, judged(answer, prefix));
  };
}

function slackRequest(
  config: SlackConfig,
  message: Message,
  { text, earlier }: { readonly text: SlackConfig['texts']; readonly earlier: ReceiverData },
) {
  return {
    channel: unlessEmpty(earlier.channel ?? text.channel),
    username: unlessEmpty(text.username),
    icon_emoji: unlessEmpty(text.icon_emoji),
    icon_url: unlessEmpty(text.icon_url),
    link_names: unlessEmpty(config.linkNames),
    text: unlessEmpty(text.message_text),
    attachments: [
      {
        title: unlessEmpty(truncateRunes(text.title, MAX_TITLE)),
        title_link: unlessEmpty(text.title_link),
        pretext: unlessEmpty(text.pretext),
        text: text.text,
        fallback: text.fallback,
        callback_id: text.callback_id,
        fields: unlessEmpty(config.fields.map((field) => fieldOf(field, message, config.shortFields))),
        actions: unlessEmpty(config.actions.map((action) => actionOf(action, message))),
        image_url: unlessEmpty(text.image_url),
        thumb_url: unlessEmpty(text.thumb_url),
        footer: text.footer,
        color: unlessEmpty(text.color),
        mrkdwn_in: unlessEmpty(config.mrkdwnIn),
      },
    ],
    ts: earlier.ts,
  };
}

/** A field of an attachment, which Mattermost and Rocket.Chat have too. */
export function fieldOf(
  { title, value, short }: SlackConfig['fields'][number],
  message: Message,
  fallback: boolean | undefined,
) {
  return { title: unlessEmpty(message.text(title)), value: unlessEmpty(message.text(value)), short: short ?? fallback };
}

function actionOf({ confirm, ...action }: SlackConfig['actions'][number], message: Message) {
  const { type, text, url, style, name, value } = message.texts(action);
  return {
    type: unlessEmpty(type),
    text: unlessEmpty(text),
    url: unlessEmpty(url),
    style: unlessEmpty(style),
    name: unlessEmpty(name),
    value: unlessEmpty(value),
    confirm: confirm === null ? undefined : confirmOf(confirm, message),
  };
}

function confirmOf(confirm: NonNullable<SlackConfig['actions'][number]['confirm']>, message: Message) {
  const { text, title, ok_text, dismiss_text } = message.texts(confirm);
  return {
    text: unlessEmpty(text),
    title: unlessEmpty(title),
    ok_text: unlessEmpty(ok_text),
    dismiss_text: unlessEmpty(dismiss_text),
  };
}

/** Slack answers 200 also when it refuses: with `ok: false`, or with a text that is not `ok`. */
function judged({ contentType, text }: HttpAnswer, prefix: string): z.infer<typeof slackAnswer> {
  if (!contentType.startsWith('application/json')) {
    if (text === 'ok') return { ok: true, error: '', ts: '', channel: '' };
    throw new DeliveryError(`${prefix}received an error response from Slack: ${text}`, false, 'clientError');
  }
  const answer = slackAnswer.safeParse(parseJson(text));
  if (!answer.success) {
    const reason = `could not unmarshal JSON response ${JSON.stringify(text)}`;
    throw new DeliveryError(prefix + reason, true, 'clientError');
  }
  if (answer.data.ok) return answer.data;
  throw new DeliveryError(`${prefix}error response from Slack: ${answer.data.error}`, false, 'clientError');
}

/** Under what the message can be changed later. */
function noted({ updateMessage }: SlackConfig, { ts, channel }: z.infer<typeof slackAnswer>): ReceiverData | undefined {
  return updateMessage && ts !== '' ? { ts, channel } : undefined;
}

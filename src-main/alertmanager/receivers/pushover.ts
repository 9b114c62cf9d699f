/** Pushover: one message, all of it in the query (notify/pushover). */
import type { PushoverConfig } from '../../config/receivers/messenger-receivers.ts';
import { checkAnswer } from '../sending/check-answer.ts';
import { HttpSender } from '../sending/http-sender.ts';
import type { Message } from '../sending/message.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { secretText } from '../sending/secret.ts';
import { truncateRunes } from '../sending/truncate.ts';

export const PUSHOVER_URL = 'https://api.pushover.net/1/messages.json';
const MAX_TITLE = 250;
const MAX_MESSAGE = 1024;
const MAX_URL = 512;

export function pushoverSender(config: PushoverConfig, world: ReceiverWorld, apiUrl = PUSHOVER_URL): SendFn {
  const sender = new HttpSender(config.http, world);
  return async (message, signal) => {
    const keys = { token: await secretText(config.token), user: await secretText(config.userKey) };
    const query = new URLSearchParams({ ...message.texts(keys), ...parameters(config, message) });
    query.sort();
    const headers = { 'Content-Type': 'text/plain' };
    checkAnswer(await sender.send({ url: `${apiUrl}?${query}`, headers, signal }));
  };
}

function parameters(config: PushoverConfig, message: Message): Record<string, string> {
  const { message: template, ...others } = config.texts;
  const text = message.texts(others);
  const body = truncateRunes(config.html ? message.html(template) : message.text(template), MAX_MESSAGE).trim();
  const seconds = (ms: number) => String(Math.floor(ms / 1000));
  return {
    title: truncateRunes(text.title, MAX_TITLE),
    ...(config.html ? { html: '1' } : {}),
    ...(config.monospace ? { monospace: '1' } : {}),
    message: body === '' ? '(no details)' : body, // empty ones are refused
    url: truncateRunes(text.url, MAX_URL),
    url_title: text.url_title,
    priority: text.priority,
    retry: seconds(config.retryMs),
    expire: seconds(config.expireMs),
    device: text.device,
    sound: text.sound,
    ...(config.ttlMs >= 1000 ? { ttl: seconds(config.ttlMs) } : {}),
  };
}

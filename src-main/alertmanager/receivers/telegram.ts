/** Telegram: sendMessage of the Bot API (notify/telegram). */
import { z } from 'zod';
import type { TelegramConfig } from '../../config/receivers/messenger-receivers.ts';
import { DeliveryError } from '../errors.ts';
import { goJson, unlessEmpty } from '../sending/go-json.ts';
import type { HttpAnswer } from '../sending/http-message.ts';
import { HttpSender } from '../sending/http-sender.ts';
import type { Message } from '../sending/message.ts';
import { parseJson } from '../sending/oauth2.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { secretText } from '../sending/secret.ts';
import { truncateRunes } from '../sending/truncate.ts';

/** Of what is shown, entities and tags aside. */
const MAX_RUNES = 4096;
const MAX_BYTES = 1 << 15;
const TOO_LONG =
  'Alertmanager notification could not be sent: message length exceeds Telegram limits.\n' +
  'Please check the template used for producing the message content.';

const botAnswer = z.object({
  ok: z.boolean(),
  error_code: z.number().default(0),
  description: z.string().default(''),
});

export function telegramSender(config: TelegramConfig, world: ReceiverWorld): SendFn {
  const sender = new HttpSender(config.http, world);
  return async (message, signal) => {
    const text = messageText(config, message);
    const chatId = await secretText(config.chatId);
    if (!/^-?\d+$/.test(chatId)) throw new DeliveryError('could not parse chat_id', true);
    const body = goJson({
      chat_id: chatId,
      text,
      disable_web_page_preview: 'true',
      disable_notification: unlessEmpty(config.disableNotifications),
      message_thread_id: unlessEmpty(config.messageThreadId),
      parse_mode: unlessEmpty(config.parseMode),
    });
    const url = `${config.apiUrl.replace(/\/$/, '')}/bot${await secretText(config.botToken)}/sendMessage`;
    judge(await sender.postJson(url, body, { signal, timeoutMs: config.timeoutMs }));
  };
}

/** HTML that is cut would not parse: it is replaced as a whole. */
function messageText({ message: template, parseMode }: TelegramConfig, message: Message): string {
  if (parseMode !== 'HTML') return truncateRunes(message.text(template), MAX_RUNES);
  const html = message.html(template);
  return Buffer.byteLength(html) > MAX_BYTES || shownRunes(html) > MAX_RUNES ? TOO_LONG : html;
}

function shownRunes(html: string): number {
  const shown = html.replace(/<[^<>]*>/g, '').replace(/&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});?/g, '.');
  return [...shown].length;
}

/** Tried again whatever was wrong, as upstream does. */
function judge({ status, text }: HttpAnswer): void {
  const answer = botAnswer.safeParse(parseJson(text));
  if (answer.success && answer.data.ok) return;
  const code = answer.success && answer.data.error_code > 0 ? answer.data.error_code : status;
  const why = answer.success ? answer.data.description : `unexpected status code ${status}`;
  throw new DeliveryError(`telegram: ${why} (${code})`, true, reasonOf(code));
}

function reasonOf(code: number): DeliveryError['reason'] {
  if (code === 429) return 'rateLimited';
  if (code === 401 || code === 403) return 'authError';
  if (code >= 500) return 'serverError';
  return code >= 400 ? 'clientError' : 'other';
}

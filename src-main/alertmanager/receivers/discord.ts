/** Discord: a webhook with one embed (notify/discord). */
import type { DiscordConfig } from '../../config/receivers/chat-receivers.ts';
import { checkAnswer } from '../sending/check-answer.ts';
import { goJson, unlessEmpty } from '../sending/go-json.ts';
import { HttpSender } from '../sending/http-sender.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { secretText } from '../sending/secret.ts';
import { truncateRunes } from '../sending/truncate.ts';

const MAX_TITLE = 256;
const MAX_DESCRIPTION = 4096;
const MAX_CONTENT = 2000;
const COLORS = { firing: 0x992d22, resolved: 0x2ecc71 };

export function discordSender(config: DiscordConfig, world: ReceiverWorld): SendFn {
  const sender = new HttpSender(config.http, world);
  return async (message, signal) => {
    const text = message.texts(config.texts);
    const embed = {
      title: truncateRunes(text.title, MAX_TITLE),
      description: truncateRunes(text.message, MAX_DESCRIPTION),
      color: COLORS[message.status],
    };
    const body = goJson({
      content: truncateRunes(text.content, MAX_CONTENT),
      embeds: [embed],
      username: unlessEmpty(config.username),
      avatar_url: URL.canParse(config.avatarUrl) ? config.avatarUrl : undefined,
    });
    checkAnswer(await sender.postJson(await secretText(config.webhookUrl), body, { signal }));
  };
}

/** Microsoft Teams: the connector that is going (notify/msteams), and the workflow that follows it (notify/msteamsv2). */
import type { MsTeamsConfig, MsTeamsV2Config } from '../../config/receivers/chat-receivers.ts';
import { checkAnswer } from '../sending/check-answer.ts';
import { goJson } from '../sending/go-json.ts';
import { HttpSender } from '../sending/http-sender.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { secretText } from '../sending/secret.ts';

const CARD_COLORS = { firing: '8C1A1A', resolved: '2DC72D' };
const TEXT_COLORS = { firing: 'Attention', resolved: 'Good' };

export function msTeamsSender(config: MsTeamsConfig, world: ReceiverWorld): SendFn {
  const sender = new HttpSender(config.http, world);
  return async (message, signal) => {
    const { title, summary, text } = message.texts(config.texts);
    const body = goJson({
      '@context': 'http://schema.org/extensions',
      type: 'MessageCard',
      title,
      summary,
      text,
      themeColor: CARD_COLORS[message.status],
    });
    checkAnswer(await sender.postJson(await secretText(config.webhookUrl), body, { signal }));
  };
}

export function msTeamsV2Sender(config: MsTeamsV2Config, world: ReceiverWorld): SendFn {
  const sender = new HttpSender(config.http, world);
  return async (message, signal) => {
    const { title, text } = message.texts(config.texts);
    const heading = {
      type: 'TextBlock',
      text: title,
      weight: 'Bolder',
      size: 'Medium',
      wrap: true,
      style: 'heading',
      color: TEXT_COLORS[message.status],
    };
    const content = {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.2',
      body: [heading, { type: 'TextBlock', text, wrap: true }],
      msteams: { width: 'full' },
    };
    const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content };
    const body = goJson({ type: 'message', attachments: [attachment] });
    checkAnswer(await sender.postJson(await secretText(config.webhookUrl), body, { signal }));
  };
}

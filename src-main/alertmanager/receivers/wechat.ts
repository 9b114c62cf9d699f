/** WeChat Work: a message to users, parties or tags, with a token that is fetched first (notify/wechat). */
import { z } from 'zod';
import type { WechatConfig } from '../../config/receivers/messenger-receivers.ts';
import { DeliveryError } from '../errors.ts';
import { goJson, unlessEmpty } from '../sending/go-json.ts';
import { HttpSender } from '../sending/http-sender.ts';
import { parseJson } from '../sending/oauth2.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { secretText } from '../sending/secret.ts';

const TOKEN_MS = 2 * 3_600_000;
const TOKEN_EXPIRED = 42001;

const tokenAnswer = z.object({ access_token: z.string().min(1) });
const sendAnswer = z.object({ errcode: z.number().default(0), errmsg: z.string().default('') });

export function wechatSender(config: WechatConfig, world: ReceiverWorld): SendFn {
  const sender = new HttpSender(config.http, world);
  let token = { text: '', atMs: 0 };
  const fetchToken = async (secret: string, signal: AbortSignal) => {
    const query = new URLSearchParams({ corpid: config.corpId, corpsecret: secret });
    const answer = await sender.send({ method: 'GET', url: `${config.apiUrl}gettoken?${query}`, signal });
    const parsed = tokenAnswer.safeParse(parseJson(answer.text));
    if (!parsed.success)
      throw new DeliveryError(`invalid APISecret for CorpID: ${config.corpId}`, false, 'clientError');
    token = { text: parsed.data.access_token, atMs: world.clock.nowMs() };
  };
  return async (message, signal) => {
    const text = message.texts(config.texts);
    if (token.text === '' || world.clock.nowMs() - token.atMs > TOKEN_MS)
      await fetchToken(message.text(await secretText(config.apiSecret)), signal);
    const isMarkdown = config.messageType === 'markdown';
    const body = goJson({
      text: { content: isMarkdown ? '' : text.message },
      touser: unlessEmpty(text.to_user),
      toparty: unlessEmpty(text.to_party),
      totag: unlessEmpty(text.to_tag),
      agentid: unlessEmpty(text.agent_id),
      safe: '0',
      msgtype: config.messageType,
      markdown: { content: isMarkdown ? text.message : '' },
    });
    const url = `${config.apiUrl}message/send?access_token=${encodeURIComponent(token.text)}`;
    const answer = await sender.postJson(url, body, { signal });
    if (answer.status !== 200)
      throw new DeliveryError(
        `unexpected status code ${answer.status}`,
        true,
        answer.status >= 500 ? 'serverError' : 'clientError',
      );
    const said = sendAnswer.safeParse(parseJson(answer.text));
    if (!said.success) throw new DeliveryError('the answer is no JSON', true);
    if (said.data.errcode === 0) return;
    const isExpired = said.data.errcode === TOKEN_EXPIRED;
    if (isExpired) token = { text: '', atMs: 0 };
    throw new DeliveryError(said.data.errmsg, isExpired);
  };
}

/** Webex: a message into a room (notify/webex). */
import type { WebexConfig } from '../../config/receivers/messenger-receivers.ts';
import { checkAnswer } from '../sending/check-answer.ts';
import { goJson, unlessEmpty } from '../sending/go-json.ts';
import { HttpSender } from '../sending/http-sender.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { truncateBytes } from '../sending/truncate.ts';

const MAX_BYTES = 7439;

export function webexSender(config: WebexConfig, world: ReceiverWorld): SendFn {
  const sender = new HttpSender(config.http, world);
  return async (message, signal) => {
    const { message: markdown, room_id: roomId } = message.texts(config.texts);
    const body = goJson({ markdown: truncateBytes(markdown, MAX_BYTES), roomId: unlessEmpty(roomId) });
    checkAnswer(await sender.postJson(config.apiUrl, body, { signal }));
  };
}

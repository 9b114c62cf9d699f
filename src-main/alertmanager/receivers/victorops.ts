/** VictorOps, now Splunk On-Call: its REST endpoint (notify/victorops). */
import type { VictoropsConfig } from '../../config/receivers/paging-receivers.ts';
import { checkAnswer } from '../sending/check-answer.ts';
import { goJson } from '../sending/go-json.ts';
import { HttpSender } from '../sending/http-sender.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { secretText } from '../sending/secret.ts';
import { truncateRunes } from '../sending/truncate.ts';

const MAX_MESSAGE = 20_480;
const TYPES = new Set(['INFO', 'WARNING', 'CRITICAL']);

export function victoropsSender(config: VictoropsConfig, world: ReceiverWorld): SendFn {
  const sender = new HttpSender(config.http, world);
  return async (message, signal) => {
    const text = message.texts(config.texts);
    const firingType = TYPES.has(text.message_type) ? text.message_type : 'CRITICAL';
    const body = goJson({
      entity_display_name: text.entity_display_name,
      entity_id: message.groupHash,
      message_type: message.status === 'resolved' ? 'RECOVERY' : firingType,
      monitoring_tool: text.monitoring_tool,
      state_message: truncateRunes(text.state_message, MAX_MESSAGE),
      ...message.texts(config.customFields),
    });
    const url = `${config.apiUrl}${await secretText(config.apiKey)}/${text.routing_key}`;
    checkAnswer(await sender.postJson(url, body, { signal }));
  };
}

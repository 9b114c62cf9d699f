/** incident.io: the webhook's payload under a token (notify/incidentio). */
import { z } from 'zod';
import type { IncidentioConfig } from '../../config/receivers/paging-receivers.ts';
import { checkAnswer } from '../sending/check-answer.ts';
import { goJson } from '../sending/go-json.ts';
import type { HttpAnswer } from '../sending/http-message.ts';
import { HttpSender } from '../sending/http-sender.ts';
import { parseJson } from '../sending/oauth2.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { secretText } from '../sending/secret.ts';
import { payloadData } from './webhook.ts';

const MAX_BYTES = 512 * 1024;

const complaint = z.object({
  message: z.string().default(''),
  error: z.string().default(''),
  errors: z.array(z.string()).default([]),
});

export function incidentioSender(config: IncidentioConfig, world: ReceiverWorld): SendFn {
  const sender = new HttpSender(config.http, world);
  const { alertSourceToken, timeoutMs } = config;
  return async (message, signal) => {
    const { data, truncatedAlerts } = payloadData(message.notification, config.maxAlerts);
    const frame = { version: '1', groupKey: message.notification.groupKey, truncatedAlerts };
    const whole = goJson({ ...data, ...frame });
    const isTooLong = Buffer.byteLength(whole) > MAX_BYTES;
    const body = isTooLong ? goJson({ ...data, alerts: data.alerts.slice(0, 1), ...frame }) : whole;
    const headers = alertSourceToken === null ? {} : { Authorization: `Bearer ${await secretText(alertSourceToken)}` };
    const answer = await sender.postJson(await secretText(config.url), body, { headers, signal, timeoutMs });
    checkAnswer(answer, { retryCodes: [429], detail: detailOf });
  };
}

function detailOf({ text }: HttpAnswer): string {
  const parsed = complaint.safeParse(parseJson(text));
  if (!parsed.success) return '';
  const { message, error, errors } = parsed.data;
  return [message, error, errors.join(', ')].filter((part) => part !== '').join(': ');
}

/** PagerDuty: the Events API v2, and v1 where a service key is given (notify/pagerduty). */
import { z } from 'zod';
import type { PagerdutyConfig } from '../../config/receivers/paging-receivers.ts';
import type { PlainYaml } from '../../config/yaml-plain.ts';
import { DeliveryError } from '../errors.ts';
import { type CheckOptions, checkAnswer } from '../sending/check-answer.ts';
import { goJson, unlessEmpty } from '../sending/go-json.ts';
import type { HttpAnswer } from '../sending/http-message.ts';
import { HttpSender } from '../sending/http-sender.ts';
import type { Message } from '../sending/message.ts';
import { parseJson } from '../sending/oauth2.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { renderPlain } from '../sending/render-plain.ts';
import { secretText } from '../sending/secret.ts';
import { truncateRunes } from '../sending/truncate.ts';

export const PAGERDUTY_V1_URL = 'https://events.pagerduty.com/generic/2010-04-15/create_event.json';
const MAX_EVENT_BYTES = 512_000;
const MAX_DESCRIPTION = 1024;
const TOO_LARGE = {
  error: 'Custom details have been removed because the original event exceeds the maximum size of 512KB',
};

const complaint = z.object({ message: z.string().default(''), errors: z.array(z.string()).default([]) });

export function pagerdutySender(config: PagerdutyConfig, world: ReceiverWorld, v1Url = PAGERDUTY_V1_URL): SendFn {
  const sender = new HttpSender(config.http, world);
  const { serviceKey, routingKey, timeoutMs } = config;
  return async (message, signal) => {
    const details = Object.fromEntries(
      Object.entries(config.details).map(([name, value]) => [name, renderPlain(value, (text) => message.text(text))]),
    );
    const isV1 = serviceKey !== null;
    const secret = serviceKey ?? routingKey;
    const key = secret === null ? '' : message.text(await secretText(secret));
    if (key === '') throw new DeliveryError(`${isV1 ? 'service' : 'routing'} key cannot be empty`, false);
    const event = isV1 ? eventV1 : eventV2;
    const body = fitting((shown) => event(config, message, { key, details: shown }), details);
    const answer = await sender.postJson(isV1 ? v1Url : config.url, body, { signal, timeoutMs });
    const check: CheckOptions = { retryCodes: [isV1 ? 403 : 429], detail: detailOf };
    checkAnswer(answer, check);
  };
}

interface EventOptions {
  readonly key: string;
  readonly details: Readonly<Record<string, PlainYaml>>;
}

/** Without its details where it would be too large with them. */
function fitting(event: (details: EventOptions['details']) => unknown, details: EventOptions['details']): string {
  const body = goJson(event(details));
  return Buffer.byteLength(body) > MAX_EVENT_BYTES ? goJson(event(TOO_LARGE)) : body;
}

function eventTypeOf(message: Message): 'trigger' | 'resolve' {
  return message.status === 'firing' ? 'trigger' : 'resolve';
}

function eventV1(config: PagerdutyConfig, message: Message, { key, details }: EventOptions) {
  const text = message.texts(config.texts);
  const type = eventTypeOf(message);
  return {
    service_key: key,
    incident_key: message.groupHash,
    event_type: type,
    description: unlessEmpty(truncateRunes(text.description, MAX_DESCRIPTION)),
    event_action: '',
    payload: null,
    ...(type === 'trigger' ? { client: unlessEmpty(text.client), client_url: unlessEmpty(text.client_url) } : {}),
    details,
  };
}

function eventV2(config: PagerdutyConfig, message: Message, { key, details }: EventOptions) {
  const text = message.texts(config.texts);
  const images = config.images.map((image) => message.texts(image)).filter(({ src }) => src !== '');
  const links = config.links.map((link) => message.texts(link)).filter(({ href }) => href !== '');
  return {
    routing_key: key,
    dedup_key: message.groupHash,
    event_action: eventTypeOf(message),
    payload: {
      summary: truncateRunes(text.description, MAX_DESCRIPTION),
      source: message.text(config.source),
      severity: text.severity,
      class: unlessEmpty(text.class),
      component: unlessEmpty(text.component),
      group: unlessEmpty(text.group),
      custom_details: details,
    },
    client: unlessEmpty(text.client),
    client_url: unlessEmpty(text.client_url),
    images: unlessEmpty(images),
    links: unlessEmpty(links),
  };
}

function detailOf({ status, text }: HttpAnswer): string {
  const parsed = complaint.safeParse(parseJson(text));
  return status === 400 && parsed.success ? `${parsed.data.message}: ${parsed.data.errors.join(',')}` : '';
}

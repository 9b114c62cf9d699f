/** POSTs a group of alerts as JSON, payload version 4 (notify/webhook), or as the receiver's own payload. */
import type { WebhookConfig } from '../../config/receivers/own-receivers.ts';
import { structured } from '../../config/yaml-plain.ts';
import { formatRfc3339 } from '../../model/go-template/go-time.ts';
import { labelsToRecord } from '../../model/labels.ts';
import { isFiring, type Notification, statusOf } from '../notification.ts';
import { checkAnswer } from '../sending/check-answer.ts';
import { goJson } from '../sending/go-json.ts';
import { HttpSender } from '../sending/http-sender.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { renderPlain } from '../sending/render-plain.ts';
import { secretText } from '../sending/secret.ts';
import type { StoredAlert } from '../stored-alert.ts';
import { commonOf, quoteRegex } from '../template-data.ts';

export function webhookSender(config: WebhookConfig, world: ReceiverWorld): SendFn {
  const sender = new HttpSender(config.http, world);
  return async (message, signal) => {
    const url = message.text(await secretText(config.url));
    const body =
      config.payload === null
        ? webhookBody(message.notification, config.maxAlerts)
        : goJson(renderPlain(config.payload, (text) => structured(message.text(text))));
    checkAnswer(await sender.postJson(url, body, { signal, timeoutMs: config.timeoutMs }));
  };
}

/** The payload, with the fields in upstream's order. */
export function webhookBody(notification: Notification, maxAlerts: number): string {
  const { data, truncatedAlerts } = payloadData(notification, maxAlerts);
  return goJson({ ...data, version: '4', groupKey: notification.groupKey, truncatedAlerts });
}

/** What templates see, as JSON; of more than `maxAlerts` (0: no limit) the first ones. */
export function payloadData(notification: Notification, maxAlerts: number) {
  const all = notification.alerts;
  const alerts = maxAlerts > 0 ? all.slice(0, maxAlerts) : all;
  const data = {
    receiver: quoteRegex(notification.receiver),
    status: statusOf(alerts),
    alerts: alerts.map(payloadAlert),
    notification_reason: notification.reason,
    groupLabels: labelsToRecord(notification.groupLabels),
    commonLabels: labelsToRecord(commonOf(alerts.map((alert) => alert.labels))),
    commonAnnotations: labelsToRecord(commonOf(alerts.map((alert) => alert.annotations))),
    routeLabels: notification.routeLabels,
    externalURL: notification.externalUrl,
  };
  return { data, truncatedAlerts: all.length - alerts.length };
}

function payloadAlert(alert: StoredAlert) {
  return {
    status: isFiring(alert) ? 'firing' : 'resolved',
    labels: labelsToRecord(alert.labels),
    annotations: labelsToRecord(alert.annotations),
    startsAt: formatRfc3339(alert.startsAtMs),
    endsAt: isFiring(alert) ? '0001-01-01T00:00:00Z' : formatRfc3339(alert.endsAtMs),
    generatorURL: alert.generatorUrl,
    fingerprint: alert.fingerprint,
  };
}

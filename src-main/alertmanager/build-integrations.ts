import type { AlertmanagerConfig } from '../config/alertmanager-config.ts';
import type { Clock } from '../model/clock.ts';
import type { Integration } from './notification.ts';
import { type Desktop, desktopIntegration } from './receivers/desktop.ts';
import { messageTemplates } from './receivers/message-template.ts';
import { webhookIntegration } from './receivers/webhook.ts';

export interface IntegrationWorld {
  readonly clock: Clock;
  readonly desktop: Desktop;
  readonly userAgent: string;
}

/** The integrations of every receiver, by its name. Throws TemplateError for a template file that cannot be parsed. */
export function buildIntegrations(
  { receivers, templates }: AlertmanagerConfig,
  { clock, desktop, userAgent }: IntegrationWorld,
): ReadonlyMap<string, readonly Integration[]> {
  const expand = messageTemplates(templates, clock);
  return new Map(
    receivers.map((receiver) => [
      receiver.name,
      [
        ...receiver.desktop.map((config, index) => desktopIntegration({ config, index, expand, desktop })),
        ...receiver.webhook.map((config, index) => webhookIntegration({ config, index, expand, clock, userAgent })),
      ],
    ]),
  );
}

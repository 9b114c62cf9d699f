/** Which code tells which kind of receiver. */
import type { AlertmanagerConfig } from '../config/alertmanager-config.ts';
import type { IntegrationConfig } from '../config/receivers/read-receivers.ts';
import type { Integration } from './notification.ts';
import { type Desktop, desktopSender } from './receivers/desktop.ts';
import { discordSender } from './receivers/discord.ts';
import { incidentioSender } from './receivers/incidentio.ts';
import { jiraSender } from './receivers/jira.ts';
import { mattermostSender } from './receivers/mattermost.ts';
import { opsgenieSender } from './receivers/opsgenie.ts';
import { pagerdutySender } from './receivers/pagerduty.ts';
import { pushoverSender } from './receivers/pushover.ts';
import { rocketchatSender } from './receivers/rocketchat.ts';
import { slackSender } from './receivers/slack.ts';
import { msTeamsSender, msTeamsV2Sender } from './receivers/teams.ts';
import { telegramSender } from './receivers/telegram.ts';
import { victoropsSender } from './receivers/victorops.ts';
import { webexSender } from './receivers/webex.ts';
import { webhookSender } from './receivers/webhook.ts';
import { wechatSender } from './receivers/wechat.ts';
import { Message } from './sending/message.ts';
import { type MessageTemplates, messageTemplates } from './sending/message-templates.ts';
import type { ReceiverWorld, SendFn } from './sending/receiver-world.ts';

export interface IntegrationWorld extends ReceiverWorld {
  readonly desktop: Desktop;
}

/** The integrations of every receiver, by its name. Throws TemplateError for a template file that cannot be parsed. */
export function buildIntegrations(
  { receivers, templates }: AlertmanagerConfig,
  world: IntegrationWorld,
): ReadonlyMap<string, readonly Integration[]> {
  const expand = messageTemplates(templates, world.clock);
  return new Map(
    receivers.map(({ name, integrations }) => {
      const counts = new Map<string, number>();
      const built = integrations.map((integration) => {
        const index = counts.get(integration.kind) ?? 0;
        counts.set(integration.kind, index + 1);
        return buildIntegration(integration, index, { templates: expand, world });
      });
      return [name, built];
    }),
  );
}

/** One way to tell a receiver; `index` is its place among those of its kind. */
export function buildIntegration(
  integration: IntegrationConfig,
  index: number,
  { templates, world }: { readonly templates: MessageTemplates; readonly world: IntegrationWorld },
): Integration {
  const send = senderOf(integration, world);
  return {
    name: integration.kind,
    index,
    sendResolved: integration.config.sendResolved,
    notify: async (notification, signal) => send(new Message(notification, templates), signal),
  };
}

function senderOf(integration: IntegrationConfig, world: IntegrationWorld): SendFn {
  switch (integration.kind) {
    case 'desktop':
      return desktopSender(integration.config, world.desktop);
    case 'webhook':
      return webhookSender(integration.config, world);
    case 'email':
      return lazily(async () => (await import('./receivers/email.ts')).emailSender(integration.config, world));
    case 'pagerduty':
      return pagerdutySender(integration.config, world);
    case 'opsgenie':
      return opsgenieSender(integration.config, world);
    case 'wechat':
      return wechatSender(integration.config, world);
    case 'slack':
      return slackSender(integration.config, world);
    case 'victorops':
      return victoropsSender(integration.config, world);
    case 'pushover':
      return pushoverSender(integration.config, world);
    case 'sns':
      return lazily(async () => (await import('./receivers/sns.ts')).snsSender(integration.config, world));
    case 'telegram':
      return telegramSender(integration.config, world);
    case 'discord':
      return discordSender(integration.config, world);
    case 'webex':
      return webexSender(integration.config, world);
    case 'msteams':
      return msTeamsSender(integration.config, world);
    case 'msteamsv2':
      return msTeamsV2Sender(integration.config, world);
    case 'jira':
      return jiraSender(integration.config, world);
    case 'rocketchat':
      return rocketchatSender(integration.config, world);
    case 'mattermost':
      return mattermostSender(integration.config, world);
    case 'incidentio':
      return incidentioSender(integration.config, world);
  }
}

/** Made with the first message: its libraries need not be there before. */
function lazily(make: () => Promise<SendFn>): SendFn {
  let made: Promise<SendFn> | null = null;
  return async (message, signal) => {
    made ??= make();
    return (await made)(message, signal);
  };
}

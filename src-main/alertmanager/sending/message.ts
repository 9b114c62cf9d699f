/** One notification on its way to one receiver: its texts, expanded with the templates of the configuration. */
import { createHash } from 'node:crypto';
import type { GoValue } from '../../model/go-template/value.ts';
import { type Notification, statusOf } from '../notification.ts';
import { templateData } from '../template-data.ts';
import type { MessageTemplates } from './message-templates.ts';

export class Message {
  readonly notification: Notification;
  readonly data: GoValue;
  readonly #templates: MessageTemplates;

  constructor(notification: Notification, templates: MessageTemplates) {
    const bare = templateData(notification);
    const routeLabels = Object.entries(notification.routeLabels).map(([name, text]): [string, string] => [
      name,
      templates.text(text, bare),
    ]);
    this.notification = { ...notification, routeLabels: Object.fromEntries(routeLabels) };
    this.data = routeLabels.length === 0 ? bare : templateData(this.notification);
    this.#templates = templates;
  }

  get status(): 'firing' | 'resolved' {
    return statusOf(this.notification.alerts);
  }

  /** Names the group to services that want a short key of their own. */
  get groupHash(): string {
    return createHash('sha256').update(this.notification.groupKey).digest('hex');
  }

  /** Throws DeliveryError. */
  text(template: string): string {
    return this.#templates.text(template, this.data);
  }

  /** What the data brings in is escaped for HTML. Throws DeliveryError. */
  html(template: string): string {
    return this.#templates.html(template, this.data);
  }

  texts<T extends Readonly<Record<string, string>>>(templates: T): { readonly [K in keyof T]: string } {
    const texts: { [K in keyof T]: string } = { ...templates };
    for (const key in templates) texts[key] = this.text(templates[key] ?? '');
    return texts;
  }
}

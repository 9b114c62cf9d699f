import type { Desktop } from './desktop.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Post, ToEngine } from './engine-port.ts';
import type { ApiParts } from './parts.ts';
import { transferable } from './transfer.ts';

interface Inside {
  readonly parts: ApiParts;
  readonly dispatcher: Dispatcher;
  readonly desktop: Desktop;
  readonly post: Post;
}

/** What each message from outside does. */
export function receiver({ parts, dispatcher, desktop, post }: Inside): (message: ToEngine) => void {
  const { scrape, rules, alertmanager } = parts;
  return (message) => {
    switch (message.kind) {
      case 'client-open':
        dispatcher.open(message.client, (frame) =>
          post({ kind: 'client-frame', client: message.client, frame }, transferable(frame)),
        );
        return;
      case 'client-frame':
        dispatcher.receive(message.client, message.frame);
        return;
      case 'client-close':
        dispatcher.close(message.client);
        return;
      case 'reload':
        void parts.reload();
        return;
      case 'suspend':
        for (const part of [scrape, rules, alertmanager]) part.suspend();
        return;
      case 'resume':
        alertmanager.resume(2 * parts.configuration().prometheus.global.scrapeIntervalMs);
        scrape.resume();
        rules.resume();
        return;
      case 'show-outcome':
        desktop.settle(message.id, message.error);
        return;
      case 'stop':
        parts.requestStop();
        return;
    }
  };
}

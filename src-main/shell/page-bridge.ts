/** Joins each page of the window with the engine thread: one MessagePort and one client number a page. */
import { ipcMain, MessageChannelMain, type MessagePortMain, type WebContents } from 'electron';
import type { ServerFrame } from '../../shared/contract.ts';
import type { ToEngine } from '../api/engine-port.ts';
import { isPageUrl } from './page-file.ts';
import { PORT, PORT_PLEASE } from './port-names.ts';

interface Client {
  readonly port: MessagePortMain;
  readonly page: WebContents;
}

export class PageBridge {
  readonly #send: (message: ToEngine) => void;
  readonly #clients = new Map<number, Client>();
  #lastClient = 0;

  constructor(send: (message: ToEngine) => void) {
    this.#send = send;
  }

  /** Answers pages that ask for a port; only the main frame of our own page gets one. */
  start(): void {
    ipcMain.on(PORT_PLEASE, (event) => {
      const frame = event.senderFrame;
      if (frame === null || frame !== event.sender.mainFrame || !isPageUrl(frame.url)) return;
      this.#connect(event.sender);
    });
  }

  stop(): void {
    ipcMain.removeAllListeners(PORT_PLEASE);
    for (const client of [...this.#clients.keys()]) this.#drop(client);
  }

  /** A frame of the engine for one page; pages that are gone get none. */
  deliver(client: number, frame: ServerFrame): void {
    this.#clients.get(client)?.port.postMessage(frame);
  }

  /** After the engine was started anew: every page gets a new port. */
  reconnect(): void {
    const pages = new Set([...this.#clients.values()].map((client) => client.page));
    for (const page of pages) if (!page.isDestroyed()) this.#connect(page);
  }

  /** Asks the page to go to a route; false when it is not listening yet. */
  open(page: WebContents, route: string): boolean {
    const client = [...this.#clients.values()].find((candidate) => candidate.page === page);
    client?.port.postMessage({ kind: 'event', event: { kind: 'open', path: route } } satisfies ServerFrame);
    return client !== undefined;
  }

  /** A page has one port: an older one is closed. */
  #connect(page: WebContents): void {
    for (const [client, { page: other }] of this.#clients) if (other === page) this.#drop(client);
    this.#lastClient += 1;
    const client = this.#lastClient;
    const { port1, port2 } = new MessageChannelMain();
    this.#clients.set(client, { port: port1, page });
    port1.on('message', ({ data }) => this.#send({ kind: 'client-frame', client, frame: data }));
    port1.on('close', () => this.#drop(client));
    this.#send({ kind: 'client-open', client });
    port1.start();
    page.mainFrame.postMessage(PORT, null, [port2]);
  }

  #drop(client: number): void {
    const found = this.#clients.get(client);
    if (found === undefined) return;
    this.#clients.delete(client);
    found.port.close();
    this.#send({ kind: 'client-close', client });
  }
}

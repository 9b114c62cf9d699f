/**
 * Runs beside the page, in its own world. It hands the page one MessagePort to the engine whenever there is a new one,
 * and nothing else: contextBridge would copy result columns twice.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { PORT, PORT_PLEASE } from './port-names.ts';

interface PageMessage {
  readonly source: unknown;
  readonly data: unknown;
}

/** What is used here of the page's window: src-main is compiled without the DOM's types. */
declare const window: {
  readonly location: { readonly origin: string };
  addEventListener(type: 'message', listener: (message: PageMessage) => void): void;
  postMessage(message: string, targetOrigin: string, transfer: readonly unknown[]): void;
};

contextBridge.exposeInMainWorld('hearth', { platform: process.platform });

window.addEventListener('message', (message) => {
  if (message.source === window && message.data === PORT_PLEASE) ipcRenderer.send(PORT_PLEASE);
});
ipcRenderer.on(PORT, (event) => window.postMessage(PORT, window.location.origin, event.ports));

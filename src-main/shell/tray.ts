/** The tray: one shape a state, and a menu in which everything can be reached (clicks mean different things elsewhere). */
import path from 'node:path';
import { Menu, nativeImage, Tray } from 'electron';
import { type Problems, problemWords, type TrayState, trayState } from './problem-words.ts';

export interface TrayActions {
  readonly open: (route: string | null) => void;
  readonly quit: () => void;
}

export class HearthTray {
  readonly #imageDir: string;
  readonly #actions: TrayActions;
  #tray: Tray | null = null;

  constructor(imageDir: string, actions: TrayActions) {
    this.#imageDir = imageDir;
    this.#actions = actions;
  }

  /** Without a tray host (GNOME) nothing is seen, and nothing fails. */
  start(): void {
    this.#tray = new Tray(this.#image('starting'));
    this.#tray.on('click', () => this.#actions.open(null));
    this.update(null);
  }

  stop(): void {
    this.#tray?.destroy();
    this.#tray = null;
  }

  update(problems: Problems | null): void {
    const words = problemWords(problems);
    this.#tray?.setImage(this.#image(trayState(problems)));
    this.#tray?.setToolTip(`Hearth: ${words}`);
    this.#tray?.setContextMenu(
      Menu.buildFromTemplate([
        { label: words, enabled: false },
        { type: 'separator' },
        { label: 'Open Hearth', click: () => this.#actions.open(null) },
        { label: 'Query', click: () => this.#actions.open('/query') },
        { label: 'Alerts', click: () => this.#actions.open('/alerts') },
        { label: 'Silences', click: () => this.#actions.open('/silences') },
        { type: 'separator' },
        { label: 'Quit Hearth', click: () => this.#actions.quit() },
      ]),
    );
  }

  /** macOS tints template images itself: there the shape alone says the state. */
  #image(state: TrayState) {
    const template = process.platform === 'darwin';
    const image = nativeImage.createFromPath(path.join(this.#imageDir, `${state}${template ? 'Template' : ''}.png`));
    image.setTemplateImage(template);
    return image;
  }
}

/** The one window: opened once, hidden and shown, remembered. */
import path from 'node:path';
import { app, BrowserWindow, dialog, nativeTheme, screen } from 'electron';
import type { PageBridge } from './page-bridge.ts';
import { PAGE_ORIGIN } from './page-file.ts';
import { MIN_SIZE, openingBounds, readWindowState, type WindowState, writeWindowState } from './window-state.ts';

const BACKGROUND = { dark: '#15181d', light: '#ffffff' } as const;
const MAX_PAGE_RESTARTS = 3;

export interface MainWindowOptions {
  readonly stateFile: string;
  readonly preloadFile: string;
  readonly iconFile: string;
  readonly bridge: PageBridge;
  /** When the page has painted for the first time. */
  readonly onFirstShow: () => void;
}

export class MainWindow {
  readonly #options: MainWindowOptions;
  #state: WindowState;
  #window: BrowserWindow | null = null;
  #quitting = false;
  #pageRestarts = 0;

  constructor(options: MainWindowOptions) {
    this.#options = options;
    this.#state = readWindowState(options.stateFile);
  }

  get keepsRunning(): boolean {
    return this.#state.onClose !== 'quit';
  }

  set keepsRunning(keep: boolean) {
    this.#remember({ onClose: keep ? 'background' : 'quit' });
  }

  /** Brings the window to the front: only ever called because the user asked. `route` null leaves the page where it is. */
  show(route: string | null): void {
    const window = this.#window;
    if (window === null) {
      this.#window = this.#open(route ?? '/');
      return;
    }
    if (route !== null && !this.#options.bridge.open(window.webContents, route)) load(window, route);
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** Remembers where it stands and lets it be closed. */
  prepareToQuit(): void {
    this.#quitting = true;
    this.#rememberBounds();
    this.#window?.hide();
  }

  #open(route: string): BrowserWindow {
    const areas = screen.getAllDisplays().map((display) => display.workArea);
    const window = new BrowserWindow({
      ...openingBounds(this.#state.bounds, areas),
      minWidth: MIN_SIZE.width,
      minHeight: MIN_SIZE.height,
      show: false,
      title: app.getName(),
      icon: this.#options.iconFile,
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
      webPreferences: {
        preload: this.#options.preloadFile,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
      },
    });
    window.once('ready-to-show', () => {
      if (this.#state.maximized) window.maximize();
      window.show();
      this.#options.onFirstShow();
    });
    window.on('close', (event) => this.#close(event, window));
    window.on('closed', () => {
      this.#window = null;
    });
    window.webContents.on('render-process-gone', () => this.#reloadAfterCrash(window));
    load(window, route);
    return window;
  }

  #close(event: { preventDefault(): void }, window: BrowserWindow): void {
    this.#rememberBounds();
    if (this.#quitting) return;
    event.preventDefault();
    switch (this.#state.onClose) {
      case 'background':
        window.hide();
        return;
      case 'quit':
        app.quit();
        return;
      case 'ask':
        void this.#askOnce(window);
    }
  }

  async #askOnce(window: BrowserWindow): Promise<void> {
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: 'Keep Hearth running in the background?',
      detail:
        'It goes on scraping, recording and alerting without its window. To see it again, use the tray or start Hearth once more. You can change this in the File menu.',
      buttons: ['Keep running', 'Quit', 'Cancel'],
      defaultId: 0,
      cancelId: 2,
      noLink: true,
    });
    if (response === 2) return;
    this.keepsRunning = response === 0;
    if (response === 0) window.hide();
    else app.quit();
  }

  #reloadAfterCrash(window: BrowserWindow): void {
    this.#pageRestarts += 1;
    if (!this.#quitting && this.#pageRestarts <= MAX_PAGE_RESTARTS) window.webContents.reload();
  }

  #rememberBounds(): void {
    const window = this.#window;
    if (window === null || window.isDestroyed()) return;
    this.#remember({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  }

  #remember(change: Partial<WindowState>): void {
    this.#state = { ...this.#state, ...change };
    writeWindowState(this.#options.stateFile, this.#state);
  }
}

/** The page keeps its routes behind the hash. A load that is overtaken by another one is refused: no failure. */
function load(window: BrowserWindow, route: string): void {
  window.loadURL(`${PAGE_ORIGIN}/#${route}`).catch(() => {});
}

/** The preload script lies beside the entry. */
export function preloadFile(entryDir: string): string {
  return path.join(entryDir, 'preload.cjs');
}

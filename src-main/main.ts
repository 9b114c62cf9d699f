/** Electron entry: one instance, the shell, the engine thread, and the wires between them. */
import path from 'node:path';
import { app, dialog, powerMonitor, session } from 'electron';
import type { EngineOptions, FromEngine } from './api/engine-port.ts';
import { startEngineThread } from './engine-thread.ts';
import { engineOptions, FlagError } from './flags.ts';
import { LINK_SCHEME, routeInArguments, routeOfLink } from './shell/deep-link.ts';
import { DesktopNotifications } from './shell/desktop-notifications.ts';
import { EngineSupervisor } from './shell/engine-supervisor.ts';
import { guardPages } from './shell/guards.ts';
import { ownArguments } from './shell/launch-arguments.ts';
import { MainWindow, preloadFile } from './shell/main-window.ts';
import { installMenu } from './shell/menu.ts';
import { PageBridge } from './shell/page-bridge.ts';
import { declarePageScheme, servePage } from './shell/page-scheme.ts';
import { HearthTray } from './shell/tray.ts';

const entryDir = import.meta.dirname;
const assets = path.resolve(entryDir, '../../assets');

function main(): void {
  const options = readOptions();
  if (options === null) {
    app.exit(1);
    return;
  }
  app.setPath('userData', options.userDataDir);
  if (!app.requestSingleInstanceLock()) {
    process.stdout.write('hearth: already running; its window comes to the front\n');
    app.exit(0);
    return;
  }
  declarePageScheme();
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME);
  app.whenReady().then(() => run(options), fail);
}

function readOptions(): EngineOptions | null {
  try {
    return engineOptions(ownArguments(process.argv.slice(1)), {
      version: app.getVersion(),
      userDataDir: app.getPath('userData'),
      pageDir: path.resolve(entryDir, '../renderer'),
      hasDesktop: true,
    });
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    process.stderr.write(`hearth: ${error.message}\n`);
    return null;
  }
}

function run(options: EngineOptions): void {
  const engine = new EngineSupervisor(
    (onMessage, onExit) => startEngineThread(options, onMessage, onExit),
    {
      onMessage: (message) => receive(message),
      onRestart: () => bridge.reconnect(),
      onGiveUp: (reason) => void engineTrouble(reason),
    },
    Date.now,
  );
  const bridge = new PageBridge((message) => engine.send(message));
  const window = new MainWindow({
    stateFile: path.join(options.userDataDir, 'window.json'),
    preloadFile: preloadFile(entryDir),
    iconFile: path.join(assets, 'icon.png'),
    bridge,
    onFirstShow: () => process.stdout.write(`hearth: window after ${Math.round(performance.now())} ms\n`),
  });
  const tray = new HearthTray(path.join(assets, 'tray'), {
    open: (route) => window.show(route),
    quit: () => app.quit(),
  });
  const notifications = new DesktopNotifications(path.join(assets, 'icon.png'), {
    onClick: (route) => window.show(route),
    onOutcome: (id, error) => engine.send({ kind: 'show-outcome', id, error }),
  });

  const receive = receiver({ bridge, notifications, tray, onFailed: (reason) => void engineTrouble(reason) });

  async function engineTrouble(reason: string): Promise<void> {
    process.stderr.write(`hearth: ${reason}\n`);
    if (!(await wantsAnotherTry(reason))) return app.quit();
    engine.start();
    bridge.reconnect();
  }

  guardPages(session.defaultSession);
  servePage(options.pageDir);
  installMenu({
    open: (route) => window.show(route),
    reloadConfiguration: () => engine.send({ kind: 'reload' }),
    keepsRunning: () => window.keepsRunning,
    setKeepsRunning: (keep) => {
      window.keepsRunning = keep;
    },
  });
  bridge.start();
  engine.start();
  tray.start();
  window.show(routeInArguments(process.argv));

  listenToSystem(window, engine);
  quitOnce(async () => {
    window.prepareToQuit();
    tray.stop();
    notifications.stop();
    await engine.stop();
    bridge.stop();
  });
}

interface Listeners {
  readonly bridge: PageBridge;
  readonly notifications: DesktopNotifications;
  readonly tray: HearthTray;
  readonly onFailed: (reason: string) => void;
}

function receiver({ bridge, notifications, tray, onFailed }: Listeners): (message: FromEngine) => void {
  let failed = false;
  return (message) => {
    switch (message.kind) {
      case 'ready':
        for (const face of message.faces) if (face.url !== '') process.stdout.write(`${face.name}: ${face.url}\n`);
        return;
      case 'client-frame':
        bridge.deliver(message.client, message.frame);
        return;
      case 'show':
        notifications.show(message.notification);
        return;
      case 'problems':
        tray.update(message);
        return;
      case 'failed':
        failed = true;
        onFailed(message.message);
        return;
      case 'stopped':
        // By itself only after it failed, or when it was asked to over HTTP (/-/quit).
        if (!failed) app.quit();
        failed = false;
        return;
    }
  };
}

/** The engine could not start, or crashed again and again; the window stays open behind the question. */
async function wantsAnotherTry(reason: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: "Hearth's engine has stopped",
    detail: `${reason}\n\nWhat was recorded is safe on disk.`,
    buttons: ['Try again', 'Quit'],
    defaultId: 0,
    cancelId: 1,
  });
  return response === 0;
}

function listenToSystem(window: MainWindow, engine: EngineSupervisor): void {
  app.on('second-instance', (_event, args) => window.show(routeInArguments(args)));
  app.on('open-url', (_event, link) => window.show(routeOfLink(link)));
  app.on('activate', () => window.show(null));
  // Without this listener the application would end with its window.
  app.on('window-all-closed', () => {});
  powerMonitor.on('suspend', () => engine.send({ kind: 'suspend' }));
  powerMonitor.on('resume', () => engine.send({ kind: 'resume' }));
}

/** However the application is asked to end, it ends after `stop`. */
function quitOnce(stop: () => Promise<void>): void {
  let stopping = false;
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (stopping) return;
    stopping = true;
    void stop().finally(() => app.exit(0));
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
}

function fail(reason: unknown): void {
  const text = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
  process.stderr.write(`hearth: ${text}\n`);
  dialog.showErrorBox('Hearth had to stop', text);
  app.exit(1);
}

main();

/** The application's menu; its accelerators are those that the window's own hints print. */
import { app, Menu, type MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  readonly open: (route: string) => void;
  readonly reloadConfiguration: () => void;
  readonly keepsRunning: () => boolean;
  readonly setKeepsRunning: (keep: boolean) => void;
}

const PAGES = [
  ['Home', '/'],
  ['Query', '/query'],
  ['Targets', '/targets'],
  ['Alerts', '/alerts'],
  ['Silences', '/silences'],
] as const;

export function installMenu(actions: MenuActions): void {
  const file: MenuItemConstructorOptions = {
    label: '&File',
    submenu: [
      { label: 'Reload Configuration', click: () => actions.reloadConfiguration() },
      {
        label: 'Keep Running When the Window Is Closed',
        type: 'checkbox',
        checked: actions.keepsRunning(),
        click: (item) => actions.setKeepsRunning(item.checked),
      },
      { type: 'separator' },
      { role: 'close' },
      { role: 'quit', accelerator: 'CommandOrControl+Q' },
    ],
  };
  const go: MenuItemConstructorOptions = {
    label: '&Go',
    submenu: PAGES.map(([label, route], i) => ({
      label,
      accelerator: `CommandOrControl+${i + 1}`,
      click: () => actions.open(route),
    })),
  };
  const view: MenuItemConstructorOptions = {
    label: '&View',
    submenu: [
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { role: 'togglefullscreen' },
      { type: 'separator' },
      { role: 'toggleDevTools' },
    ],
  };
  const help: MenuItemConstructorOptions = { role: 'help', submenu: [{ role: 'about' }] };
  const mac: MenuItemConstructorOptions[] = process.platform === 'darwin' ? [{ role: 'appMenu' }] : [];
  app.setAboutPanelOptions({ applicationName: app.getName(), applicationVersion: app.getVersion() });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([...mac, file, { role: 'editMenu' }, view, go, { role: 'windowMenu' }, help]),
  );
}

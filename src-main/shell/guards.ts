/** What pages may not do: go elsewhere, open windows, ask for devices, embed others. */
import { app, type Session, shell, type WebContents } from 'electron';
import { isPageUrl } from './page-file.ts';

/** For every page that will ever be, before the first window. */
export function guardPages(session: Session): void {
  session.setPermissionRequestHandler((_page, permission, decide) => decide(isAllowed(permission)));
  session.setPermissionCheckHandler((_page, permission) => isAllowed(permission));
  session.setDevicePermissionHandler(() => false);
  app.on('web-contents-created', (_event, page) => guard(page));
}

/** Copying to the clipboard is all that the window needs. */
function isAllowed(permission: string): boolean {
  return permission === 'clipboard-sanitized-write';
}

function guard(page: WebContents): void {
  page.on('will-navigate', (event) => {
    if (!isPageUrl(event.url)) event.preventDefault();
  });
  page.on('will-redirect', (event) => {
    if (!isPageUrl(event.url)) event.preventDefault();
  });
  page.on('will-attach-webview', (event) => event.preventDefault());
  page.setWindowOpenHandler(({ url }) => {
    if (/^https?:\/\//.test(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
}

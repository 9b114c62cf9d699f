/** Serves the built page to the window under app://hearth/. */
import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { PAGE_POLICY, PAGE_SCHEME, pageFile } from './page-file.ts';

/** Before the application is ready. */
export function declarePageScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme: PAGE_SCHEME, privileges }]);
}

/** Once the application is ready. */
export function servePage(pageDir: string): void {
  protocol.handle(PAGE_SCHEME, async (request) => {
    const found = request.method === 'GET' ? pageFile(request.url, pageDir) : null;
    if (found === null) return new Response('not found', { status: 404 });
    try {
      const body = await readFile(found.file);
      return new Response(new Uint8Array(body), { headers: headersFor(found.type) });
    } catch {
      return new Response('not found', { status: 404 });
    }
  });
}

function headersFor(type: string): Record<string, string> {
  return {
    'content-type': type,
    'content-security-policy': PAGE_POLICY,
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
  };
}

/** Mail against a real SMTP server on loopback. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadAlertmanagerConfig } from '../../config/load-alertmanager-config.ts';
import { FakeClock } from '../../model/fake-clock.ts';
import type { Notification } from '../notification.ts';
import { anySignal, failureOf, RESOLVED, STARTED_MS, testMessage } from '../test-notification.ts';
import { emailSender } from './email.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'hearth-mail-'));
const keyFile = path.join(folder, 'key.pem');
const certFile = path.join(folder, 'cert.pem');

beforeAll(() => {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', keyFile, '-out', certFile, ...subject],
    { stdio: 'ignore' },
  );
  writeFileSync(path.join(folder, 'password'), 'hunter2\n');
});

interface Mail {
  readonly from: string;
  readonly to: string[];
  readonly raw: string;
  readonly secure: boolean;
  readonly hello: string;
}

let smtp: SMTPServer | undefined;
const mails: Mail[] = [];
const logins: { method: string; username: unknown; password: unknown }[] = [];

afterEach(() => {
  smtp?.close();
  mails.length = 0;
  logins.length = 0;
});

async function listen(options: SMTPServerOptions = {}): Promise<number> {
  const server = new SMTPServer({
    key: readFileSync(keyFile),
    cert: readFileSync(certFile),
    authOptional: true,
    onAuth: (auth, _session, done) => {
      const { method, username, password } = auth;
      logins.push({ method, username, password });
      const isRight = password === 'hunter2' || (method === 'CRAM-MD5' && auth.validatePassword('s3cret'));
      done(isRight ? null : new Error('wrong password'), isRight ? { user: String(username) } : undefined);
    },
    onData: (stream, session, done) => {
      const chunks: Uint8Array[] = [];
      stream.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
          secure: session.secure,
          hello: String(session.hostNameAppearsAs),
        });
        done();
      });
    },
    ...options,
  });
  smtp = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.server.address() as AddressInfo).port;
}

async function send(port: number, section: string, change: Partial<Notification> = {}): Promise<unknown> {
  const defaults = ['to: "x@y.z"', 'from: "am@y.z"'].filter((each) => !section.includes(each.slice(0, 4)));
  const fields = [...defaults, `smarthost: "localhost:${port}"`, section].join(', ');
  const text = `route: {receiver: a}\nreceivers: [{name: a, email_configs: [{${fields}}]}]`;
  const config = loadAlertmanagerConfig(text, path.join(folder, 'alertmanager.yml'));
  const [integration] = config.receivers[0]?.integrations ?? [];
  if (integration?.kind !== 'email') throw new Error('no email');
  return emailSender(integration.config, { clock: new FakeClock(STARTED_MS) })(testMessage(change), anySignal());
}

/** Header fields unfolded, and the parts by content type, decoded. */
function parsed(raw: string) {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers = Object.fromEntries(
    head
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  const boundary = /boundary="?([^";]+)/.exec(headers['content-type'] ?? '')?.[1] ?? '';
  const parts = rest.join('\r\n\r\n').split(`--${boundary}`).slice(1, -1);
  const decoded = parts.map((part) => {
    const [, type = ''] = /content-type: ([^;\r]+)/i.exec(part) ?? [];
    const quoted = part.slice(part.indexOf('\r\n\r\n') + 4).replace(/=\r\n/g, '');
    const bytes = quoted.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return [type, Buffer.from(bytes, 'latin1').toString()] as const;
  });
  return { headers, parts: new Map(decoded) };
}

const TLS = 'tls_config: {ca_file: cert.pem}';

describe('mail', () => {
  it('goes to all addresses, over STARTTLS, with text and HTML', async () => {
    const port = await listen();
    await send(
      port,
      `to: "A <a@y.z>, b@y.z", hello: me.example, text: "{{ .Status }} é", headers: {x-more: "{{ .Receiver }}"}, ${TLS}`,
    );
    const [mail] = mails;
    expect(mail).toMatchObject({ from: 'am@y.z', to: ['a@y.z', 'b@y.z'], secure: true, hello: 'me.example' });
    const { headers, parts } = parsed(mail?.raw ?? '');
    expect(headers).toMatchObject({
      to: 'A <a@y.z>, b@y.z',
      from: 'am@y.z',
      subject: '[FIRING:1] A1 (warning)',
      'x-more': 'a\\.b c',
      date: 'Mon, 23 Nov 2026 07:15:26 +0000',
      'mime-version': '1.0',
    });
    expect(headers['content-type']).toMatch(/^multipart\/alternative/);
    expect(headers['message-id']).toMatch(/^<.+@.+>$/);
    expect([...parts.keys()]).toEqual(['text/plain', 'text/html']);
    expect(parts.get('text/plain')?.trim()).toBe('firing é');
    const html = parts.get('text/html') ?? '';
    expect(html).toContain('1 alert for');
    expect(html).toContain('summary = s &lt;b&gt; &#43; 1<br />');
    expect(html).toContain('href="http://p/graph?g0.expr=up&amp;g0.tab=1"');
    expect(html).toContain('View in Alertmanager');
  });

  it('has only HTML by default, and threads', async () => {
    const port = await listen();
    await send(port, `threading: {enabled: true, thread_by_date: none}, ${TLS}`, RESOLVED);
    const { headers, parts } = parsed(mails[0]?.raw ?? '');
    expect(headers.subject).toBe('[RESOLVED] A1 (warning)');
    expect(headers.references).toMatch(/^<alert-[0-9a-f]{16}-@alertmanager>$/);
    expect(headers['in-reply-to']).toBe(headers.references);
    expect([...parts.keys()]).toEqual(['text/html']);
  });

  it('stays without TLS when told so, and speaks it from the start where that is asked', async () => {
    const port = await listen();
    await send(port, 'require_tls: false');
    expect(mails[0]?.secure).toBe(false);
    smtp?.close();
    const implicit = await listen({ secure: true });
    await send(implicit, `force_implicit_tls: true, ${TLS}`);
    expect(mails[1]?.secure).toBe(true);
  });

  it.each([
    ['PLAIN', 'auth_password_file: password', { method: 'PLAIN', username: 'u', password: 'hunter2' }],
    ['LOGIN', 'auth_password: hunter2', { method: 'LOGIN', username: 'u', password: 'hunter2' }],
    ['CRAM-MD5', 'auth_secret: s3cret', { method: 'CRAM-MD5', username: 'u' }],
    ['PLAIN', 'auth_password: hunter2, auth_identity: boss', { method: 'PLAIN', username: 'u', password: 'hunter2' }],
  ])('logs in by %s: %s', async (method, secrets, expected) => {
    const port = await listen({ authMethods: [method] });
    await send(port, `auth_username: u, ${secrets}, ${TLS}`);
    expect(logins[0]).toMatchObject(expected);
    expect(mails).toHaveLength(1);
  });
});

describe('what goes wrong', () => {
  it.each([
    ['a wrong password', `auth_username: u, auth_password: no, ${TLS}`, {}, true, /Invalid login/],
    ['a server without STARTTLS', TLS, { disabledCommands: ['STARTTLS'] }, true, /STARTTLS/],
    ['a certificate that nobody signed', 'text: x', {}, true, /self.signed/],
    [
      'a recipient that is refused',
      `to: "no@y.z", ${TLS}`,
      { onRcptTo: (_a: unknown, _s: unknown, done: (e: Error) => void) => done(new Error('no such user')) },
      true,
      /no such user/,
    ],
    ['no address', `to: "{{ .GroupLabels.nobody }}", ${TLS}`, {}, false, /parse 'to' addresses/],
    ['two senders', `from: "a@b, c@d", ${TLS}`, {}, false, /exactly one 'from' address/],
  ])('%s', async (_, section, options, retry, message) => {
    const port = await listen(options);
    const error = await failureOf(send(port, section));
    expect(error?.retry).toBe(retry);
    expect(error?.message).toMatch(message);
    expect(mails).toHaveLength(0);
  });

  it('nobody listening is tried again', async () => {
    expect(await failureOf(send(1, TLS))).toMatchObject({ retry: true });
  });
});

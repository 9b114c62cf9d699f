/** Mail: one message a group to all addresses at once, text and HTML as alternatives (notify/email). */
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { createTransport, type SMTPTransportOptions } from 'nodemailer';
import addressparser from 'nodemailer/lib/addressparser';
import MimeNode from 'nodemailer/lib/mime-node';
import type { SMTPConnectionCustomAuthHandler } from 'nodemailer/lib/smtp-connection';
import type { EmailConfig } from '../../config/receivers/messenger-receivers.ts';
import { formatTime } from '../../model/go-template/go-time.ts';
import { GoTime } from '../../model/go-template/value.ts';
import { DeliveryError, messageOf } from '../errors.ts';
import { tlsOptions } from '../sending/http-sender.ts';
import type { Message } from '../sending/message.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { secretText } from '../sending/secret.ts';

const DEFAULT_SUBJECT = '{{ template "email.default.subject" . }}';
/** A server that stops answering is given up after so long; the group's deadline comes on top. */
const SILENCE_MS = 60_000;
const IMPLICIT_TLS_PORT = 465;
const KEY_LENGTH = 16;

export function emailSender(config: EmailConfig, { clock }: Pick<ReceiverWorld, 'clock'>): SendFn {
  return async (message, signal) => {
    const envelope = envelopeOf(config, message);
    const raw = await mailOf(config, message, clock.nowMs());
    const transport = createTransport(await transportOptions(config));
    const close = () => transport.close();
    signal.addEventListener('abort', close);
    try {
      await transport.sendMail({ envelope, raw });
    } catch (error) {
      if (signal.aborted) throw new DeliveryError('context deadline exceeded', true, 'contextDeadlineExceeded');
      throw new DeliveryError(messageOf(error), true);
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  };
}

/** The addresses that the server is told. */
function envelopeOf(config: EmailConfig, message: Message): { readonly from: string; readonly to: string[] } {
  const { from, to } = message.texts({ from: config.from, to: config.to });
  const senders = addressesOf(from, 'from');
  if (senders.length !== 1)
    throw new DeliveryError(`must be exactly one 'from' address (got: ${senders.length})`, false);
  return { from: senders[0] ?? '', to: addressesOf(to, 'to') };
}

function addressesOf(text: string, what: 'from' | 'to'): string[] {
  const found = addressparser(text, { flatten: true }).map(({ address }) => address);
  if (found.length === 0 || found.some((address) => !/^[^\s@]+@[^\s@]+$/.test(address)))
    throw new DeliveryError(`parse '${what}' addresses: ${text === '' ? 'no address' : text}`, false);
  return found;
}

async function mailOf(config: EmailConfig, message: Message, nowMs: number): Promise<Buffer> {
  const mail = new MimeNode('multipart/alternative');
  const headers = { To: config.to, From: config.from, Subject: DEFAULT_SUBJECT, ...config.headers };
  for (const [name, text] of Object.entries(message.texts(headers))) mail.setHeader(name, text);
  if (!('Message-Id' in headers)) mail.setHeader('Message-Id', `<${nowMs}.${randomUUID()}@${os.hostname()}>`);
  if (config.threading !== null) {
    const day = config.threading === 'daily' ? formatTime(new GoTime(nowMs, 'Local'), '2006-01-02') : '';
    const thread = `<alert-${message.groupHash.slice(0, KEY_LENGTH)}-${day}@alertmanager>`;
    mail.setHeader('References', thread);
    mail.setHeader('In-Reply-To', thread);
  }
  if (!('Date' in headers)) mail.setHeader('Date', formatTime(new GoTime(nowMs), 'Mon, 02 Jan 2006 15:04:05 -0700'));
  const part = (type: string, content: string) =>
    mail
      .createChild(`${type}; charset=UTF-8`)
      .setHeader('Content-Transfer-Encoding', 'quoted-printable')
      .setContent(content);
  if (config.text !== '') part('text/plain', message.text(config.text));
  if (config.html !== '') part('text/html', message.html(config.html)); // the one preferred stands last
  return mail.build();
}

async function transportOptions(config: EmailConfig): Promise<SMTPTransportOptions> {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(config.smarthost) ?? [];
  const secure = config.forceImplicitTls ?? Number(port) === IMPLICIT_TLS_PORT;
  return {
    host,
    port: Number(port),
    secure,
    requireTLS: config.requireTls && !secure,
    ignoreTLS: !config.requireTls,
    name: config.hello,
    tls: { servername: host, ...tlsOptions(config.tls) },
    connectionTimeout: SILENCE_MS,
    greetingTimeout: SILENCE_MS,
    socketTimeout: SILENCE_MS,
    ...(await authOptions(config)),
  };
}

/** With a secret alone CRAM-MD5, else what the server offers of PLAIN and LOGIN; with an identity PLAIN. */
async function authOptions(config: EmailConfig): Promise<Pick<SMTPTransportOptions, 'auth' | 'customAuth'>> {
  const { username: user, identity } = config;
  if (user === '') return {};
  const secret = config.secret === null ? '' : await secretText(config.secret);
  const pass = config.password === null ? '' : await secretText(config.password);
  if (pass === '' && secret === '') throw new DeliveryError('missing password for auth mechanism', true);
  if (pass === '') return { auth: { user, pass: secret, method: 'CRAM-MD5' } };
  if (identity === '') return { auth: { user, pass } };
  return {
    auth: { type: 'custom', method: 'PLAIN', user, pass },
    customAuth: { plain: plainAs(`${identity}\0${user}\0${pass}`) },
  };
}

/** PLAIN with an identity to act as, which the library leaves out. */
function plainAs(credentials: string): SMTPConnectionCustomAuthHandler {
  return async ({ sendCommand }) => {
    const { status, response } = await sendCommand(`AUTH PLAIN ${Buffer.from(credentials).toString('base64')}`);
    if (status < 200 || status > 299) throw new DeliveryError(`Invalid login: ${response}`, true);
  };
}

/** Amazon SNS: Publish of its query API, signed with AWS Signature Version 4 (notify/sns). */
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import aws4 from 'aws4';
import type { SnsConfig } from '../../config/receivers/paging-receivers.ts';
import { DeliveryError } from '../errors.ts';
import { checkAnswer } from '../sending/check-answer.ts';
import type { HttpAnswer } from '../sending/http-message.ts';
import { HttpSender } from '../sending/http-sender.ts';
import type { Message } from '../sending/message.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';

const MAX_MESSAGE_BYTES = 256 * 1024;
const MAX_SMS_BYTES = 1600;
/** An assumed role's credentials are fetched anew so long before they end. */
const MARGIN_MS = 60_000;

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export function snsSender(config: SnsConfig, world: ReceiverWorld, environment = process.env): SendFn {
  const sender = new HttpSender(config.http, world);
  let assumed: { readonly credentials: Credentials; readonly endsAtMs: number } | null = null;
  const { sigv4 } = config;

  const call = async (service: 'sns' | 'sts', request: SignedCall, signal: AbortSignal): Promise<HttpAnswer> => {
    const url = new URL(request.endpoint);
    const body = new URLSearchParams(request.parameters).toString();
    const signed = aws4.sign(
      {
        service,
        region: request.region,
        method: 'POST',
        host: url.host,
        path: url.pathname + url.search,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body,
      },
      request.credentials,
    );
    const headers = Object.fromEntries(Object.entries(signed.headers ?? {}).map(([name, v]) => [name, String(v)]));
    return sender.send({ url: url.href, body, headers, signal });
  };

  const credentialsFor = async (region: string, signal: AbortSignal): Promise<Credentials> => {
    const own = await ownCredentials(config, environment);
    if (sigv4.roleArn === '') return own;
    if (assumed !== null && world.clock.nowMs() < assumed.endsAtMs - MARGIN_MS) return assumed.credentials;
    const parameters = {
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: sigv4.roleArn,
      RoleSessionName: `hearth-${Math.round(world.clock.nowMs())}`,
      ...(sigv4.externalId === '' ? {} : { ExternalId: sigv4.externalId }),
    };
    const endpoint = environment.AWS_ENDPOINT_URL_STS ?? `https://sts.${region}.amazonaws.com/`;
    const answer = await call('sts', { endpoint, region, parameters, credentials: own }, signal);
    checkAnswer(answer, { detail: awsMessage });
    assumed = assumedOf(answer.text);
    return assumed.credentials;
  };

  return async (message, signal) => {
    const region = sigv4.region || environment.AWS_REGION || environment.AWS_DEFAULT_REGION || '';
    if (region === '')
      throw new DeliveryError('region not configured in sns.sigv4.region or in default credentials chain', true);
    const apiUrl = message.text(config.texts.api_url);
    const endpoint = apiUrl === '' ? `https://sns.${region}.amazonaws.com/` : withScheme(apiUrl);
    const credentials = await credentialsFor(region, signal);
    const parameters = publishParameters(config, message);
    checkAnswer(await call('sns', { endpoint, region, parameters, credentials }, signal), { detail: awsMessage });
  };
}

interface SignedCall {
  readonly endpoint: string;
  readonly region: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
}

function withScheme(endpoint: string): string {
  return endpoint.includes('://') ? endpoint : `https://${endpoint}`;
}

function publishParameters(config: SnsConfig, message: Message): Record<string, string> {
  const text = message.texts(config.texts);
  const cut = cutBytes(text.message, text.phone_number === '' ? MAX_MESSAGE_BYTES : MAX_SMS_BYTES);
  const attributes: [string, string][] = Object.entries(config.attributes).map(([name, value]) => [
    message.text(name),
    message.text(value),
  ]);
  if (cut !== text.message) attributes.push(['truncated', 'true']);
  const group = text.topic_arn.endsWith('.fifo') ? message.groupHash : '';
  return {
    Action: 'Publish',
    Version: '2010-03-31',
    ...given('TopicArn', text.topic_arn),
    ...given('TargetArn', text.target_arn),
    ...given('PhoneNumber', text.phone_number),
    ...given('Subject', text.subject),
    Message: cut,
    ...given('MessageDeduplicationId', group),
    ...given('MessageGroupId', group),
    ...Object.fromEntries(attributes.flatMap(([name, value], i) => attributeEntries(i + 1, name, value))),
  };
}

function given(name: string, value: string): Record<string, string> {
  return value === '' ? {} : { [name]: value };
}

function attributeEntries(number: number, name: string, value: string): [string, string][] {
  const prefix = `MessageAttributes.entry.${number}`;
  return [
    [`${prefix}.Name`, name],
    [`${prefix}.Value.DataType`, 'String'],
    [`${prefix}.Value.StringValue`, value],
  ];
}

function cutBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= limit) return text;
  let end = limit;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString();
}

/** Those of the section, else of the environment, else of the profile in the shared credentials file. */
async function ownCredentials({ sigv4 }: SnsConfig, environment: NodeJS.ProcessEnv): Promise<Credentials> {
  if (sigv4.accessKey !== '') return { accessKeyId: sigv4.accessKey, secretAccessKey: sigv4.secretKey };
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = environment;
  if (sigv4.profile === '' && id && secret)
    return { accessKeyId: id, secretAccessKey: secret, ...(token ? { sessionToken: token } : {}) };
  const file = environment.AWS_SHARED_CREDENTIALS_FILE ?? path.join(os.homedir(), '.aws', 'credentials');
  const text = await readFile(file, 'utf8').catch(() => '');
  const profile = profileOf(text, sigv4.profile || environment.AWS_PROFILE || 'default');
  const { aws_access_key_id: fileId, aws_secret_access_key: fileSecret, aws_session_token: fileToken } = profile;
  if (!fileId || !fileSecret) throw new DeliveryError('no AWS credentials were found', true, 'authError');
  return { accessKeyId: fileId, secretAccessKey: fileSecret, ...(fileToken ? { sessionToken: fileToken } : {}) };
}

function profileOf(text: string, name: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\s*\[(.*?)\]/.exec(line)?.[1];
    if (heading !== undefined) section = heading.trim();
    const [, key = '', value = ''] = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (section === name && key !== '') found[key] = value;
  }
  return found;
}

function assumedOf(xml: string): { readonly credentials: Credentials; readonly endsAtMs: number } {
  const field = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
  const accessKeyId = field('AccessKeyId');
  if (accessKeyId === '') throw new DeliveryError('STS gave no credentials', true, 'authError');
  const credentials = { accessKeyId, secretAccessKey: field('SecretAccessKey'), sessionToken: field('SessionToken') };
  return { credentials, endsAtMs: Date.parse(field('Expiration')) || 0 };
}

function awsMessage({ text }: HttpAnswer): string {
  return /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ?? text.trim();
}

/** Jira: one issue a group, found again by a label, moved when the group resolves or fires anew (notify/jira). */
import { z } from 'zod';
import type { JiraConfig } from '../../config/receivers/paging-receivers.ts';
import { goQuote } from '../../model/go-template/go-quote.ts';
import { DeliveryError } from '../errors.ts';
import { checkAnswer } from '../sending/check-answer.ts';
import { goJson } from '../sending/go-json.ts';
import type { HttpRequest } from '../sending/http-message.ts';
import { HttpSender } from '../sending/http-sender.ts';
import type { Message } from '../sending/message.ts';
import { parseJson } from '../sending/oauth2.ts';
import type { ReceiverWorld, SendFn } from '../sending/receiver-world.ts';
import { renderPlain } from '../sending/render-plain.ts';
import { truncateRunes } from '../sending/truncate.ts';

const MAX_SUMMARY = 255;
const MAX_DESCRIPTION = 32_767;

const foundIssue = z.object({
  key: z.string(),
  fields: z.object({ status: z.object({ statusCategory: z.object({ key: z.string() }) }).optional() }).optional(),
});
const searchAnswer = z.object({ issues: z.array(foundIssue).default([]) });
const transitionsAnswer = z.object({
  transitions: z.array(z.object({ id: z.string(), name: z.string() })).default([]),
});

type Ask = (method: NonNullable<HttpRequest['method']>, url: string, body?: unknown) => Promise<unknown>;

export function jiraSender(config: JiraConfig, world: ReceiverWorld): SendFn {
  const sender = new HttpSender(config.http, world);
  const base = config.apiUrl.replace(/\/$/, '');
  return async (message, signal) => {
    const ask: Ask = async (method, url, body) => {
      const headers = { 'Content-Type': 'application/json', 'Accept-Language': 'en' };
      const sent = body === undefined ? {} : { body: goJson(body) };
      const answer = await sender.send({ method, url, headers, signal, ...sent });
      checkAnswer(answer, { retryCodes: [429] });
      return parseJson(answer.text);
    };
    const isFiring = message.status === 'firing';
    const issue = await findIssue(config, message, ask);
    if (issue === null && !isFiring) return;
    const fields = fieldsOf(config, message, issue !== null);
    if (issue === null) await ask('POST', `${base}/issue`, { fields });
    else {
      await ask('PUT', `${base}/issue/${issue.key}`, { fields });
      await moveIssue(config, issue, { isFiring, ask, base });
    }
  };
}

/** The open issue of the group, or one closed so lately that it is opened again. */
async function findIssue(config: JiraConfig, message: Message, ask: Ask): Promise<z.infer<typeof foundIssue> | null> {
  const { wontFixResolution, reopenTransition, reopenDurationMs } = config;
  const minutes = Math.floor(reopenDurationMs / 60_000);
  const mayReopen = message.status === 'firing' && reopenTransition !== '' && minutes > 0;
  const project = message.text(config.texts.project);
  const jql = [
    wontFixResolution === '' ? '' : `resolution != ${goQuote(wontFixResolution)} and `,
    mayReopen ? `(resolutiondate is EMPTY OR resolutiondate >= -${minutes}m) and ` : 'statusCategory != Done and ',
    `project=${goQuote(project)} and labels=${goQuote(labelOf(message))} order by status ASC,resolutiondate DESC`,
  ].join('');
  const answer = searchAnswer.safeParse(
    await ask('POST', searchUrl(config), { fields: ['status'], jql, maxResults: 2 }),
  );
  if (!answer.success) throw new DeliveryError('failed to look up existing issues: the answer is no list', false);
  return answer.data.issues[0] ?? null;
}

/** Jira Cloud has another search than the data center edition. */
function searchUrl({ apiUrl, apiType }: JiraConfig): string {
  const base = apiUrl.replace(/\/$/, '');
  const isCloud = apiType === 'cloud' || (apiType === 'auto' && new URL(apiUrl).hostname.endsWith('atlassian.net'));
  return isCloud ? `${base}/search/jql`.replace('/2', '/3') : `${base}/search`;
}

function labelOf(message: Message): string {
  return `ALERT{${message.groupHash}}`;
}

/** What is not to be written again is left out when the issue is there. */
function fieldsOf(config: JiraConfig, message: Message, isThere: boolean): Record<string, unknown> {
  const text = message.texts(config.texts);
  const summary = truncateRunes(message.text(config.summary.template), MAX_SUMMARY);
  const labels = [...config.labels.values.map((label) => message.text(label)), labelOf(message)].sort();
  const written = (part: { readonly enableUpdate: boolean }) => !isThere || part.enableUpdate;
  return {
    project: { key: text.project },
    issuetype: { name: text.issue_type },
    ...(written(config.summary) ? { summary } : {}),
    ...(written(config.description) ? { description: descriptionOf(config, message) } : {}),
    ...(written(config.labels) ? { labels } : {}),
    ...(text.priority === '' ? {} : { priority: { name: text.priority } }),
    ...Object.fromEntries(
      Object.entries(config.fields).map(([name, value]) => [name, renderPlain(value, (part) => message.text(part))]),
    ),
  };
}

/** Version 3 of the API wants a document where version 2 takes text. */
function descriptionOf(config: JiraConfig, message: Message): unknown {
  const text = truncateRunes(message.text(config.description.template), MAX_DESCRIPTION);
  if (!/\/3\/?$/.test(new URL(config.apiUrl).pathname)) return text;
  const document = parseJson(text);
  if (document === null) throw new DeliveryError('description unmarshaling: it is no JSON', false);
  return document;
}

async function moveIssue(
  config: JiraConfig,
  issue: z.infer<typeof foundIssue>,
  { isFiring, ask, base }: { readonly isFiring: boolean; readonly ask: Ask; readonly base: string },
): Promise<void> {
  const category = issue.fields?.status?.statusCategory.key;
  const name = isFiring ? config.reopenTransition : config.resolveTransition;
  if (category === undefined || (category === 'done') !== isFiring || name === '') return;
  const url = `${base}/issue/${issue.key}/transitions`;
  const answer = transitionsAnswer.safeParse(await ask('GET', url));
  const transition = answer.success ? answer.data.transitions.find((each) => each.name === name) : undefined;
  if (transition === undefined) throw new DeliveryError(`can't find transition ${name} for issue ${issue.key}`, false);
  await ask('POST', url, { transition: { id: transition.id } });
}

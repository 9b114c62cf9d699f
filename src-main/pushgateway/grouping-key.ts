import { compareStrings, type Labels } from '../model/labels.ts';
import { PushError } from './errors.ts';

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const BASE64_SUFFIX = '@base64';

/**
 * The grouping key in a push path after `/metrics/` (`job/backup/instance/db1`, `job@base64/...`): its labels.
 * The path is URL-decoded as a whole before it is split. Throws PushError (handler/push.go).
 */
export function parseGroupingKey(decodedPath: string): Labels {
  const [first = '', jobText = '', ...rest] = decodedPath.replace(/\/$/, '').split('/');
  const jobIsBase64 = first === `job${BASE64_SUFFIX}`;
  const job = jobIsBase64
    ? decodeBase64(jobText, (reason) => `invalid base64 encoding in job name ${JSON.stringify(jobText)}: ${reason}`)
    : jobText;
  if (job === '') throw new PushError('job name is required');
  if (rest.length % 2 === 1)
    throw new PushError(`odd number of components in label string ${JSON.stringify(`/${rest.join('/')}`)}`);
  const entries: [string, string][] = [];
  for (let i = 0; i < rest.length; i += 2) entries.push(labelOf(rest[i] ?? '', rest[i + 1] ?? ''));
  return labelsOfKeepingEmpty([...entries, ['job', job]]);
}

function labelOf(nameText: string, valueText: string): [string, string] {
  const isBase64 = nameText.endsWith(BASE64_SUFFIX);
  const name = isBase64 ? nameText.slice(0, -BASE64_SUFFIX.length) : nameText;
  if (!LABEL_NAME.test(name) || name.startsWith('__'))
    throw new PushError(`improper label name ${JSON.stringify(name)}`);
  if (!isBase64) return [name, valueText];
  return [
    name,
    decodeBase64(
      valueText,
      (reason) => `invalid base64 encoding for label ${name}=${JSON.stringify(valueText)}: ${reason}`,
    ),
  ];
}

function decodeBase64(text: string, message: (reason: string) => string): string {
  const bare = text.replace(/=+$/, '');
  const bad = /[^A-Za-z0-9_-]/.exec(bare);
  if (bad !== null) throw new PushError(message(`illegal base64 data at input byte ${bad.index}`));
  if (bare.length % 4 === 1) throw new PushError(message(`illegal base64 data at input byte ${bare.length - 1}`));
  return Buffer.from(bare, 'base64url').toString('utf8');
}

/** A grouping key may have labels with an empty value (base64 `=`): they tell groups apart. */
function labelsOfKeepingEmpty(entries: readonly [string, string][]): Labels {
  return [...new Map(entries)].sort(([a], [b]) => compareStrings(a, b)).flat();
}

/** Functions on text that both alert and notification templates have. */
import { compileSearch, RegexError, type SearchRegex } from '../regex.ts';
import { TemplateError } from './errors.ts';
import type { FunctionTable } from './function-table.ts';
import { humanizeDuration } from './humanize.ts';
import type { GoValue } from './value.ts';

const text = (value: GoValue | undefined) => (typeof value === 'string' ? value : '');

export const textFunctions: FunctionTable = {
  toUpper: { params: ['string'], call: (s) => text(s).toUpperCase() },
  toLower: { params: ['string'], call: (s) => text(s).toLowerCase() },
  title: { params: ['string'], call: (s) => titleCase(text(s)) },
  match: { params: ['string', 'string'], call: (pattern, s) => regex(text(pattern)).test(text(s)) },
  reReplaceAll: {
    params: ['string', 'string', 'string'],
    call: (pattern, replacement, s) =>
      regex(text(pattern), `regexp: Compile(\`${text(pattern)}\`): `).replaceAll(text(s), text(replacement)),
  },
  safeHtml: { params: ['string'], call: (s) => text(s) },
  humanizeDuration: { params: ['any'], call: (value = null) => humanizeDuration(value) },
};

function regex(pattern: string, complaint = ''): SearchRegex {
  try {
    return compileSearch(pattern);
  } catch (error) {
    if (error instanceof RegexError) throw new TemplateError(complaint + error.message);
    throw error;
  }
}

/** Go's strings.Title: the first letter of each word in upper case; letters, digits and underscores make words. */
function titleCase(s: string): string {
  return s.replace(/[\p{L}\p{Nd}_]+|[^\p{L}\p{Nd}_\s\p{ASCII}]+[\p{L}]*/gu, (word) => {
    const [first = '', ...rest] = word;
    return first.toUpperCase() + rest.join('');
  });
}

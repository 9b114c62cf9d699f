/** What html/template makes of a value, by the place in the page where it is put. */
import { printValue } from '../../model/go-template/print-value.ts';
import { GoObject, type GoValue } from '../../model/go-template/value.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  '&': '&amp;',
  "'": '&#39;',
  '+': '&#43;',
  '<': '&lt;',
  '>': '&gt;',
};
const URL_ATTRIBUTE = /(?:href|src|action|formaction|cite|poster|background)\s*=\s*(?:"[^"]*|'[^']*)$/i;

/** The type of a value that is put in as it is. */
export const TRUSTED_HTML = 'template.HTML';

/** `before`: the page so far. */
export function escapeForHtml(value: GoValue, before: string): string {
  const text = printValue(value);
  if (value instanceof GoObject && value.typeName === TRUSTED_HTML) return text;
  const tag = before.slice(before.lastIndexOf('<'));
  const isInTag = before.includes('<') && !tag.includes('>');
  const attribute = isInTag ? URL_ATTRIBUTE.exec(tag) : null;
  if (attribute === null) return entities(text);
  const isWhole = /["']$/.test(attribute[0]);
  return entities(isWhole && !isSafeUrl(text) ? '#ZgotmplZ' : normalizedUrl(text));
}

function entities(text: string): string {
  return text.replace(/[\0"&'+<>]/g, (char) => ENTITIES[char] ?? char);
}

/** Addresses with other schemes could run a script. */
function isSafeUrl(text: string): boolean {
  const scheme = /^([^/?#:]*):/.exec(text)?.[1];
  return scheme === undefined || /^(?:https?|mailto)$/i.test(scheme);
}

function normalizedUrl(text: string): string {
  const percent = (char: string) =>
    [...Buffer.from(char)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  return text.replace(/[^!#$&*+,/:;=?@[\]\-.\w~%]/gu, percent);
}

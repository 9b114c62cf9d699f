/** Texts of receivers: expanded with the templates of the configuration, as text or as HTML. */
import type { TemplateFile } from '../../config/alertmanager-config.ts';
import type { Clock } from '../../model/clock.ts';
import { TemplateError } from '../../model/go-template/errors.ts';
import { TemplateSet } from '../../model/go-template/template.ts';
import { GoObject, type GoValue } from '../../model/go-template/value.ts';
import { DEFAULT_TEMPLATES } from '../default-templates.ts';
import { DeliveryError } from '../errors.ts';
import { notificationFunctions } from '../notification-functions.ts';
import { escapeForHtml, TRUSTED_HTML } from './escape-html.ts';

/** Expands a text with some data. Throws DeliveryError: trying again would not help. */
type ExpandFn = (text: string, data: GoValue) => string;

export interface MessageTemplates {
  readonly text: ExpandFn;
  readonly html: ExpandFn;
}

/** Throws TemplateError for a template file that cannot be parsed. */
export function messageTemplates(files: readonly TemplateFile[], clock: Clock): MessageTemplates {
  const functions = notificationFunctions(clock);
  const shared = new TemplateSet(functions);
  shared.parse('default', DEFAULT_TEMPLATES);
  for (const { path, text } of files) shared.parse(path, text);
  const safe = { params: ['string'], call: (text: GoValue = '') => trusted(text) } as const;
  const htmlFunctions = { ...functions, safeHtml: safe, safeUrl: safe };
  const expand = (text: string, run: (set: TemplateSet) => string): string => {
    if (!text.includes('{{')) return text;
    try {
      const set = shared.copy();
      set.parse('', text);
      return run(set);
    } catch (error) {
      if (error instanceof TemplateError) throw new DeliveryError(error.message, false);
      throw error;
    }
  };
  return {
    text: (text, data) => expand(text, (set) => set.execute('', data)),
    html: (text, data) => expand(text, (set) => set.execute('', data, htmlFunctions, escapeForHtml)),
  };
}

/** Text that goes into HTML as it is. */
function trusted(text: GoValue): GoValue {
  const print = () => text;
  return new GoObject(TRUSTED_HTML, { Text: text }, { String: print });
}

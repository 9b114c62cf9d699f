/** Texts of receivers: expanded with the templates of the configuration. */
import type { TemplateFile } from '../../config/alertmanager-config.ts';
import type { Clock } from '../../model/clock.ts';
import { TemplateError } from '../../model/go-template/errors.ts';
import { TemplateSet } from '../../model/go-template/template.ts';
import type { GoValue } from '../../model/go-template/value.ts';
import { DEFAULT_TEMPLATES } from '../default-templates.ts';
import { DeliveryError } from '../errors.ts';
import { notificationFunctions } from '../notification-functions.ts';

/** Expands one text with some data. Throws DeliveryError: trying again would not help. */
export type ExpandFn = (text: string, data: GoValue) => string;

/** Throws TemplateError for a template file that cannot be parsed. */
export function messageTemplates(files: readonly TemplateFile[], clock: Clock): ExpandFn {
  const shared = new TemplateSet(notificationFunctions(clock));
  shared.parse('default', DEFAULT_TEMPLATES);
  for (const { path, text } of files) shared.parse(path, text);
  return (text, data) => {
    if (!text.includes('{{')) return text;
    try {
      const set = shared.copy();
      set.parse('', text);
      return set.execute('', data);
    } catch (error) {
      if (error instanceof TemplateError) throw new DeliveryError(error.message, false);
      throw error;
    }
  };
}

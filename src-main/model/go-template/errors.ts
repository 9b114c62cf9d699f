/** A template that cannot be parsed or executed; the message follows Go's text/template. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonText } from './json-text.ts';

it('writes what JSON.stringify writes, whatever the characters', () => {
  const unit = fc.oneof(fc.constantFrom('a', '"', '\\', '\n', '\u007f', 'é', '€', '😀', '\ud800'), fc.string());
  fc.assert(
    fc.property(fc.array(unit), (parts) => {
      const text = parts.join('');
      const out = new JsonText().raw('[').string(text).raw(',').string('x'.repeat(5000)).raw(',"é"]');
      expect(out.toBuffer().toString()).toBe(`[${JSON.stringify(text)},"${'x'.repeat(5000)}","é"]`);
    }),
  );
});

it('takes back what was written last', () => {
  const out = new JsonText().raw('[1');
  const { length } = out;
  out.raw(',').labels(['a', 'b', 'c', '"']);
  expect(out.toBuffer().toString()).toBe('[1,{"a":"b","c":"\\""}');
  out.cutTo(length);
  expect(out.raw(',').value(-0).raw(']').toBuffer().toString()).toBe('[1,-0]');
});

import type { PlainYaml } from '../../config/yaml-plain.ts';

/** A value of the user's own shape with every text in it, keys among them, rendered. */
export function renderPlain(value: PlainYaml, render: (text: string) => PlainYaml): PlainYaml {
  if (typeof value === 'string') return render(value);
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map((item) => renderPlain(item, render));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [String(render(key)), renderPlain(item, render)]),
  );
}

function isList(value: PlainYaml): value is readonly PlainYaml[] {
  return Array.isArray(value);
}

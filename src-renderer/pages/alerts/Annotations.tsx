import type { LabelRecord } from '../../../shared/labels.ts';
import { Section } from '../../ui/Inspector.tsx';

/** Annotations as text; an address becomes a link that opens outside the window. */
export function Annotations({ annotations }: { readonly annotations: LabelRecord }) {
  return (
    <>
      {Object.entries(annotations).map(([name, text]) => (
        <Section key={name} title={name}>
          {/^https?:\/\/\S+$/.test(text) ? (
            <a href={text} target="_blank" rel="noreferrer">
              {text}
            </a>
          ) : (
            <p style={{ margin: 0, overflowWrap: 'anywhere' }}>{text}</p>
          )}
        </Section>
      ))}
    </>
  );
}

import { describe, expect, it } from 'vitest';
import { ConfigError } from './errors.ts';
import { rootMap } from './yaml-map.ts';
import { YamlSource } from './yaml-source.ts';

const SHAPE = { typeName: 'config.Config', keys: new Set(['a', 'b', 'c']) };

function reasonOf(text: string): string {
  try {
    rootMap(new YamlSource(text, 'f.yml'), SHAPE);
    return 'accepted';
  } catch (error) {
    if (error instanceof ConfigError) return `${error.line}:${error.column}: ${error.reason}`;
    throw error;
  }
}

describe('YamlSource', () => {
  it.each([
    ['a: &x [1]\nb: *x\nc: *x', 'accepted'],
    ['a: &x {y: *x}', "1:11: yaml: anchor 'x' value contains itself"],
    ['a: &x [*x, *x]', "1:8: yaml: anchor 'x' value contains itself"],
    ['a: &x {<<: *x}', "1:12: yaml: anchor 'x' value contains itself"],
    ['a: *nope', "1:4: yaml: unknown anchor 'nope' referenced"],
    ['a: {', '1:5: yaml: Flow map in block collection must be sufficiently indented and end with a }'],
    ['\ufeffa: 1', 'accepted'],
    ['a: 1\r\nd: 2\r\n', '2:1: field d not found in type config.Config'],
    ['%YAML 1.1\n---\na: 1\n', 'accepted'],
  ])('%j', (text, expected) => {
    expect(reasonOf(text)).toBe(expected);
  });

  it('refuses a document that aliases blow up', () => {
    const lines = ['a: &l0 [x, x, x, x, x, x, x, x, x, x]', 'b:'];
    for (let i = 1; i < 9; i++) lines.push(`  - &l${i} [${Array.from({ length: 10 }, () => `*l${i - 1}`).join(', ')}]`);
    const startedAt = performance.now();
    expect(reasonOf(lines.join('\n'))).toBe('1:1: yaml: document contains excessive aliasing');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('gives strings the text that was written, as Prometheus does', () => {
    const root = rootMap(new YamlSource('a: 010\nb: ~\nc: "null"', 'f.yml'), SHAPE);
    expect([root.string('a'), root.string('b', 'x'), root.has('b'), root.string('c'), root.has('c')]).toEqual([
      '010',
      '',
      false,
      'null',
      true,
    ]);
  });

  it('hides secrets and nothing else', () => {
    const text = 'a: "s1" # keep\nb: |\n  s2\n  s2b\nc: s3\n';
    const source = new YamlSource(text, 'f.yml');
    const root = rootMap(source, SHAPE);
    for (const key of ['c', 'a', 'b']) root.secret(key);
    expect(source.redacted()).toBe('a: <secret> # keep\nb: <secret>\nc: <secret>\n');
  });
});

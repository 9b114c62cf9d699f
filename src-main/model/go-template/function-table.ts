import type { GoValue } from './value.ts';

/** What an argument must be; 'any' takes every value. */
export type ParamType = 'any' | 'string' | 'float' | 'int' | 'bool';

/** A function that templates may call. `call` may throw TemplateError; arguments have been checked against the types. */
export interface GoFunction {
  readonly params: readonly ParamType[];
  /** Type of any further arguments; absent: no more are taken. */
  readonly rest?: ParamType;
  readonly call: (...args: readonly GoValue[]) => GoValue;
}

export type FunctionTable = Readonly<Record<string, GoFunction>>;

/** How Go names the types, in its two kinds of complaint. */
export const GO_TYPE = { any: 'interface {}', string: 'string', float: 'float64', int: 'int', bool: 'bool' } as const;
export const EXPECTED = { any: 'value', string: 'string', float: 'float', int: 'integer', bool: 'bool' } as const;

export function paramAt(fn: GoFunction, index: number): ParamType {
  return fn.params[index] ?? fn.rest ?? 'any';
}

export function fits(value: GoValue, type: ParamType): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'string':
      return typeof value === 'string';
    case 'float':
      return typeof value === 'number';
    case 'int':
      return typeof value === 'bigint';
    case 'bool':
      return typeof value === 'boolean';
  }
}

import { expect, it } from 'vitest';
import { ALL_VISIBLE, isolate, isVisible, range, toggle, type Visibility } from './visibility.ts';

const keys = ['a', 'b', 'c', 'd'];
const shown = (visibility: Visibility) => keys.filter((key) => isVisible(visibility, key)).join('');

it.each([
  ['nothing', ALL_VISIBLE, 'abcd'],
  ['toggle b', toggle(ALL_VISIBLE, 'b'), 'acd'],
  ['toggle b twice', toggle(toggle(ALL_VISIBLE, 'b'), 'b'), 'abcd'],
  ['isolate b', isolate(ALL_VISIBLE, 'b'), 'b'],
  ['isolate b twice', isolate(isolate(ALL_VISIBLE, 'b'), 'b'), 'abcd'],
  ['isolate b then c', isolate(isolate(ALL_VISIBLE, 'b'), 'c'), 'c'],
  ['isolate b, toggle c', toggle(isolate(ALL_VISIBLE, 'b'), 'c'), 'bc'],
  ['isolate b, toggle b', toggle(isolate(ALL_VISIBLE, 'b'), 'b'), 'abcd'],
  ['hide b, isolate b', isolate(toggle(ALL_VISIBLE, 'b'), 'b'), 'b'],
  ['range d to b', range(keys, 'd', 'b'), 'bcd'],
  ['range from nowhere', range(keys, 'x', 'b'), 'abcd'],
])('after %s', (_what, visibility, expected) => expect(shown(visibility)).toBe(expected));

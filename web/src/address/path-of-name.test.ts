import { expect, test } from 'vitest';
import { pathOfName } from './path-of-name.ts';

test.each([
  ['My Project!', 'my-project'],
  ['Café Größe 2.0', 'cafe-gro-e-2.0'],
  ['--a__b--', 'a_b'],
  ['日本', ''],
  ['../../etc', 'etc'],
  ['<b>x</b>', 'b-x-b'],
])('%s is at %s', (name, path) => {
  expect(pathOfName(name)).toBe(path);
});

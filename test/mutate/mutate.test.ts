import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { mutate } from './mutate.ts';
import { applyPatch, type Patch, readPatches } from './patch.ts';

const repository = resolve(import.meta.dirname, '../..');

/** A tiny project: a function, and a test that knows only what it answers for 2. */
function project(): string {
  const root = temporaryFolder();
  mkdirSync(join(root, 'src'));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(root, 'src/half.ts'),
    'export const half = (n: number) => (n < 0 ? 0 : n / 2); // half\n',
  );
  writeFileSync(
    join(root, 'src/half.test.ts'),
    `import { expect, test } from 'vitest';
     import { half } from './half.ts';
     test('half of two is one', () => { expect(half(2)).toBe(1); });`,
  );
  writeFileSync(
    join(root, 'src/broken.test.ts'),
    `import { expect, test } from 'vitest';
     test('never holds', () => { expect(1).toBe(2); });`,
  );
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  return root;
}

const patch = (change: Partial<Patch>): Patch => ({
  name: 'a patch',
  file: 'src/half.ts',
  find: 'n / 2',
  replace: 'n / 3',
  tests: ['src/half.test.ts'],
  ...change,
});

test('a patch is caught or survives, does not fit, or proves nothing', async () => {
  const patches = [
    patch({ name: 'a third' }),
    patch({ name: 'below zero', find: 'n < 0', replace: 'n < -9' }),
    patch({ name: 'fits nowhere', find: 'n / 4' }),
    patch({ name: 'no such file', file: 'src/gone.ts' }),
    patch({ name: 'red anyway', tests: ['src/broken.test.ts'] }),
    patch({ name: 'no such test', tests: ['src/gone.test.ts'] }),
    patch({ name: 'a third again: the ones between left nothing behind' }),
  ];
  const verdicts = await Array.fromAsync(mutate(project(), patches));
  expect(verdicts.map(({ outcome }) => outcome)).toEqual([
    'caught',
    'survived',
    'does not apply',
    'does not apply',
    'tests fail without it',
    'tests fail without it',
    'caught',
  ]);
});

describe('applying a patch', () => {
  test('refuses a place that is not the only one', () => {
    expect(() => applyPatch('a a', patch({ find: 'a' }))).toThrow('stands 2 times in src/half.ts');
    expect(() => applyPatch('b', patch({ find: 'a' }))).toThrow('stands 0 times in src/half.ts');
  });
  test('takes the replacement as it is', () => {
    expect(applyPatch('a b', patch({ find: 'a', replace: "$&$'" }))).toBe("$&$' b");
  });
});

test('every patch of this repository fits, has a name of its own, and names tests', async () => {
  const patches = await readPatches(join(import.meta.dirname, 'patches'));
  expect(patches.length).toBeGreaterThan(0);
  expect(new Set(patches.map(({ name }) => name)).size).toBe(patches.length);
  for (const one of patches) {
    expect(applyPatch(readFileSync(join(repository, one.file), 'utf8'), one)).not.toBe('');
    expect(one.tests.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
    expect(one.tests).not.toEqual([]);
  }
});

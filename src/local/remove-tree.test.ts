import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { removeTree } from './remove-tree.ts';

// Whoever may do anything sees no difference: this is for those who may not.
test('folders are removed in which nothing may be deleted', () => {
  const folder = join(temporaryFolder(), 'modules');
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
  writeFileSync(join(folder, 'a', 'b', 'file'), '');
  chmodSync(join(folder, 'a', 'b'), 0o500);
  chmodSync(join(folder, 'a'), 0o100);
  removeTree(folder);
  expect(existsSync(folder)).toBe(false);
  removeTree(folder);
});

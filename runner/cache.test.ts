import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dropOldest } from './cache.ts';

test('caches over the limit go, the longest unused first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jobyard-cache-'));
  const paths = ['1/old.zip', '2/older.zip', '2/new.zip'].map((name) => join(folder, name));
  mkdirSync(join(folder, '1'));
  mkdirSync(join(folder, '2'));
  for (const [index, path] of paths.entries()) {
    writeFileSync(path, Buffer.alloc(100));
    const used = new Date(2026, 0, [2, 1, 3][index] ?? 0);
    utimesSync(path, used, used);
  }
  await dropOldest(folder, 200);
  expect(paths.map((path) => existsSync(path))).toEqual([true, false, true]);
  await dropOldest(folder, 199);
  expect(paths.map((path) => existsSync(path))).toEqual([false, false, true]);
  rmSync(folder, { recursive: true });
});

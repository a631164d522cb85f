import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { Disk } from './cut-back.ts';
import type { Call } from './recording.ts';

const ROOT = '/data';
const call = (at: number, name: Call['name'], file: string, more: Partial<Call> = {}): Call => ({
  name,
  from: at,
  to: at,
  path: file === '' ? ROOT : `${ROOT}/${file}`,
  newPath: '',
  bytes: Buffer.alloc(0),
  offset: null,
  flags: '',
  ...more,
});
const write = (at: number, file: string, text: string, offset: number | null = null) =>
  call(at, offset === null ? 'write' : 'pwrite64', file, { bytes: Buffer.from(text), offset });

/** The folder after a power loss at that time, in which `kept` was before. */
async function after(calls: Call[], time: number, survives = false): Promise<Record<string, string>> {
  const [base, target] = [temporaryFolder(), temporaryFolder()];
  writeFileSync(join(base, 'kept'), 'before');
  const disk = new Disk(ROOT, base);
  disk.replay(calls, time);
  await disk.writeTo(target, () => survives);
  return Object.fromEntries(
    readdirSync(target).map((name) => [name, readFileSync(join(target, name), 'utf8')]),
  );
}

test('of a file there is what was synced', async () => {
  const calls = [write(1, 'kept', 'AB', 0), call(2, 'fdatasync', 'kept'), write(3, 'kept', 'CD', 2)];
  expect(await after(calls, 1)).toEqual({ kept: 'before' });
  expect(await after(calls, 3)).toEqual({ kept: 'ABfore' });
  expect(await after(calls, 3, true)).toEqual({ kept: 'ABCDre' });
});

test('a sync counts from its end on, for what was written before its beginning', async () => {
  const calls = [
    write(1, 'kept', 'A', 0),
    call(2, 'fsync', 'kept', { to: 5 }),
    write(3, 'kept', 'B', 1),
    call(9, 'fsync', 'other'),
  ];
  expect(await after(calls, 4)).toEqual({ kept: 'before' });
  expect(await after(calls, 5)).toEqual({ kept: 'Aefore' });
  expect(await after(calls, 9)).toEqual({ kept: 'Aefore' });
});

test('a new file is there when its folder is synced, a renamed one under its new name', async () => {
  const calls = [
    call(1, 'openat', 'new', { flags: 'O_CREAT' }),
    write(2, 'new', 'one'),
    write(3, 'new', 'two'),
    call(4, 'fsync', 'new'),
    call(5, 'fsync', ''),
    call(6, 'rename', 'new', { newPath: `${ROOT}/renamed` }),
    call(7, 'fsync', ''),
  ];
  expect(await after(calls, 4)).toEqual({ kept: 'before' });
  expect(await after(calls, 6)).toEqual({ kept: 'before', new: 'onetwo' });
  expect(await after(calls, 7)).toEqual({ kept: 'before', renamed: 'onetwo' });
});

test('what was removed or cut off is back until that is synced', async () => {
  const removed = [call(1, 'unlink', 'kept'), call(2, 'fsync', '')];
  expect(await after(removed, 1)).toEqual({ kept: 'before' });
  expect(await after(removed, 2)).toEqual({});
  const cut = [call(1, 'ftruncate', 'kept', { offset: 2 }), call(2, 'fsync', 'kept')];
  expect(await after(cut, 1)).toEqual({ kept: 'before' });
  expect(await after(cut, 2)).toEqual({ kept: 'be' });
});

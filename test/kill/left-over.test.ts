import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { filesLeftOver } from './left-over.ts';

const KEY = `ab/${'0'.repeat(30)}`;

function folderWith(...paths: string[]): string {
  const data = temporaryFolder();
  for (const path of paths) {
    mkdirSync(dirname(join(data, path)), { recursive: true });
    writeFileSync(join(data, path), '');
  }
  return data;
}

test('nothing is left over where all that is there has its place', () => {
  const data = folderWith(
    'jobyard.db',
    'jobyard.lock',
    `blobs/${KEY}`,
    'repositories/1.git/refs/heads/main',
    'runner/system_id',
  );
  expect(filesLeftOver(data, new Set([KEY]))).toEqual([]);
});

test.each([
  'blobs/tmp/00000000000000000000000000000000',
  'blobs/cd/000000000000000000000000000000',
  'traces/07/7.log',
  'runner/jobs/5f0c.json',
  'runner/spool/5f0c',
  'runner/system_id.draft',
  'repositories/1.git/refs/heads/main.lock',
  'repositories/1.git/packed-refs.lock',
  'repositories/1.git/objects/incoming-x1/pack',
  'repositories/1.git/objects/tmp_objdir-incoming-x1/00/1',
  'repositories/1.git/objects/pack/tmp_pack_1',
  'repositories/1.git/objects/pack/pack-1.keep',
])('%s is left over', (path) => {
  expect(filesLeftOver(folderWith(path), new Set([KEY]))).toEqual([path]);
});

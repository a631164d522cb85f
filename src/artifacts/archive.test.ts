import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import yazl from 'yazl';
import { openArchives } from '../../test/support/archives.ts';
import { forge } from '../../test/support/forged-zip.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { openArchiveFile } from './archive-file.ts';
import { readZipDirectory } from './zip-directory.ts';
import { encodeZipIndex, ZipIndex } from './zip-index.ts';

const { blobs, indexes, upload, read, list, paths } = await openArchives();

async function zipOf(files: Record<string, string | Buffer>, folders: string[] = []) {
  const zip = new yazl.ZipFile();
  for (const folder of folders) zip.addEmptyDirectory(folder);
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return await upload(zip.outputStream as Readable);
}

const text = (value: string) => Buffer.from(value);

test('any file comes out of an archive as it went in', async () => {
  const name = fc
    .array(fc.stringMatching(/^[a-zé😀0-9 -]{1,6}$/u), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join('/'));
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, fc.uint8Array({ maxLength: 400 }), { maxKeys: 12 }),
      async (files) => {
        const archive = await zipOf(
          Object.fromEntries(Object.entries(files).map(([key, value]) => [key, Buffer.from(value)])),
        );
        for (const [path, bytes] of Object.entries(files)) {
          const file = await openArchiveFile(blobs, indexes, archive, path);
          expect(file?.size).toBe(bytes.length);
          expect(Buffer.concat((await file?.stream.toArray()) ?? [])).toEqual(Buffer.from(bytes));
        }
        const listed = (await list(archive, '', true)) ?? [];
        expect(
          listed
            .filter((entry) => entry.type === 'file')
            .map((entry) => entry.path)
            .toSorted(),
        ).toEqual(Object.keys(files).toSorted());
      },
    ),
    { numRuns: 40 },
  );
});

test('what is not there, a folder, or another spelling of a path is not found', async () => {
  const archive = await zipOf({ 'a/b.txt': 'b' }, ['empty']);
  for (const path of ['a', 'a/', 'empty/', 'b.txt', '/a/b.txt', './a/b.txt', 'a//b.txt', 'a/../a/b.txt', ''])
    expect(await read(archive, path)).toBeNull();
});

test('a tree lists a folder, with folders that only files speak of', async () => {
  const archive = await zipOf({ 'a/b/c.txt': 'cc', 'a/d.txt': 'd', 'a-z': '', 'z/y/x': 'x' }, ['a/empty']);
  expect(await list(archive)).toEqual([
    { name: 'a-z', path: 'a-z', type: 'file', size: 0, mode: '100664' },
    { name: 'a', path: 'a/', type: 'directory', mode: '040755' },
    { name: 'z', path: 'z/', type: 'directory', mode: '040755' },
  ]);
  expect(await list(archive, 'a/b/')).toEqual([
    { name: 'c.txt', path: 'a/b/c.txt', type: 'file', size: 2, mode: '100664' },
  ]);
  expect(await paths(archive, 'a')).toEqual(['a/b/', 'a/d.txt', 'a/empty/']);
  expect(await paths(archive, 'a', true)).toEqual(['a/b/', 'a/b/c.txt', 'a/d.txt', 'a/empty/']);
  expect(await paths(archive, '', true)).toEqual([
    'a-z',
    'a/',
    'a/b/',
    'a/b/c.txt',
    'a/d.txt',
    'a/empty/',
    'z/',
    'z/y/',
    'z/y/x',
  ]);
  expect(await paths(archive, 'a/empty')).toEqual([]);
  for (const path of ['nowhere', 'a/d.txt', 'a/b/c']) expect(await list(archive, path)).toBeNull();
  expect(await paths(await zipOf({}))).toEqual([]);
});

test('one file of 10,000 is read without the rest of the archive, in milliseconds', async () => {
  const zip = new yazl.ZipFile();
  for (let index = 0; index < 10_000; index += 1)
    zip.addBuffer(randomBytes(2_000), `reports/${index % 100}/file-${index}.bin`, { compress: false });
  zip.addBuffer(text('found'), 'reports/found.txt');
  zip.end();
  const archive = await upload(zip.outputStream as Readable);
  await read(archive, 'reports/found.txt');
  const counting = Object.create(blobs) as BlobStore;
  let asked = 0;
  counting.get = async (key, range) => {
    asked += range ? range.end - range.start + 1 : Infinity;
    return await blobs.get(key, range);
  };
  const before = process.threadCpuUsage();
  const file = await openArchiveFile(counting, indexes, archive, 'reports/found.txt');
  expect(Buffer.concat((await file?.stream.toArray()) ?? []).toString()).toBe('found');
  const { user, system } = process.threadCpuUsage(before);
  expect(user + system).toBeLessThan(100_000);
  expect(asked).toBeLessThan(200_000);
  expect(archive.size).toBeGreaterThan(20_000_000);
});

test('indexing 65,000 entries in a bad order lets others have the event loop again and again', async () => {
  const names = Array.from({ length: 65_000 }, (_, index) => `${(index * 7_919) % 100_003}/${index}`);
  const path = join(temporaryFolder(), 'large.zip');
  writeFileSync(path, forge(names.map((name) => ({ name, data: Buffer.alloc(0) }))));
  const entries = (await readZipDirectory(path)) ?? [];
  expect(entries).toHaveLength(65_000);
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  const index = new ZipIndex(await encodeZipIndex(entries));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
  expect(names.every((name) => index.find(name) !== null)).toBe(true);
});

test('a zip of the large kind (zip64) is read as any other', async () => {
  const zip = new yazl.ZipFile();
  zip.addBuffer(text('large'), 'a/b', { forceZip64Format: true });
  zip.end({ forceZip64Format: true, comment: '' });
  const archive = await upload(zip.outputStream as Readable);
  expect(await read(archive, 'a/b')).toBe('large');
  expect(await paths(archive, 'a')).toEqual(['a/b']);
});

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import yazl from 'yazl';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { BlobStore, type StagedBlob } from '../blobs/blob-store.ts';
import { openArchiveFile } from './archive-file.ts';
import { ArchiveIndexes } from './archive-index.ts';
import { readZipDirectory } from './zip-directory.ts';
import { encodeZipIndex, ZipIndex } from './zip-index.ts';

let blobs: BlobStore;
let indexes: ArchiveIndexes;

beforeEach(async () => {
  blobs = await BlobStore.open(`file:${temporaryFolder()}`);
  indexes = new ArchiveIndexes(blobs);
});

const keep = async (staged: StagedBlob) => {
  await blobs.keep(staged);
  return staged.key;
};

/** What an upload leaves: the zip and, when its directory can be read, the index. */
async function upload(source: AsyncIterable<Uint8Array>) {
  const staged = await blobs.stage(source);
  const entries = await readZipDirectory(staged.path);
  const index = entries && (await encodeZipIndex(entries));
  return {
    blob_key: await keep(staged),
    index_key: index && (await keep(await blobs.stage(Readable.from([index])))),
    sha256: staged.sha256,
    size: staged.size,
  };
}

async function zipOf(files: Record<string, string | Buffer>, folders: string[] = []) {
  const zip = new yazl.ZipFile();
  for (const folder of folders) zip.addEmptyDirectory(folder);
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return await upload(zip.outputStream as Readable);
}

type Archive = Awaited<ReturnType<typeof upload>>;
const read = async (archive: Archive, path: string) => {
  const file = await openArchiveFile(blobs, indexes, archive, path);
  return file && Buffer.concat(await file.stream.toArray()).toString();
};
const list = async (archive: Archive, path = '', recursive = false) => {
  const tree = (await indexes.get(archive))?.tree(path, recursive);
  return tree ? [...tree] : null;
};
const paths = async (archive: Archive, path = '', recursive = false) =>
  (await list(archive, path, recursive))?.map((entry) => entry.path) ?? null;

/** A zip as it can only be made by hand: every field as given, whether true or not. */
interface Lie {
  name: string;
  data: Buffer;
  method?: number;
  flags?: number;
  crc?: number;
  size?: number;
  compressedSize?: number;
  offset?: number;
  mode?: number;
}
function forge(entries: Lie[], count = entries.length): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(entry.flags ?? 0x800, 2);
    fields.writeUInt16LE(entry.method ?? 0, 4);
    fields.writeUInt32LE(entry.crc ?? crc32(entry.data), 10);
    fields.writeUInt32LE(entry.compressedSize ?? entry.data.length, 14);
    fields.writeUInt32LE(entry.size ?? entry.data.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const head = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, entry.data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(entry.offset ?? at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), fields, tail, name);
    local.push(head);
    at += head.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...local, ...directory, end]);
}
const forged = (entries: Lie[], count?: number) => upload(Readable.from([forge(entries, count)]));
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

describe('a zip that lies', () => {
  test('has no entries when it is no zip, is cut short or says a wrong count', async () => {
    const good = forge([{ name: 'a', data: text('a') }]);
    for (const bytes of [text('not a zip'), Buffer.alloc(0), good.subarray(0, -30), good.subarray(10)])
      expect((await upload(Readable.from([bytes]))).index_key).toBeNull();
    expect((await forged([{ name: 'a', data: text('a') }], 2)).index_key).toBeNull();
    expect((await forged([{ name: 'a', data: text('a') }], 65_535)).index_key).toBeNull();
  });

  test('shows no name that leads out of the archive', async () => {
    const bad = [
      '../up',
      'a/../../up',
      '/etc/passwd',
      'a\\..\\b',
      'a//b',
      './a',
      'a/./b',
      '',
      '..',
      'nul\0byte',
      '/',
    ];
    const archive = await forged([...bad, 'good'].map((name) => ({ name, data: text(name) })));
    expect(await paths(archive, '', true)).toEqual(['good']);
    for (const name of bad) expect(await read(archive, name)).toBeNull();
    expect(await read(archive, 'good')).toBe('good');
  });

  test('gives of two entries with one name the first', async () => {
    const archive = await forged([
      { name: 'a', data: text('first') },
      { name: 'b', data: text('b') },
      { name: 'a', data: text('second') },
    ]);
    expect(await paths(archive)).toEqual(['a', 'b']);
    expect(await read(archive, 'a')).toBe('first');
  });

  test('gives a link as the text it is', async () => {
    const archive = await forged([{ name: 'link', data: text('/etc/passwd'), mode: 0o120777 }]);
    expect(await read(archive, 'link')).toBe('/etc/passwd');
    expect(await list(archive)).toMatchObject([{ name: 'link', type: 'file', mode: '120777' }]);
  });

  test('gives nothing that is encrypted, compressed in a rare way, or outside of the file', async () => {
    const data = text('data');
    const archive = await forged([
      { name: 'encrypted', data, flags: 0x801 },
      { name: 'rare', data, method: 93 },
      { name: 'outside', data, offset: 4_000_000_000 },
      { name: 'too long', data, compressedSize: 4_000_000_000, size: 4_000_000_000 },
      { name: 'stored otherwise', data, size: 5 },
      { name: 'no header', data, offset: 3 },
      { name: 'good', data },
    ]);
    expect((await list(archive))?.length).toBe(7);
    for (const name of ['encrypted', 'rare', 'outside', 'too long', 'stored otherwise', 'no header'])
      expect(await read(archive, name)).toBeNull();
    expect(await read(archive, 'good')).toBe('data');
  });

  test('breaks the reply off when the bytes are not the declared ones', async () => {
    const deflated = deflateRawSync(text('x'.repeat(1_000)));
    const crc = crc32(text('x'.repeat(1_000)));
    const archive = await forged([
      { name: 'crc', data: text('data'), crc: 1 },
      { name: 'more', data: deflated, method: 8, size: 999, crc },
      { name: 'less', data: deflated, method: 8, size: 1_001, crc },
      { name: 'cut', data: deflated, method: 8, size: 1_000, crc, compressedSize: deflated.length - 3 },
      { name: 'garbage', data: randomBytes(50), method: 8, size: 1_000, crc },
      { name: 'good', data: deflated, method: 8, size: 1_000, crc },
    ]);
    for (const name of ['crc', 'more', 'less', 'cut', 'garbage'])
      await expect(read(archive, name)).rejects.toThrow(/zip says|invalid|unexpected end/);
    expect(await read(archive, 'good')).toBe('x'.repeat(1_000));
  });

  test('serves overlapping entries as what each of them says', async () => {
    const inner = forge([{ name: 'inner', data: text('inner') }]);
    const archive = await forged([
      { name: 'outer', data: inner },
      { name: 'inside', data: text('inner'), offset: 35 },
      { name: 'same', data: inner, offset: 0 },
    ]);
    expect(await read(archive, 'inside')).toBe('inner');
    expect(await read(archive, 'same')).toBe(inner.toString());
  });

  test('cannot fill the memory: a bomb comes in pieces, at the pace of who reads, and no further than declared', async () => {
    const bomb = deflateRawSync(Buffer.alloc(200_000_000));
    const crc = crc32(Buffer.alloc(200_000_000));
    const archive = await forged([
      { name: 'honest', data: bomb, method: 8, size: 200_000_000, crc },
      { name: 'modest', data: bomb, method: 8, size: 1_000, crc },
    ]);
    await expect(read(archive, 'modest')).rejects.toThrow('larger than its zip says');
    const file = await openArchiveFile(blobs, indexes, archive, 'honest');
    const before = process.memoryUsage().rss;
    let size = 0;
    let most = 0;
    for await (const chunk of file?.stream ?? []) {
      size += (chunk as Buffer).length;
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(size).toBe(200_000_000);
    expect(most).toBeLessThan(100_000_000);
  });

  test('has no entries when there are more of them, or more names, than we index', async () => {
    const long = 'n'.repeat(4_000);
    const entries = Array.from({ length: 4_500 }, (_, index) => ({
      name: `${long}${index}`,
      data: text(''),
    }));
    expect((await forged(entries)).index_key).toBeNull();
    expect(
      (
        await forged([
          { name: 'n'.repeat(4_097), data: text('x') },
          { name: 'a', data: text('a') },
        ])
      ).index_key,
    ).not.toBeNull();
  });
});

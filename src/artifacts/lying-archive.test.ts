import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openArchives } from '../../test/support/archives.ts';
import { forge, type Lie } from '../../test/support/forged-zip.ts';
import { openArchiveFile } from './archive-file.ts';

const { blobs, indexes, upload, read, list, paths } = await openArchives();
const forged = (entries: Lie[], count?: number) => upload(Readable.from([forge(entries, count)]));
const text = (value: string) => Buffer.from(value);

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

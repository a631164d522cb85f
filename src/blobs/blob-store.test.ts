import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { smallDisk } from '../../test/support/small-disk.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { BlobStore } from './blob-store.ts';
import { StorageUnavailable } from './storage-error.ts';

let folder: string;
let blobs: BlobStore;

beforeEach(async () => {
  folder = temporaryFolder();
  blobs = await BlobStore.open(`file:${folder}`);
});

const files = (of = folder) =>
  readdirSync(of, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const put = async (...chunks: Uint8Array[]) => {
  const staged = await blobs.stage(Readable.from(chunks, { objectMode: true }));
  await blobs.keep(staged);
  return staged;
};

test('what is put comes back byte for byte, however it was cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 5_000 }), { maxLength: 20 }),
      async (chunks) => {
        const { key, size, sha256 } = await put(...chunks);
        const bytes = Buffer.concat(chunks);
        expect(size).toBe(bytes.length);
        expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
        expect(await blobs.read(key)).toEqual(bytes);
        expect(await blobs.stat(key)).toEqual({ size });
      },
    ),
    { numRuns: 50 },
  );
});

test('a large blob passes through, and any range of it can be read', async () => {
  const chunks = Array.from({ length: 24 }, () => randomBytes(1 << 18));
  const bytes = Buffer.concat(chunks);
  const { key } = await put(...chunks);
  for (const [start, end] of [
    [0, 0],
    [5, 3_000_000],
    [bytes.length - 1, bytes.length - 1],
  ] as const) {
    const stream = await blobs.get(key, { start, end });
    expect(Buffer.concat((await stream?.toArray()) ?? []).equals(bytes.subarray(start, end + 1))).toBe(true);
  }
});

test('nothing is in the store before it is kept, and nothing at all after it is discarded', async () => {
  const staged = await blobs.stage(Readable.from([Buffer.from('x')]));
  expect(await blobs.get(staged.key)).toBeNull();
  await blobs.discard(staged);
  expect(files()).toEqual([]);
});

async function* breaking() {
  yield randomBytes(3_000_000);
  throw new Error('gone');
}

test('a sender that breaks off leaves nothing', async () => {
  await expect(blobs.stage(breaking())).rejects.toThrow('gone');
  expect(files()).toEqual([]);
});

test('more bytes than allowed are refused with 413 while they arrive, and leave nothing', async () => {
  let given = 0;
  async function* endless() {
    while (true) {
      given += 100_000;
      yield Buffer.alloc(100_000);
    }
  }
  await expect(blobs.stage(endless(), 1_000_000)).rejects.toMatchObject({ status: 413 });
  expect(given).toBe(1_100_000);
  const oneTooMany = Readable.from([Buffer.alloc(1_000_001)]);
  await expect(blobs.stage(oneTooMany, 1_000_000)).rejects.toMatchObject({ status: 413 });
  expect(files()).toEqual([]);
  const { size } = await blobs.stage(Readable.from([Buffer.alloc(1_000_000)]), 1_000_000);
  expect(size).toBe(1_000_000);
});

test('deleting frees the bytes, and doing it again is no error', async () => {
  const { key } = await put(Buffer.from('bytes'));
  expect(files()).toHaveLength(1);
  await blobs.delete(key);
  await blobs.delete(key);
  expect(files()).toEqual([]);
  expect(await blobs.get(key)).toBeNull();
  expect(await blobs.stat(key)).toBeNull();
});

test('a key that the server did not make reaches no file', async () => {
  for (const key of ['../../etc/passwd', 'ab/../../x', '/etc/passwd', `ab/${'0'.repeat(29)}/`, ''])
    await expect(blobs.get(key)).rejects.toThrow('not a blob key');
});

test('opening removes temporary files of more than a day ago, and only those', async () => {
  const old = join(folder, 'tmp', 'old');
  const young = join(folder, 'tmp', 'young');
  writeFileSync(old, 'x');
  writeFileSync(young, 'x');
  const yesterday = Date.now() / 1000 - 86_500;
  utimesSync(old, yesterday, yesterday);
  await BlobStore.open(`file:${folder}`);
  expect(files()).toEqual([young]);
});

test('an address that is not supported or cannot be written stops the start with what to do', async () => {
  await expect(BlobStore.open('ftp://x')).rejects.toThrow('give file:DIR');
  await expect(BlobStore.open('file:/dev/null/x')).rejects.toThrow('--blobs file:DIR');
});

const disk = smallDisk(4 << 20);
test.skipIf(disk === null)(
  'a full disk is 503 with the reason, leaves nothing, and what was there stays',
  async () => {
    const store = await BlobStore.open(`file:${disk}`);
    const first = await store.stage(Readable.from([randomBytes(1 << 20)]));
    await store.keep(first);
    const many = Readable.from(Array.from({ length: 16 }, () => randomBytes(1 << 19)));
    const refusal = await store.stage(many).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StorageUnavailable);
    expect(refusal).toMatchObject({
      status: 503,
      body: { message: '503 Service Unavailable - the storage is full' },
    });
    expect(files(disk ?? '')).toHaveLength(1);
    expect(await store.stat(first.key)).toEqual({ size: 1 << 20 });
    await store.keep(await store.stage(Readable.from([randomBytes(1 << 20)])));
  },
);

test('a file that may not grow is 503 too, and the process lives on', () => {
  // The limit on the size of files is the only full disk that an ordinary user can make.
  const program = `
    import { BlobStore } from ${JSON.stringify(join(import.meta.dirname, 'blob-store.ts'))};
    const blobs = await BlobStore.open('file:' + process.argv[1]);
    const bytes = (size) => (async function* () { for (let at = 0; at < size; at += 4096) yield Buffer.alloc(4096); })();
    const refused = await blobs.stage(bytes(1 << 20)).catch((error) => error.status);
    const { size } = await blobs.stage(bytes(8192));
    console.log(refused, size);`;
  const shell = 'ulimit -f 128; exec "$0" --input-type=module-typescript -e "$1" "$2"';
  const output = execFileSync('sh', ['-c', shell, process.execPath, program, folder], { encoding: 'utf8' });
  expect(output).toBe('503 8192\n');
});

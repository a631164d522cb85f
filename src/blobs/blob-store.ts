import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { apiError, StartError } from '../errors.ts';
import { makeFolder } from './make-folder.ts';
import { openForReply, openStream, orNull } from './open-file.ts';
import type { OutgoingFile } from './outgoing-file.ts';
import { storageError } from './storage-error.ts';

/** First and last byte, both included, as in a Range header. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Bytes that have arrived whole and are on the disk, but not in the store yet. */
export interface StagedBlob {
  /** The name the blob will have. Made by the server, never from anything a user wrote. */
  key: string;
  size: number;
  /** Hexadecimal. */
  sha256: string;
  /** Where the bytes wait; for a look into them before they are kept. */
  path: string;
}

const TEMPORARY = 'tmp';
const TEMPORARY_LIFE_MS = 86_400_000;
const KEY = /^[0-9a-f]{2}\/[0-9a-f]{30}$/;

/**
 * Finished objects as local files, `DIR/ab/…` by key. A blob is written once, whole, and never changes:
 * first staged (streamed, hashed and synced under `DIR/tmp`), then kept by a rename. Who owns a blob
 * stands in the database (blob-ownership.ts), so a crash between the two leaves nothing behind for ever.
 */
export class BlobStore {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Opens, or makes, the store at `url` (`file:DIR`), and removes temporary files older than a day.
   * @throws StartError when it is no such address or cannot be written
   */
  static async open(url: string, now = Date.now()): Promise<BlobStore> {
    const folder = /^file:(.+)$/s.exec(url)?.[1];
    if (!folder) throw new StartError(`The blob storage ${url} is not supported: give file:DIR.`);
    const store = new BlobStore(folder);
    try {
      makeFolder(join(folder, TEMPORARY));
      // All at once, so that keeping a blob never makes a folder.
      for (let shard = 0; shard < 256; shard += 1)
        makeFolder(join(folder, shard.toString(16).padStart(2, '0')));
      await syncFolder(folder);
      await store.#sweep(now);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StartError(
        `The blob storage ${folder} cannot be written (${reason}): correct its rights, or choose another with --blobs file:DIR.`,
      );
    }
    return store;
  }

  /**
   * Takes bytes as they come, holding `source` back to the speed of the disk, and answers when they are
   * synced. When anything fails on the way, nothing of them is left.
   * @throws StorageUnavailable, 413 above `maxSize` bytes, or what `source` throws
   */
  async stage(source: AsyncIterable<Uint8Array>, maxSize = Number.MAX_SAFE_INTEGER): Promise<StagedBlob> {
    const name = randomBytes(16).toString('hex');
    const path = join(this.#folder, TEMPORARY, name);
    let file: FileHandle | null = null;
    try {
      file = await open(path, 'wx', 0o600);
      const { size, sha256 } = await copy(source, file, maxSize);
      await file.datasync();
      await file.close();
      file = null;
      return { key: `${name.slice(0, 2)}/${name.slice(2)}`, size, sha256, path };
    } catch (error) {
      await file?.close().catch(() => {});
      await rm(path, { force: true }).catch(() => {});
      throw storageError(error);
    }
  }

  /** Moves what was staged into the store. It outlives a power loss from then on. */
  async keep(staged: StagedBlob): Promise<void> {
    try {
      const path = this.#path(staged.key);
      await rename(staged.path, path);
      await syncFolder(join(path, '..'));
    } catch (error) {
      throw storageError(error);
    }
  }

  /** Throws away what was staged and is not kept. */
  async discard(staged: StagedBlob): Promise<void> {
    await rm(staged.path, { force: true });
  }

  /** The bytes, or those of `range`, as a stream that is already open. Null when there is no such blob. */
  async get(key: string, range?: ByteRange): Promise<Readable | null> {
    return openStream(this.#path(key), range);
  }

  /** The bytes of `range` for a reply, which takes them straight from the file. Null when there is no such blob. */
  async send(key: string, { start, end }: ByteRange): Promise<OutgoingFile | null> {
    return openForReply(this.#path(key), start, end + 1);
  }

  /** All bytes at once; only for blobs that the server made itself and knows to be small. */
  async read(key: string): Promise<Buffer | null> {
    const stream = await this.get(key);
    return stream && Buffer.concat(await stream.toArray());
  }

  /** Where the bytes lie, for whoever reads them in a thread of their own. */
  pathOf(key: string): string {
    return this.#path(key);
  }

  async stat(key: string): Promise<{ size: number } | null> {
    return orNull(async () => {
      const { size } = await stat(this.#path(key));
      return { size };
    });
  }

  /** Frees the bytes. Deleting what is not there is no error. */
  async delete(key: string): Promise<void> {
    await rm(this.#path(key), { force: true });
  }

  #path(key: string): string {
    if (!KEY.test(key)) throw new Error(`not a blob key: ${key}`);
    return join(this.#folder, key);
  }

  async #sweep(now: number): Promise<void> {
    const folder = join(this.#folder, TEMPORARY);
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const { mtimeMs } = await stat(path);
      if (mtimeMs < now - TEMPORARY_LIFE_MS) await rm(path, { force: true });
    }
  }
}

async function copy(source: AsyncIterable<Uint8Array>, file: FileHandle, maxSize: number) {
  const hash = createHash('sha256');
  let size = 0;
  for await (const bytes of source) {
    size += bytes.length;
    if (size > maxSize) throw apiError('too_large');
    hash.update(bytes);
    for (let done = 0; done < bytes.length;)
      done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
  }
  return { size, sha256: hash.digest('hex') };
}

/** Makes a rename or a new file in `folder` outlive a power loss. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

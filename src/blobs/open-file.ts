import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { OutgoingFile } from './outgoing-file.ts';
import { errorCode, storageError } from './storage-error.ts';

const READ_BYTES = 1 << 20;

/**
 * The bytes of a file as a stream that is already open: a failure comes here and not after the reply has begun.
 * `end` is the last byte. Null when there is no such file.
 */
export async function openStream(
  path: string,
  range: { start?: number; end?: number } = {},
): Promise<Readable | null> {
  return orNull(async () => {
    const stream = createReadStream(path, { ...range, highWaterMark: READ_BYTES });
    await new Promise<void>((resolve, reject) => {
      stream.once('open', () => resolve());
      stream.once('error', reject);
    });
    return stream;
  });
}

/** The bytes from `start` up to the one in front of `end` for a reply. Null when there is no such file. */
export async function openForReply(path: string, start: number, end: number): Promise<OutgoingFile | null> {
  return orNull(() => OutgoingFile.open(path, start, end));
}

/** @throws StorageUnavailable when it is the disk that fails */
export async function orNull<T>(open: () => Promise<T>): Promise<T | null> {
  try {
    return await open();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw storageError(error);
  }
}

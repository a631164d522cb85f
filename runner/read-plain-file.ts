import { constants, createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/**
 * Opens a file for reading. A path that has become a link since it was looked at is refused, and a pipe does
 * not hold up the reader.
 */
export async function readPlainFile(path: string): Promise<Readable> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  return createReadStream(path, { fd: handle });
}

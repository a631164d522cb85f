import { writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** Larger writes are left to a thread. Copying so much into the system's cache takes some 15 µs. */
const AT_ONCE_BYTES = 64 * 1024;
/** A write that took longer was held back by the disk. */
const SLOW_MS = 25;
/** For so long after one, every write is left to a thread, where nobody else waits for it. */
const SLOW_FOR_MS = 5000;

let slowUntil = 0;

/**
 * Writes all of the bytes at that position, so that the system has them: they survive this process, but no
 * power loss. A small write is done at once: it is a copy within memory of a few µs, and to hand it to a thread
 * and hear back costs ten times that. Only while the system holds writers back, as it does when more was written
 * than its disk can take, threads do them all.
 */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  const begun = performance.now();
  if (bytes.length <= AT_ONCE_BYTES && begun >= slowUntil) {
    while (done < bytes.length) done += writeSync(file.fd, bytes, done, bytes.length - done, position + done);
    const ended = performance.now();
    if (ended - begun > SLOW_MS) slowUntil = ended + SLOW_FOR_MS;
  }
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

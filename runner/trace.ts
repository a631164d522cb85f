import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/**
 * A job's log: a file that only grows, and the CRC-32 of all its bytes. It lies in the state folder, so that
 * the next start of the runner can send what this one could not.
 */
export class Trace {
  readonly #fd: number;
  readonly #limit: number;
  #size = 0;
  #crc = 0;
  #full = false;

  /** Opens the log at `path`, which may already hold bytes. @param limit how many bytes it takes in all. */
  constructor(path: string, limit: number) {
    this.#fd = openSync(path, 'a+', 0o600);
    this.#limit = limit;
    this.#size = fstatSync(this.#fd).size;
    for (let at = 0; at < this.#size;) {
      const bytes = this.read(at);
      this.#crc = crc32(bytes, this.#crc);
      at += bytes.length;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** As the server wants it in a job's update: `crc32:` and eight hex digits. */
  get checksum(): string {
    return `crc32:${this.#crc.toString(16).padStart(8, '0')}`;
  }

  /** Appends text. What exceeds the limit is dropped, and one last line says so. */
  append(text: string): void {
    if (this.#full || text === '') return;
    const bytes = Buffer.from(text);
    const room = Math.max(0, this.#limit - this.#size);
    if (bytes.length <= room) {
      this.#write(bytes);
      return;
    }
    this.#full = true;
    this.#write(bytes.subarray(0, wholeCharacters(bytes, room)));
    const notice = `The log has reached its limit of ${this.#limit} bytes. What follows is not kept.`;
    this.#write(Buffer.from(`\n\x1b[33;1m${notice}\x1b[0;m\n`));
  }

  /** Reads at most `length` bytes from `start`. */
  read(start: number, length = 1024 * 1024): Buffer {
    const bytes = Buffer.allocUnsafe(Math.min(length, Math.max(0, this.#size - start)));
    return bytes.subarray(0, readSync(this.#fd, bytes, 0, bytes.length, start));
  }

  close(): void {
    closeSync(this.#fd);
  }

  #write(bytes: Buffer): void {
    for (let done = 0; done < bytes.length;) {
      const written = writeSync(this.#fd, bytes, done);
      this.#crc = crc32(bytes.subarray(done, done + written), this.#crc);
      this.#size += written;
      done += written;
    }
  }
}

/** The greatest length up to `length` at which the bytes can be cut without splitting a UTF-8 character. */
function wholeCharacters(bytes: Buffer, length: number): number {
  let at = length;
  while (at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}

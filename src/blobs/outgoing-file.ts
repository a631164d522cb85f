import { close, open, read } from 'node:fs';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';

const opened = promisify(open);

/** Read and sent at a time: more than a connection holds, so that it says when all of it is gone. */
const PIECE_BYTES = 512 * 1024;

/**
 * Bytes of a file on their way into a reply. Two buffers take turns: one is filled while the other is sent.
 * Node's own stream makes one for each piece, so a download leaves as much memory as the file is large, and to
 * collect that takes longer than to send it.
 *
 * It can only be piped into a reply: whoever keeps a piece finds it overwritten.
 */
export class OutgoingFile extends Readable {
  /** A descriptor. */
  readonly #file: number;
  readonly #buffers = [Buffer.allocUnsafeSlow(PIECE_BYTES), Buffer.allocUnsafeSlow(PIECE_BYTES)] as const;
  #turn: 0 | 1 = 0;
  #at: number;
  readonly #end: number;
  #reading = false;
  #close: (() => void) | null = null;

  private constructor(file: number, start: number, end: number) {
    super({ highWaterMark: PIECE_BYTES });
    this.#file = file;
    this.#at = start;
    this.#end = end;
  }

  /** From the byte `start` up to the byte in front of `end`; the file must have them. */
  static async open(path: string, start: number, end: number): Promise<OutgoingFile> {
    return new OutgoingFile(await opened(path, 'r'), start, end);
  }

  override pipe<T extends NodeJS.WritableStream>(to: T, options?: { end?: boolean }): T {
    if ('writableHighWaterMark' in to && Number(to.writableHighWaterMark) > PIECE_BYTES)
      throw new Error('a piece would be overwritten before it is sent');
    return super.pipe(to, options);
  }

  override _read(): void {
    const length = Math.min(PIECE_BYTES, this.#end - this.#at);
    if (length <= 0) return void this.push(null);
    const buffer = this.#buffers[this.#turn];
    this.#turn = this.#turn === 0 ? 1 : 0;
    this.#fill(buffer, 0, length);
  }

  /** Pushes the piece when all of it is there: a short one would not make the connection say when it is gone. */
  #fill(buffer: Buffer, from: number, to: number): void {
    this.#reading = true;
    read(this.#file, buffer, from, to - from, this.#at, (error, count) => {
      this.#reading = false;
      if (this.#close) return this.#close();
      if (error || count === 0)
        return void this.destroy(error ?? new Error('the file is shorter than it was'));
      this.#at += count;
      if (from + count < to) this.#fill(buffer, from + count, to);
      else this.push(buffer.subarray(0, to));
    });
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const end = () => close(this.#file, (failure) => callback(error ?? failure));
    // A descriptor that is closed under a read may be another file's by the time the system gets to it.
    if (this.#reading) this.#close = end;
    else end();
  }
}

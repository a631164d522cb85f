import type { Readable } from 'node:stream';

/** The stream ended, or was cut off, in the middle of what was to be read. */
export class EndOfStream extends Error {
  constructor() {
    super('the stream ended too early');
    this.name = 'EndOfStream';
  }
}

/**
 * Exactly `size` bytes (1 or more); what follows stays in the stream, which can be piped on afterwards.
 * @throws EndOfStream, or the stream's own error
 */
export async function readExactly(stream: Readable, size: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let missing = size;
  for (;;) {
    // Not `read(missing)`: a stream with less than that calls itself readable again and again.
    const chunk: Buffer | null = stream.read();
    if (!chunk) await moreOf(stream);
    else if (chunk.length < missing) {
      parts.push(chunk);
      missing -= chunk.length;
    } else {
      if (chunk.length > missing) stream.unshift(chunk.subarray(missing));
      return Buffer.concat([...parts, chunk.subarray(0, missing)]);
    }
  }
}

/**
 * The bytes up to the next line feed, which is taken off.
 * @throws EndOfStream, or the stream's own error
 */
export async function readLine(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (;;) {
    const chunk: Buffer | null = stream.read();
    if (chunk) {
      const end = chunk.indexOf(0x0a);
      if (end >= 0) {
        if (end + 1 < chunk.length) stream.unshift(chunk.subarray(end + 1));
        return Buffer.concat([...parts, chunk.subarray(0, end)]);
      }
      parts.push(chunk);
    } else await moreOf(stream);
  }
}

/** Waits until the stream can be read again. */
function moreOf(stream: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stream.errored) return reject(stream.errored);
    if (stream.readableEnded || stream.destroyed) return reject(new EndOfStream());
    const settle = (error?: Error) => {
      stream.off('readable', readable).off('end', ended).off('close', ended).off('error', settle);
      if (error) reject(error);
      else resolve();
    };
    const readable = () => settle();
    const ended = () => settle(stream.errored ?? new EndOfStream());
    stream.on('readable', readable).on('end', ended).on('close', ended).on('error', settle);
  });
}

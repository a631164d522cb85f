import { finished } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';

/** One file of a report: a runner sends several as gzip members behind one another. */
export interface GzipMember {
  /** The file's name without folders, as its header says; null when it says none. */
  name: string | null;
  /** Its path in the job's folder, which the runner writes as the header's comment. */
  comment: string | null;
  /** To be read to its end before the next member is asked for. */
  content: AsyncIterable<Buffer>;
}

const FLAG = { headerChecksum: 2, extra: 4, name: 8, comment: 16 };
const FIXED_BYTES = 10;
const TRAILER_BYTES = 8;
/** The runner writes what is not Latin-1 percent-encoded behind this. */
const ENCODED = 'e:';
const LONGEST_TEXT = 16_384;

/**
 * The members of a gzip file in their order (RFC 1952), each unpacked as it is read: memory stays at a few
 * buffers however much comes out.
 * @throws Error when it is no gzip, ends early or does not bear out its checksums
 */
export async function* gzipMembers(source: AsyncIterable<Buffer>): AsyncIterable<GzipMember> {
  const bytes = new Bytes(source);
  try {
    do yield await readMember(bytes);
    while (!(await bytes.atEnd()));
  } finally {
    await bytes.close();
  }
}

async function readMember(bytes: Bytes): Promise<GzipMember> {
  const fixed = await bytes.take(FIXED_BYTES);
  if (fixed.readUInt16BE(0) !== 0x1f8b || fixed[2] !== 8) throw new Error('it is not in gzip format');
  const flags = fixed[3] ?? 0;
  if (flags & FLAG.extra) await bytes.take((await bytes.take(2)).readUInt16LE(0));
  const name = flags & FLAG.name ? decodeText(await bytes.takeText()) : null;
  const comment = flags & FLAG.comment ? decodeText(await bytes.takeText()) : null;
  if (flags & FLAG.headerChecksum) await bytes.take(2);
  return { name, comment, content: inflate(bytes) };
}

function decodeText(text: string): string {
  if (!text.startsWith(ENCODED)) return text;
  try {
    return decodeURIComponent(text.slice(ENCODED.length));
  } catch {
    return text;
  }
}

async function* inflate(bytes: Bytes): AsyncIterable<Buffer> {
  const inflater = createInflateRaw({ chunkSize: 1 << 16 });
  const feeding = feed(bytes, inflater);
  // Whoever reads the inflater is told of its failure there.
  feeding.catch(() => {});
  let size = 0;
  let crc = 0;
  try {
    for await (const chunk of inflater as AsyncIterable<Buffer>) {
      size += chunk.length;
      crc = crc32(chunk, crc);
      yield chunk;
    }
    await feeding;
  } finally {
    inflater.destroy();
  }
  const trailer = await bytes.take(TRAILER_BYTES);
  if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== size % 2 ** 32)
    throw new Error('its checksum is wrong');
}

/** Gives the inflater what it takes, and what lies behind its stream back. */
async function feed(bytes: Bytes, inflater: ReturnType<typeof createInflateRaw>): Promise<void> {
  const ended = finished(inflater, { writable: false });
  let isOver = false;
  void ended.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  let fed = 0;
  for (;;) {
    const chunk = await bytes.next();
    if (!chunk) break;
    fed += chunk.length;
    const written = new Promise<void>((resolve) => inflater.write(chunk, () => resolve()));
    await Promise.race([written, ended]);
    // It says how much it has taken; behind the end of its stream that is less than it was given.
    if (inflater.bytesWritten < fed || isOver) {
      await ended;
      bytes.giveBack(chunk.subarray(chunk.length - (fed - inflater.bytesWritten)));
      return;
    }
  }
  inflater.end();
  await ended;
}

/** The bytes of a source, taken in the lengths that a reader wants. */
class Bytes {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  async next(): Promise<Buffer | null> {
    if (this.#rest.length > 0) {
      const rest = this.#rest;
      this.#rest = Buffer.alloc(0);
      return rest;
    }
    for (;;) {
      const { value, done } = await this.#chunks.next();
      if (done) return null;
      if (value.length > 0) return value;
    }
  }

  giveBack(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([bytes, this.#rest]);
  }

  async atEnd(): Promise<boolean> {
    const next = await this.next();
    if (next) this.giveBack(next);
    return next === null;
  }

  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let missing = length; missing > 0;) {
      const chunk = await this.next();
      if (!chunk) throw new Error('it ends early');
      parts.push(chunk.subarray(0, missing));
      this.giveBack(chunk.subarray(missing));
      missing -= Math.min(missing, chunk.length);
    }
    return Buffer.concat(parts);
  }

  /** Latin-1 up to a zero byte. */
  async takeText(): Promise<string> {
    let text = Buffer.alloc(0);
    for (;;) {
      const chunk = await this.next();
      if (!chunk) throw new Error('it ends early');
      const end = chunk.indexOf(0);
      text = Buffer.concat([text, end < 0 ? chunk : chunk.subarray(0, end)]);
      if (text.length > LONGEST_TEXT) throw new Error('its header is too long');
      if (end < 0) continue;
      this.giveBack(chunk.subarray(end + 1));
      return text.toString('latin1');
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

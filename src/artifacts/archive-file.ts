import { pipeline, Readable, Transform } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { ArchiveIndexes } from './archive-index.ts';
import { UNREADABLE, type ZipEntry } from './zip-directory.ts';

/** One file out of an archive. */
export interface ArchiveFile {
  /** Bytes, as the zip says; `stream` fails rather than give more or less, or other ones. */
  size: number;
  etag: string;
  stream: Readable;
}

const LOCAL_HEADER = { bytes: 30, signature: 0x04034b50, nameLength: 26, extraLength: 28 };
const LONGEST_FIELD = 0xffff;
/** Whoever reads the last stream of a pipeline sees its error there. */
const ended = () => {};

/**
 * Opens the file `path` of an archive: one ranged read, inflated on the way. Null when there is none of
 * that name, it is a folder, or the zip does not let it be read (encrypted, rare compression, no local
 * header where the directory says). A link is given as the text it is; nothing is ever followed or written.
 *
 * A zip may lie. Memory stays at a few buffers whatever it says: bytes go on as they come, at the pace of
 * the reader, and the stream ends with an error as soon as there are more than declared, or when their
 * number or checksum is not the declared one.
 */
export async function openArchiveFile(
  blobs: BlobStore,
  indexes: ArchiveIndexes,
  archive: { blob_key: string; index_key: string | null; sha256: string; size: number },
  path: string,
): Promise<ArchiveFile | null> {
  const entry = (await indexes.get(archive))?.find(path);
  if (!entry || entry.method === UNREADABLE || path.endsWith('/')) return null;
  // The local header's length is only known from itself: read on over the longest, and stop when done.
  const longest = LOCAL_HEADER.bytes + 2 * LONGEST_FIELD + entry.compressedSize;
  const end = Math.min(entry.offset + longest, archive.size) - 1;
  if (end < entry.offset) return null;
  const source = await blobs.get(archive.blob_key, { start: entry.offset, end });
  if (!source) return null;
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await skipLocalHeader(chunks);
  if (!first) {
    source.destroy();
    return null;
  }
  const data = Readable.from(take(first, chunks, entry.compressedSize, source), { objectMode: false });
  const checked = checking(entry);
  if (entry.method === 8) pipeline(data, createInflateRaw({ chunkSize: 1 << 16 }), checked, ended);
  else pipeline(data, checked, ended);
  return { size: entry.size, etag: `"${archive.sha256}-${entry.offset}"`, stream: checked };
}

/** Answers the first bytes behind the header, or null when there is no header. */
async function skipLocalHeader(chunks: AsyncIterator<Buffer>): Promise<Buffer | null> {
  let bytes = Buffer.alloc(0);
  const readUpTo = async (length: number): Promise<boolean> => {
    while (bytes.length < length) {
      const { value, done } = await chunks.next();
      if (done) return false;
      bytes = Buffer.concat([bytes, value]);
    }
    return true;
  };
  if (!(await readUpTo(LOCAL_HEADER.bytes))) return null;
  if (bytes.readUInt32LE(0) !== LOCAL_HEADER.signature) return null;
  const length =
    LOCAL_HEADER.bytes +
    bytes.readUInt16LE(LOCAL_HEADER.nameLength) +
    bytes.readUInt16LE(LOCAL_HEADER.extraLength);
  return (await readUpTo(length)) ? bytes.subarray(length) : null;
}

async function* take(first: Buffer, chunks: AsyncIterator<Buffer>, length: number, source: Readable) {
  try {
    let left = length;
    for (let chunk: Buffer | undefined = first; chunk && left > 0;) {
      yield chunk.subarray(0, left);
      left -= Math.min(chunk.length, left);
      if (left > 0) chunk = ((await chunks.next()) as IteratorResult<Buffer, undefined>).value;
    }
  } finally {
    source.destroy();
  }
}

function checking(entry: ZipEntry): Transform {
  let size = 0;
  let crc = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      size += chunk.length;
      crc = crc32(chunk, crc);
      if (size > entry.size) callback(new Error(`${entry.name} is larger than its zip says`));
      else callback(null, chunk);
    },
    flush(callback) {
      const isWhole = size === entry.size && crc === entry.crc;
      callback(isWhole ? null : new Error(`${entry.name} is not what its zip says`));
    },
  });
}

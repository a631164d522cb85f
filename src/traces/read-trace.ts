import { Readable } from 'node:stream';
import type { BlobStore, ByteRange } from '../blobs/blob-store.ts';
import type { Database } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import { apiError } from '../errors.ts';
import { LineIndex } from './line-index.ts';
import type { LiveLogs } from './live-logs.ts';
import { findTrace, type Trace } from './trace-store.ts';

/** A trace as it stood when it was opened; a live one may have grown since. */
export interface OpenTrace {
  size: number;
  live: boolean;
  /** How often the log was emptied before. */
  generation: number;
  /** Names exactly these bytes, in quotes: a live log gets another one with every chunk. */
  etag: string;
  /** The bytes of a range that lies within `size`; all of them without one. */
  read(range?: ByteRange): Promise<Readable>;
  /** As `read`, for a reply and nobody else. */
  send(range: ByteRange): Promise<Readable>;
  /** Where the last `lines` lines begin. A last line without line feed counts as one. */
  startOfTail(lines: number): Promise<number>;
  /** Where its lines begin; of a live log, as far as it goes by now. */
  lines(): Promise<LineIndex>;
  /** The same with the sections of the log. */
  outline(): Promise<LineIndex>;
}

/** Read at first for the last lines; twice as much each time, as long as that is not enough. */
const FIRST_BLOCK = 1 << 16;
const LARGEST_BLOCK = 1 << 20;
const LINE_FEED = 0x0a;

/**
 * Opens the trace of a job, from its file or its blob. Null: it has none, for it has not been taken by
 * a runner, or was erased. At `now` somebody looks at a live log, and may again.
 */
export async function openTrace(
  db: Database,
  blobs: BlobStore,
  logs: LiveLogs,
  jobId: number,
  now: Time,
): Promise<OpenTrace | null> {
  let trace = await findTrace(db, jobId);
  let mark = trace?.state === 'live' ? await logs.mark(jobId) : null;
  // No bytes: none yet, or they have become a blob since the row was read.
  if (mark?.size === 0) trace = await findTrace(db, jobId);
  if (!trace) return null;
  if (trace.state === 'sealed') mark = null;
  const live = mark !== null;
  if (live) logs.noteReader(jobId, now);
  const { size, crc, generation } = mark ?? { ...trace, size: trace.size ?? 0, crc: 0 };
  const etag = live ? `"live-${jobId}-${size}-${crc.toString(16)}"` : `"${trace.sha256 ?? 'empty'}"`;
  const blobKey = trace.blob_key;

  const give = async (
    range: ByteRange,
    ofLog: (range: ByteRange) => Promise<Readable | null>,
    ofBlob: (key: string, range: ByteRange) => Promise<Readable | null>,
  ): Promise<Readable> => {
    if (range.end < range.start) return Readable.from([]);
    const file = live ? await ofLog(range) : null;
    if (file) return file;
    // Sealed since it was opened: the same bytes are a blob now.
    const key = live ? (await findTrace(db, jobId))?.blob_key : blobKey;
    const stream = key ? await ofBlob(key, range) : null;
    if (stream) return stream;
    if (key && (await findTrace(db, jobId))?.blob_key === key)
      throw new Error(`the log of job ${jobId} is not where it was put`);
    // Erased since.
    throw apiError('record_not_found');
  };
  const read = (range: ByteRange = { start: 0, end: size - 1 }) =>
    give(
      range,
      (part) => logs.read(jobId, part),
      (key, part) => blobs.get(key, part),
    );
  const send = (range: ByteRange) =>
    give(
      range,
      (part) => logs.send(jobId, part),
      (key, part) => blobs.send(key, part),
    );

  const lines = async (): Promise<LineIndex> => {
    const index = live ? await logs.lines(jobId) : null;
    if (index && index.size >= size) return index;
    // Sealed since it was opened, or by a server that kept no index.
    const row = live ? await findTrace(db, jobId) : trace;
    return (row && (await storedIndex(blobs, row))) ?? scan(await read());
  };

  /** A small log has its sections looked for each time, as one has that was sealed before they were kept. */
  const outline = async (): Promise<LineIndex> => {
    const index = await lines();
    return index.sections ? index : await scan(await read());
  };

  return {
    size,
    live,
    generation,
    etag,
    read,
    send,
    lines,
    outline,
    startOfTail: (wanted) => startOfTail(read, size, wanted),
  };
}

async function storedIndex(blobs: BlobStore, { size, lines, index_key }: Trace): Promise<LineIndex | null> {
  if (size === null || lines === null) return null;
  if (index_key === null) return LineIndex.ofSmall(size, lines);
  const bytes = await blobs.read(index_key);
  return bytes && LineIndex.decode(bytes);
}

async function scan(bytes: AsyncIterable<Buffer>): Promise<LineIndex> {
  const index = new LineIndex();
  for await (const chunk of bytes) index.add(chunk);
  index.end();
  return index;
}

async function startOfTail(
  read: (range: ByteRange) => Promise<Readable>,
  size: number,
  lines: number,
): Promise<number> {
  if (lines <= 0) return size;
  let missing = lines;
  let length = FIRST_BLOCK;
  // The last byte ends the last line, whether it is a line feed or not.
  for (let end = size - 1; end > 0; length = Math.min(2 * length, LARGEST_BLOCK)) {
    const start = Math.max(0, end - length);
    const block = Buffer.concat(await (await read({ start, end: end - 1 })).toArray());
    for (let at = block.length; at > 0;) {
      at = block.lastIndexOf(LINE_FEED, at - 1);
      if (at < 0) break;
      missing -= 1;
      if (missing === 0) return start + at + 1;
    }
    end = start;
  }
  return 0;
}

/**
 * Whether a log with these marks is the one the runner speaks of in `output` of PUT /jobs/:id
 * (`crc32:%08x` over all bytes). What the runner leaves out, or writes in a way we do not know, agrees.
 */
export function traceAgrees(
  mark: { size: number; crc: number },
  output: { checksum?: string; bytesize?: number },
): boolean {
  const checksum = /^crc32:([0-9a-f]{8})$/i.exec(output.checksum ?? '')?.[1];
  if (checksum !== undefined && Number.parseInt(checksum, 16) !== mark.crc) return false;
  return output.bytesize === undefined || output.bytesize === mark.size;
}

import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import yauzl from 'yauzl';
import { breather } from './breathe.ts';

/** One entry as the zip's directory describes it; nothing of it is true before the bytes bear it out. */
export interface ZipEntry {
  /** Relative, with `/`; a folder's ends with `/`. */
  name: string;
  /** 0 stored, 8 deflated, UNREADABLE when we give no bytes of it. */
  method: number;
  /** As of a Unix file, with its type. */
  mode: number;
  crc: number;
  /** Of the local header. */
  offset: number;
  compressedSize: number;
  size: number;
}

export const UNREADABLE = 0xffff;
const MOST_ENTRIES = 100_000;
const LONGEST_NAME = 4_096;
const MOST_NAME_BYTES = 16_000_000;
const LARGEST = 2 ** 48 - 1;
const ENCRYPTED = 1;
const TYPE_BITS = 0o170000;

/**
 * The entries of the zip file at `path`, in its own order. Null: it is no zip, its directory cannot be
 * read, or there is more of it than we index. Left out are entries whose name is no clean relative path
 * (`..`, absolute, backslashes…). Entries that are encrypted, compressed in a rarer way, or say that they
 * lie outside the file are there, as unreadable.
 */
export async function readZipDirectory(path: string): Promise<ZipEntry[] | null> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return await readEntries(new WindowReader(file, size), size);
  } catch (error) {
    // The parser's complaints are plain errors; those of the disk have a code.
    if (error instanceof Error && 'code' in error && !(error instanceof RangeError)) throw error;
    return null;
  } finally {
    await file.close();
  }
}

async function readEntries(reader: WindowReader, fileSize: number): Promise<ZipEntry[] | null> {
  const zip = await yauzl.fromRandomAccessReaderPromise(reader, fileSize, {
    decodeStrings: false,
    validateEntrySizes: false,
  });
  if (zip.entryCount > MOST_ENTRIES) return null;
  const breathe = breather();
  const entries: ZipEntry[] = [];
  let nameBytes = 0;
  for await (const raw of zip.eachEntry()) {
    await breathe();
    nameBytes += raw.fileNameRaw.length;
    if (nameBytes > MOST_NAME_BYTES) return null;
    const name = yauzl.getFileNameLowLevel(
      raw.generalPurposeBitFlag,
      raw.fileNameRaw,
      raw.extraFields,
      false,
    );
    if (!isClean(name)) continue;
    entries.push({
      name,
      method: isReadable(raw, fileSize) ? raw.compressionMethod : UNREADABLE,
      mode: modeOf(raw, name),
      crc: raw.crc32,
      offset: Math.min(raw.relativeOffsetOfLocalHeader, LARGEST),
      compressedSize: Math.min(raw.compressedSize, LARGEST),
      size: Math.min(raw.uncompressedSize, LARGEST),
    });
  }
  return entries;
}

function isClean(name: string): boolean {
  if (name.length > LONGEST_NAME || /[\\\0]/.test(name)) return false;
  const segments = (name.endsWith('/') ? name.slice(0, -1) : name).split('/');
  return segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
}

function isReadable(raw: yauzl.Entry, fileSize: number): boolean {
  const { compressionMethod, compressedSize, uncompressedSize } = raw;
  if (raw.generalPurposeBitFlag & ENCRYPTED) return false;
  if (raw.relativeOffsetOfLocalHeader + compressedSize > fileSize || uncompressedSize > LARGEST) return false;
  return compressionMethod === 8 || (compressionMethod === 0 && compressedSize === uncompressedSize);
}

function modeOf(raw: yauzl.Entry, name: string): number {
  const mode = raw.externalFileAttributes >>> 16;
  if (name.endsWith('/')) return 0o040000 | (mode & 0o7777 || 0o755);
  return mode & TYPE_BITS ? mode : 0o100000 | (mode & 0o7777 || 0o644);
}

const WINDOW_BYTES = 1 << 20;

/** Serves the parser's many small reads from one large one: 100,000 entries need some ten. */
class WindowReader extends yauzl.RandomAccessReader {
  readonly #file: FileHandle;
  readonly #size: number;
  #window = Buffer.alloc(0);
  #start = 0;

  constructor(file: FileHandle, size: number) {
    super();
    this.#file = file;
    this.#size = size;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    const inWindow = position >= this.#start && position + length <= this.#start + this.#window.length;
    if (inWindow) {
      this.#copy(buffer, offset, length, position);
      callback(null);
    } else {
      void this.#readOn(buffer, offset, length, position, callback);
    }
  }

  async #readOn(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): Promise<void> {
    let failure: Error | null = null;
    try {
      await this.#fill(position, length);
      this.#copy(buffer, offset, length, position);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    callback(failure);
  }

  #copy(buffer: Buffer, offset: number, length: number, position: number): void {
    const from = position - this.#start;
    this.#window.copy(buffer, offset, from, from + length);
  }

  async #fill(position: number, length: number): Promise<void> {
    if (!Number.isSafeInteger(position) || position < 0 || position + length > this.#size)
      throw new Error('the directory points outside of the file');
    const window = Buffer.alloc(Math.min(Math.max(WINDOW_BYTES, length), this.#size - position));
    let filled = 0;
    while (filled < window.length) {
      const { bytesRead } = await this.#file.read(window, filled, window.length - filled, position + filled);
      if (bytesRead === 0) throw new Error('the file ends early');
      filled += bytesRead;
    }
    this.#window = window;
    this.#start = position;
  }

  override _readStreamForRange(): Readable {
    throw new Error('only the directory is read');
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }
}

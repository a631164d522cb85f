import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { syncFolder } from '../blobs/blob-store.ts';
import { errorCode, storageError } from '../blobs/storage-error.ts';
import { LineIndex } from './line-index.ts';
import {
  EMPTY,
  emptied,
  HEADER_BYTES,
  type LogMark,
  markAt,
  newHeader,
  readMarks,
  SLOTS,
} from './log-header.ts';
import { writeAll } from './write-all.ts';

/** What became of a chunk; `size` is what the log holds now. */
export interface Appended {
  outcome: 'appended' | 'repeated' | 'gap' | 'ended';
  size: number;
}

const READ_BYTES = 1 << 20;

/**
 * The log of one running job: a file that only grows, behind a header with marks (log-header.ts).
 *
 * What holds after a crash. A mark is a length and the CRC-32 of all bytes up to it. `acknowledged` is
 * written after every chunk and before its 202; the two `synced` marks take turns, each written just
 * before an fdatasync. Who opens the file first after a start reads it whole and cuts it to the longest
 * mark whose checksum holds:
 * - the process died: the system kept every write, so that is `acknowledged`, and no byte is missing;
 * - the power went: bytes may be missing or zeros, whatever length the file claims. Then the checksum of
 *   `acknowledged` fails and that of the last completed sync holds, less than a second old.
 * What is believed then is synced before the next chunk comes. A chunk that was cut off is asked for
 * again: the runner is told the true size with 416.
 *
 * Every change waits for the one before it, so two writers of one job see each other's bytes.
 */
export class LiveLog {
  readonly #path: string;
  #file: FileHandle | null = null;
  #mark: LogMark | null = null;
  #lines: LineIndex | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #dirty = false;
  /** The file's name in its folder outlives a power loss. */
  #named = false;
  #nextSynced = 0;
  #ended = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether bytes were acknowledged that no sync has reached yet. */
  get dirty(): boolean {
    return this.#dirty;
  }

  /** Length and checksum of what is acknowledged. */
  async mark(): Promise<LogMark> {
    return await this.#exclusively(() => this.#known());
  }

  /** Where the lines begin of what is acknowledged. The first time the whole log is read for it, later only what is new. */
  async lines(): Promise<LineIndex> {
    return await this.#exclusively(async () => {
      const { size } = await this.#known();
      const lines = (this.#lines ??= new LineIndex());
      if (lines.size === size) return lines;
      const file = await this.#open(true);
      while (lines.size < size) {
        const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, size - lines.size));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, HEADER_BYTES + lines.size);
        if (bytesRead === 0) throw new Error('a log is shorter than it says');
        lines.add(buffer.subarray(0, bytesRead));
      }
      return lines;
    });
  }

  /**
   * Takes a chunk that begins at byte `start`, when that is where the log ends. A chunk that ends where
   * the log ends is taken for the last one repeated.
   * @throws StorageUnavailable; the log is then as it was
   */
  async append(start: number, bytes: Uint8Array): Promise<Appended> {
    return await this.#exclusively(async () => {
      const mark = this.#mark ?? (await this.#known());
      const { size } = mark;
      if (this.#ended) return { outcome: 'ended', size };
      if (start !== size)
        return { outcome: size === start + bytes.length ? 'repeated' : 'gap', size } as const;
      const file = this.#file ?? (await this.#open(true));
      const next = { ...mark, size: size + bytes.length, crc: crc32(bytes, mark.crc) };
      try {
        await writeAll(file, bytes, HEADER_BYTES + size);
        await writeAll(file, markAt(next), SLOTS.acknowledged);
      } catch (error) {
        await this.#forgetTail(file, mark);
        throw error;
      }
      this.#mark = next;
      this.#dirty = true;
      return { outcome: 'appended', size: next.size } as const;
    });
  }

  /** Makes everything acknowledged outlive a power loss. */
  async sync(): Promise<void> {
    await this.#exclusively(async () => {
      if (!this.#dirty) return;
      const mark = await this.#known();
      const file = await this.#open(!this.#ended);
      // It has become a blob meanwhile: a file made anew would be read in its place.
      if (!file) return void (this.#dirty = false);
      try {
        await writeAll(file, markAt(mark), SLOTS.synced[this.#nextSynced] ?? SLOTS.synced[0]);
        await file.datasync();
        if (!this.#named) await syncFolder(dirname(this.#path));
      } catch (error) {
        // After a failed sync nobody knows what the disk holds: believe only what can be read back.
        this.#mark = null;
        this.#dirty = false;
        await this.#close();
        throw error;
      }
      this.#named = true;
      this.#dirty = false;
      this.#nextSynced = 1 - this.#nextSynced;
    });
  }

  /** Empties the log, because its bytes are not the runner's: the runner sends them again from 0. */
  async reset(): Promise<void> {
    await this.#exclusively(async () => {
      if (this.#ended) return;
      const empty = emptied(await this.#known());
      const file = await this.#open(true);
      // Should this fail midway, what is there is read back.
      this.#mark = this.#lines = null;
      await writeAll(file, newHeader(empty), 0);
      await file.truncate(HEADER_BYTES);
      // Before the runner is told: a generation that the power took back would have others' bytes when they come.
      await file.datasync();
      if (!this.#named) await syncFolder(dirname(this.#path));
      this.#named = true;
      this.#mark = empty;
      this.#dirty = true;
    });
  }

  /** Gives back the descriptor; the next change opens it again. */
  async close(): Promise<void> {
    await this.#exclusively(() => this.#close());
  }

  /** Takes no more chunks: the job is over, and `work` has the file to itself. */
  async end<T>(work: (mark: LogMark) => Promise<T>): Promise<T> {
    return await this.#exclusively(async () => {
      const mark = await this.#known();
      this.#ended = true;
      await this.#close();
      return await work(mark);
    });
  }

  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {});
    try {
      return await mine;
    } catch (error) {
      throw storageError(error);
    }
  }

  async #known(): Promise<LogMark> {
    if (this.#mark) return this.#mark;
    const file = await this.#open(false);
    if (!file) return EMPTY;
    this.#mark = await recover(file);
    this.#lines = null;
    this.#nextSynced = 0;
    return this.#mark;
  }

  async #open(create: true): Promise<FileHandle>;
  async #open(create: boolean): Promise<FileHandle | null>;
  async #open(create: boolean): Promise<FileHandle | null> {
    if (this.#file) return this.#file;
    try {
      this.#file = await open(this.#path, constants.O_RDWR);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      if (!create) return null;
      const file = await open(this.#path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
      this.#file = file;
      await writeAll(file, newHeader(), 0);
    }
    return this.#file;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  async #forgetTail(file: FileHandle, mark: LogMark): Promise<void> {
    try {
      await writeAll(file, markAt(mark), SLOTS.acknowledged);
      await file.truncate(HEADER_BYTES + mark.size);
    } catch {
      this.#mark = null; // Not even that: read it back before the next chunk.
    }
  }
}

/** Cuts the file to the longest mark that its bytes bear out. */
async function recover(file: FileHandle): Promise<LogMark> {
  const header = Buffer.alloc(HEADER_BYTES);
  await file.read(header, 0, HEADER_BYTES, 0);
  const marks = readMarks(header).toSorted((a, b) => a.size - b.size);
  let believed: LogMark = { ...EMPTY, generation: Math.max(0, ...marks.map((mark) => mark.generation)) };
  let at = { size: 0, crc: 0 };
  const buffer = Buffer.alloc(READ_BYTES);
  for (const mark of marks) {
    while (at.size < mark.size) {
      const wanted = Math.min(READ_BYTES, mark.size - at.size);
      const { bytesRead } = await file.read(buffer, 0, wanted, HEADER_BYTES + at.size);
      if (bytesRead === 0) break;
      at = { size: at.size + bytesRead, crc: crc32(buffer.subarray(0, bytesRead), at.crc) };
    }
    if (at.size === mark.size && at.crc === mark.crc) believed = mark;
  }
  await file.truncate(HEADER_BYTES + believed.size);
  // In this order: marks that all say the same must not reach the disk before the bytes they speak of.
  await file.datasync();
  await writeAll(file, newHeader(believed), 0);
  await file.datasync();
  return believed;
}

import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ByteRange } from '../blobs/blob-store.ts';
import { openForReply, openStream } from '../blobs/open-file.ts';
import type { OutgoingFile } from '../blobs/outgoing-file.ts';
import { StartError } from '../errors.ts';
import type { LineIndex } from './line-index.ts';
import { HEADER_BYTES, type LogMark } from './log-header.ts';
import { type Appended, LiveLog } from './live-log.ts';

export interface LiveLogsOptions {
  /** Bytes that one log may have. */
  maxSize?: number;
  /** Descriptors kept open between chunks. */
  openFiles?: number;
  /** Milliseconds from the first unsynced chunk to a sync of all that came by then. */
  syncAfter?: number;
  report?: (message: string, error: unknown) => void;
}

/** Is told that something has happened to a log. */
export type Watcher = () => void;

/** Jobs whose log has ended lately, so that a late chunk does not begin it anew. */
const ENDED_KEPT = 10_000;
const SHARDS = 256;
const SYNCS_AT_ONCE = 2;
/** Whoever read a live log within this many milliseconds is taken to be watching it. */
const WATCHED_MS = 10_000;

/**
 * The logs of running jobs, one file each (LiveLog) at `FOLDER/ab/JOBID.log`. One process at a time
 * writes in a folder. Here is what the files share: open descriptors, of which there are at most
 * `openFiles`; the timer that syncs together what came within `syncAfter`; and who waits for growth.
 */
export class LiveLogs {
  readonly #folder: string;
  readonly #maxSize: number;
  readonly #openFiles: number;
  readonly #syncAfter: number;
  readonly #report: (message: string, error: unknown) => void;
  readonly #logs = new Map<number, LiveLog>();
  readonly #ended = new Set<number>();
  /** By last use, the longest unused first. */
  readonly #used = new Set<number>();
  readonly #unsynced = new Set<number>();
  readonly #watchers = new Map<number, Set<Watcher>>();
  readonly #readAt = new Map<number, number>();
  #timer: NodeJS.Timeout | null = null;
  #syncing: Promise<void> = Promise.resolve();

  private constructor(folder: string, options: LiveLogsOptions) {
    this.#folder = folder;
    this.#maxSize = options.maxSize ?? 100_000_000;
    this.#openFiles = options.openFiles ?? 512;
    this.#syncAfter = options.syncAfter ?? 500;
    this.#report = options.report ?? (() => {});
  }

  /** @throws StartError when the folder cannot be written */
  static async open(folder: string, options: LiveLogsOptions = {}): Promise<LiveLogs> {
    try {
      for (let shard = 0; shard < SHARDS; shard += 1)
        await mkdir(join(folder, shardName(shard)), { recursive: true, mode: 0o700 });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StartError(
        `The folder for logs ${folder} cannot be written (${reason}): correct its rights.`,
      );
    }
    return new LiveLogs(folder, options);
  }

  /**
   * Takes a chunk of the job's log. `too_large`: with it the log would exceed the limit, and nothing is
   * stored; `ended`: the log is sealed or erased.
   * @throws StorageUnavailable; the log is then as it was
   */
  async append(
    jobId: number,
    start: number,
    bytes: Uint8Array,
  ): Promise<Appended | { outcome: 'too_large'; size: number }> {
    if (this.#ended.has(jobId)) return { outcome: 'ended', size: 0 };
    const log = this.#log(jobId);
    if (start + bytes.length > this.#maxSize) return { outcome: 'too_large', size: (await log.mark()).size };
    const appended = await log.append(start, bytes);
    if (log.dirty) this.#syncSoon(jobId);
    await this.#limitOpenFiles(jobId);
    if (appended.outcome === 'appended') this.#notify(jobId);
    return appended;
  }

  /** Length and checksum of what is acknowledged. */
  async mark(jobId: number): Promise<LogMark> {
    const mark = await this.#log(jobId).mark();
    await this.#limitOpenFiles(jobId);
    return mark;
  }

  /** Where the lines begin of what is acknowledged; the log may grow meanwhile, and the index with it. */
  async lines(jobId: number): Promise<LineIndex> {
    const lines = await this.#log(jobId).lines();
    await this.#limitOpenFiles(jobId);
    return lines;
  }

  /**
   * The bytes of `range`, which must lie within the log. Null when there is no file (any more).
   */
  async read(jobId: number, range: ByteRange): Promise<Readable | null> {
    if (range.end < range.start) return Readable.from([]);
    return openStream(this.#path(jobId), {
      start: HEADER_BYTES + range.start,
      end: HEADER_BYTES + range.end,
    });
  }

  /** As `read`, for a reply: straight from the file. */
  async send(jobId: number, { start, end }: ByteRange): Promise<OutgoingFile | null> {
    return openForReply(this.#path(jobId), HEADER_BYTES + start, HEADER_BYTES + end + 1);
  }

  /** Where the bytes of the job's log stand, for a thread that reads them itself. */
  placeOf(jobId: number): { path: string; start: number } {
    return { path: this.#path(jobId), start: HEADER_BYTES };
  }

  /** Makes what the job's log holds outlive a power loss, now: before its end is acknowledged. */
  async sync(jobId: number): Promise<void> {
    await this.#log(jobId).sync();
    this.#unsynced.delete(jobId);
  }

  /** Empties the log, unless it has ended. Before 412, which makes the runner send all of it again. */
  async reset(jobId: number): Promise<void> {
    if (this.#ended.has(jobId)) return;
    const log = this.#log(jobId);
    await log.reset();
    this.#syncSoon(jobId);
    this.#notify(jobId);
  }

  /** Ends the log: no chunk is taken any more, and once `work` has succeeded the file goes. */
  async end<T>(jobId: number, work: (mark: LogMark) => Promise<T>): Promise<T> {
    return await this.#log(jobId).end(async (mark) => {
      const result = await work(mark);
      this.#ended.add(jobId);
      for (const oldest of this.#ended) {
        if (this.#ended.size <= ENDED_KEPT) break;
        this.#ended.delete(oldest);
      }
      await rm(this.#path(jobId), { force: true });
      this.#logs.delete(jobId);
      this.#used.delete(jobId);
      this.#unsynced.delete(jobId);
      this.#readAt.delete(jobId);
      this.#notify(jobId);
      return result;
    });
  }

  /** Notes that somebody has looked at the log, and may look again soon. */
  noteReader(jobId: number, now: number): void {
    if (!this.#ended.has(jobId)) this.#readAt.set(jobId, now);
  }

  /** Calls `listener` when the log has grown, was emptied or has ended; answers how to stop that. */
  watch(jobId: number, listener: Watcher): () => void {
    const listeners = this.#watchers.get(jobId) ?? new Set();
    this.#watchers.set(jobId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#watchers.get(jobId) === listeners) this.#watchers.delete(jobId);
    };
  }

  /** Whether somebody waits for this log to grow, or has read it a moment ago. */
  isWatched(jobId: number, now: number): boolean {
    return this.#watchers.has(jobId) || (this.#readAt.get(jobId) ?? -Infinity) > now - WATCHED_MS;
  }

  /** The jobs that have a file here. */
  async jobIds(): Promise<number[]> {
    const ids: number[] = [];
    for (let shard = 0; shard < SHARDS; shard += 1)
      for (const name of await readdir(join(this.#folder, shardName(shard)))) {
        const id = Number(/^(\d+)\.log$/.exec(name)?.[1]);
        if (Number.isSafeInteger(id)) ids.push(id);
      }
    return ids;
  }

  /** Syncs everything and gives back the descriptors. */
  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#syncing;
    await this.#syncAll();
    await Promise.all([...this.#logs.values()].map((log) => log.close()));
  }

  #log(jobId: number): LiveLog {
    const known = this.#logs.get(jobId);
    if (known) return known;
    const log = new LiveLog(this.#path(jobId));
    if (!this.#ended.has(jobId)) this.#logs.set(jobId, log);
    return log;
  }

  #path(jobId: number): string {
    return join(this.#folder, shardName(jobId % SHARDS), `${jobId}.log`);
  }

  #notify(jobId: number): void {
    for (const listener of this.#watchers.get(jobId) ?? []) listener();
  }

  #syncSoon(jobId: number): void {
    this.#unsynced.add(jobId);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#syncing = this.#syncing.then(() => this.#syncAll());
    }, this.#syncAfter);
  }

  async #syncAll(): Promise<void> {
    const ids = [...this.#unsynced];
    this.#unsynced.clear();
    const next = async (): Promise<void> => {
      for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
        try {
          const log = this.#logs.get(id);
          await log?.sync();
          if (!this.#used.has(id)) await log?.close();
        } catch (error) {
          this.#report(`the log of job ${id} is not synced`, error);
        }
      }
    };
    await Promise.all(Array.from({ length: SYNCS_AT_ONCE }, next));
  }

  async #limitOpenFiles(jobId: number): Promise<void> {
    this.#used.delete(jobId);
    this.#used.add(jobId);
    while (this.#used.size > this.#openFiles) {
      const [oldest] = this.#used;
      if (oldest === undefined) break;
      this.#used.delete(oldest);
      await this.#logs.get(oldest)?.close();
    }
  }
}

const shardName = (shard: number) => shard.toString(16).padStart(2, '0');

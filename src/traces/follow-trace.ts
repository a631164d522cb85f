import type { BlobStore } from '../blobs/blob-store.ts';
import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '../db/database.ts';
import { unavailableBecause } from '../db/unavailable.ts';
import type { LiveLogs } from './live-logs.ts';
import { type OpenTrace, openTrace } from './read-trace.ts';
import { findTrace } from './trace-store.ts';

/** Where a reader of a log is: before this byte, in the log as it is since it was emptied so often. */
export interface TracePlace {
  byte: number;
  generation: number;
}

/** What whoever follows a trace learns. */
export type TraceEvent =
  /** Bytes that come next; `end` is where they end in the log. */
  | { type: 'log'; bytes: Buffer; end: TracePlace }
  /** What came before counts for nothing, what follows begins at byte 0: the log was emptied, or is shorter. */
  | { type: 'reset'; generation: number }
  /** Nothing has happened for a while. */
  | { type: 'idle' }
  /** Nothing more will come; `erased`: there is no log any more. */
  | { type: 'end'; erased: boolean }
  /** Nothing more is told: it is not for them any more, or its job is gone. */
  | { type: 'lost' };

interface Following {
  /** Where to begin. */
  start: TracePlace;
  /** Asked before each look: whether the job can still get a log; null: who follows may not. */
  goesOn(): Promise<boolean | null>;
  clock: () => number;
  /** Milliseconds of silence before an `idle`. */
  idle: number;
  signal: AbortSignal;
}

/** Bytes told at once: so much of a log waits in memory for a slow reader, and no more. */
const PIECE = 48 * 1024;
/** After which a database that could not be asked is asked again. */
const AGAIN_MS = 1000;

/**
 * Tells a log from a byte on as it grows, through the moment it is sealed, until it is complete. It is read
 * only as fast as it is asked for more. Whoever follows a log counts as watching it.
 */
export async function* followTrace(
  { db, blobs, logs }: { db: Database; blobs: BlobStore; logs: LiveLogs },
  jobId: number,
  { start, goesOn, clock, idle, signal }: Following,
): AsyncGenerator<TraceEvent, void, void> {
  const news = new News(signal);
  const stop = logs.watch(jobId, () => news.hear());
  const look = async () => {
    const going = await goesOn();
    return { going, trace: going === null ? null : await openTrace(db, blobs, logs, jobId, clock()) };
  };
  let { byte, generation } = start;
  try {
    while (!signal.aborted) {
      news.take();
      const found = await unlessUnavailable(look);
      if (!found) {
        // Nothing is told while nobody knows who may hear it.
        await wait(AGAIN_MS, undefined, { signal }).catch(() => {});
        continue;
      }
      const { going, trace } = found;
      if (going === null) return yield { type: 'lost' };
      if (!trace && !going) return yield { type: 'end', erased: true };
      if (trace) {
        const isOther = trace.generation !== generation || trace.size < byte;
        generation = trace.generation;
        if (isOther && byte > 0) {
          byte = 0;
          yield { type: 'reset', generation };
        }
        try {
          for await (const bytes of piecesOf(trace, byte)) {
            byte += bytes.length;
            yield { type: 'log', bytes, end: { byte, generation } };
          }
        } catch (error) {
          // Erased while it was read: the next look finds that.
          if (await findTrace(db, jobId)) throw error;
          continue;
        }
        if (!trace.live) return yield { type: 'end', erased: false };
      }
      if (!(await news.within(idle))) yield { type: 'idle' };
    }
  } finally {
    stop();
  }
}

/** Null: the database cannot be asked for now. */
async function unlessUnavailable<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (unavailableBecause(error) === null) throw error;
    return null;
  }
}

async function* piecesOf(trace: OpenTrace, start: number): AsyncGenerator<Buffer, void, void> {
  if (start >= trace.size) return;
  for await (const chunk of (await trace.read({ start, end: trace.size - 1 })) as AsyncIterable<Buffer>)
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE);
}

/** Whether anything has happened to the log since it was last looked at. */
class News {
  readonly #signal: AbortSignal;
  #fresh = false;
  #wake: (() => void) | null = null;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  hear(): void {
    this.#fresh = true;
    this.#wake?.();
  }

  /** All that was heard is known from now on. */
  take(): void {
    this.#fresh = false;
  }

  /** Waits for news; false: there were none for so many milliseconds, or nobody listens any more. */
  async within(ms: number): Promise<boolean> {
    if (this.#fresh || this.#signal.aborted) return this.#fresh;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#signal.addEventListener('abort', this.#wake, { once: true });
    });
    if (this.#wake) this.#signal.removeEventListener('abort', this.#wake);
    this.#wake = null;
    return this.#fresh;
  }
}

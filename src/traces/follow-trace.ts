import type { BlobStore } from '../blobs/blob-store.ts';
import type { Database } from '../db/database.ts';
import type { LiveLogs } from './live-logs.ts';
import { type OpenTrace, openTrace } from './read-trace.ts';
import { findTrace } from './trace-store.ts';

/** What whoever follows a trace learns. */
export type TraceEvent =
  /** Bytes that come next; `end` is where they end in the log. */
  | { type: 'log'; bytes: Buffer; end: number }
  /** The log was emptied: what came before counts for nothing, what follows begins at byte 0. */
  | { type: 'reset' }
  /** Nothing has happened for a while. */
  | { type: 'idle' }
  /** Nothing more will come; `erased`: there is no log any more. */
  | { type: 'end'; erased: boolean };

interface Following {
  /** The byte to begin with. */
  start: number;
  /** Asked before each look: whether the job can still get a log; null, and nothing more is told. */
  goesOn(): Promise<boolean | null>;
  clock: () => number;
  /** Milliseconds of silence before an `idle`. */
  idle: number;
  signal: AbortSignal;
}

/** Bytes told at once: so much of a log waits in memory for a slow reader, and no more. */
const PIECE = 48 * 1024;

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
  const stop = logs.watch(jobId, (what) => news.hear(what));
  let offset = start;
  try {
    while (!signal.aborted) {
      const emptied = news.take();
      const going = await goesOn();
      if (going === null) return;
      const trace = await openTrace(db, blobs, logs, jobId, clock());
      if (!trace && !going) return yield { type: 'end', erased: true };
      if (offset > 0 && (emptied || offset > (trace?.size ?? offset))) {
        offset = 0;
        yield { type: 'reset' };
      }
      if (trace) {
        try {
          for await (const bytes of piecesOf(trace, offset)) {
            offset += bytes.length;
            yield { type: 'log', bytes, end: offset };
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

async function* piecesOf(trace: OpenTrace, start: number): AsyncGenerator<Buffer, void, void> {
  if (start >= trace.size) return;
  for await (const chunk of (await trace.read({ start, end: trace.size - 1 })) as AsyncIterable<Buffer>)
    for (let at = 0; at < chunk.length; at += PIECE) yield chunk.subarray(at, at + PIECE);
}

/** Whether anything has happened to the log since it was last looked at. */
class News {
  readonly #signal: AbortSignal;
  #fresh = false;
  #emptied = false;
  #wake: (() => void) | null = null;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  hear(what: 'grown' | 'emptied' | 'ended'): void {
    this.#fresh = true;
    if (what === 'emptied') this.#emptied = true;
    this.#wake?.();
  }

  /** All that was heard is known from now on; whether the log was emptied. */
  take(): boolean {
    const emptied = this.#emptied;
    this.#fresh = this.#emptied = false;
    return emptied;
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

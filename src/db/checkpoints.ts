import { performance } from 'node:perf_hooks';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { WorkerThread } from '../threads/worker-thread.ts';

export type Asked = { file: string };
export type Told = null;

/** Pages in the log from which on they go back into the database. SQLite's own default. */
const PAGES = 1000;
/** The log begins anew only when all of it is back, and while the thread is at it more may come. */
const LONG = 8 * PAGES;
/** To ask how many there are takes 30 µs. */
const LOOK_EVERY_MS = 10;
const MEMORY_MB = 16;
const IDLE_MS = 60_000;

/**
 * Takes SQLite's log back into the database, in a thread. Left to SQLite it happens within a COMMIT, and a large
 * transaction and its checkpoint together hold everybody up for longer than either.
 */
export class Checkpoints {
  readonly #file: string;
  readonly #look: StatementSync;
  readonly #take: StatementSync;
  readonly #thread = new WorkerThread<Asked, Told>(new URL('./checkpoint-worker.ts', import.meta.url), {
    memory: MEMORY_MB,
    idle: IDLE_MS,
  });
  #running = false;
  #hasRest = false;
  #looked = 0;

  /** `writer`: the connection that writes to `file`; from now on it makes no checkpoints by itself. */
  constructor(writer: DatabaseSync, file: string) {
    this.#file = file;
    writer.exec('PRAGMA wal_autocheckpoint = 0');
    this.#look = writer.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.#take = writer.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  }

  /** To be called between transactions. */
  async afterCommit(): Promise<void> {
    if (this.#running) return;
    if (this.#hasRest) {
      this.#hasRest = false;
      await new Promise(setImmediate);
      this.#takeRest();
    }
    const now = performance.now();
    if (now - this.#looked < LOOK_EVERY_MS) return;
    this.#looked = now;
    const { log, checkpointed } = this.#look.get() as { log: number; checkpointed: number };
    if (log - checkpointed >= PAGES) void this.#run({ isLong: log >= LONG });
  }

  async #run({ isLong }: { isLong: boolean }): Promise<void> {
    this.#running = true;
    try {
      await this.#thread.run(async ({ ask, told }) => {
        ask({ file: this.#file });
        for await (const _ of told) return;
      });
      this.#hasRest = isLong;
    } catch {
      // No thread could be had: it has to be done here.
      this.#hasRest = true;
    }
    this.#running = false;
  }

  #takeRest(): void {
    try {
      this.#take.get();
    } catch {
      // A full disk, for instance: the log keeps what it has, and whoever writes next is told.
    }
  }

  /** Before the connection is closed. */
  async close(): Promise<void> {
    await this.#thread.close();
  }
}

import { performance } from 'node:perf_hooks';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { WorkerThread } from '../threads/worker-thread.ts';

/**
 * - `PASSIVE`: what no reader keeps from going back; others may write meanwhile.
 * - `RESTART`: all of it, waiting for readers, so that the log begins anew. Nobody can write meanwhile.
 */
export type Mode = 'PASSIVE' | 'RESTART';
export type Asked = { file: string; mode: Mode };
export type Told = null;

/** Pages in the log from which on they go back into the database. SQLite's own default. */
const PAGES = 1000;
/**
 * From so many on the log has to begin anew, which it does only when all of it is back and nobody reads it: while
 * some write and others read without a pause, that never happens by itself.
 */
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
  #isLong = false;
  #looked = 0;

  /** `writer`: the connection that writes to `file`; from now on it makes no checkpoints by itself. */
  constructor(writer: DatabaseSync, file: string) {
    this.#file = file;
    writer.exec('PRAGMA wal_autocheckpoint = 0');
    this.#look = writer.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.#take = writer.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  }

  /** To be called between transactions; the next may begin when it is resolved. Never rejected. */
  async afterCommit(): Promise<void> {
    if (this.#running) return;
    if (this.#isLong) {
      this.#isLong = false;
      if (!(await this.#run('RESTART'))) this.#takeHere();
    }
    const now = performance.now();
    if (now - this.#looked < LOOK_EVERY_MS) return;
    this.#looked = now;
    const { log, checkpointed } = this.#pages();
    if (log - checkpointed < PAGES) return;
    void this.#run('PASSIVE').then((isDone) => (this.#isLong = !isDone || log >= LONG));
  }

  #pages(): { log: number; checkpointed: number } {
    try {
      return this.#look.get() as { log: number; checkpointed: number };
    } catch {
      // The storage cannot be read, for instance: whoever writes next is told.
      return { log: 0, checkpointed: 0 };
    }
  }

  /** False: no thread could be had. */
  async #run(mode: Mode): Promise<boolean> {
    this.#running = true;
    try {
      await this.#thread.run(async ({ ask, told }) => {
        ask({ file: this.#file, mode });
        for await (const _ of told) return;
      });
      return true;
    } catch {
      return false;
    } finally {
      this.#running = false;
    }
  }

  #takeHere(): void {
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

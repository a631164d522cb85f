import { performance } from 'node:perf_hooks';
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Pages in the log from which on they go back into the database. SQLite's own default. */
const PAGES = 1000;
/** To ask how many there are takes 30 µs. */
const LOOK_EVERY_MS = 10;

/**
 * Takes SQLite's log back into the database in turns of the event loop of their own. Left to SQLite it happens
 * within a COMMIT, and a large transaction and its checkpoint together hold everybody up for longer than either.
 */
export class Checkpoints {
  readonly #look: StatementSync;
  readonly #take: StatementSync;
  #looked = 0;

  /** `writer`: the connection that writes; from now on it makes no checkpoints by itself. */
  constructor(writer: DatabaseSync) {
    writer.exec('PRAGMA wal_autocheckpoint = 0');
    this.#look = writer.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.#take = writer.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  }

  /** To be called between transactions. */
  async afterCommit(): Promise<void> {
    const now = performance.now();
    if (now - this.#looked < LOOK_EVERY_MS) return;
    this.#looked = now;
    const { log, checkpointed } = this.#look.get() as { log: number; checkpointed: number };
    if (log - checkpointed < PAGES) return;
    await new Promise(setImmediate);
    try {
      this.#take.get();
    } catch {
      // A full disk, for instance: the log keeps what it has, and whoever writes next is told.
    }
  }
}

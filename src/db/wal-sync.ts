import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/**
 * Brings SQLite's log of changes to the disk beside the event loop. SQLite itself would hold the loop up for each
 * sync, which takes longer than all statements of a commit.
 */
export class WalSync {
  readonly #path: string;
  #file: number | null = null;
  #slowUntil = 0;
  /** Who waits, in the order of their calls, each with its number. */
  #waiting: { call: number; resolve: () => void }[] = [];
  #calls = 0;
  /** The last call that a sync has begun for. */
  #begun = 0;
  #running = 0;

  /** `path`: of the log, which must stay the same file until `close`. */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Resolved when all that was written before the call is on the disk; calls that wait together share a sync. Never
   * rejected: what a disk has once refused to keep nobody knows, so that ends the process; the next start
   * finds what there is.
   */
  sync(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ call: ++this.#calls, resolve });
      this.#begin();
    });
  }

  #begin(): void {
    if (this.#running === AT_ONCE || this.#begun === this.#calls) return;
    const upTo = this.#calls;
    this.#begun = upTo;
    this.#running++;
    void this.#sync().then(() => {
      this.#running--;
      // A sync keeps all that was written before it began, also what another one is still at.
      const behind = this.#waiting.findIndex(({ call }) => call > upTo);
      for (const { resolve } of this.#waiting.splice(0, behind < 0 ? Infinity : behind)) resolve();
      this.#begin();
    });
  }

  /** Syncs while everybody waits. False: it did not, since a sync is under way or the disk has just been slow. */
  syncNow(): boolean {
    const begun = performance.now();
    if (this.#running > 0 || begun < this.#slowUntil) return false;
    fdatasyncSync(this.#open());
    if (performance.now() - begun > SLOW_MS) this.#slowUntil = performance.now() + SLOW_FOR_MS;
    return true;
  }

  #sync(): Promise<void> {
    return new Promise((resolve) => {
      fdatasync(this.#open(), (error) => {
        if (error) throw new Error(`the database's log cannot be kept: ${error.message}`, { cause: error });
        resolve();
      });
    });
  }

  #open(): number {
    return (this.#file ??= openSync(this.#path, 'r'));
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
  }
}

/** Syncs under way at a time: that of a large transaction must not make a small one wait for two. */
const AT_ONCE = 2;
/** A sync for which everybody waits may take so long; after one that took longer, none is made like that for a while. */
const SLOW_MS = 25;
const SLOW_FOR_MS = 5000;

import { fdatasync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/**
 * Brings SQLite's log of changes to the disk beside the event loop. SQLite itself would hold the loop up for each
 * sync, which takes longer than all statements of a commit.
 */
export class WalSync {
  readonly #path: string;
  #file: Promise<FileHandle> | null = null;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

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
    this.#next ??= (this.#running ?? Promise.resolve()).then(() => {
      this.#next = null;
      this.#running = this.#sync();
      return this.#running;
    });
    return this.#next;
  }

  async #sync(): Promise<void> {
    const file = await (this.#file ??= open(this.#path, 'r'));
    await new Promise<void>((resolve) => {
      fdatasync(file.fd, (error) => {
        if (error) throw new Error(`the database's log cannot be kept: ${error.message}`, { cause: error });
        resolve();
      });
    });
  }

  async close(): Promise<void> {
    await (await this.#file)?.close();
  }
}

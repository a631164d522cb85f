import { problemOf } from '../../../api/problem.ts';
import { BLOCK } from './line-map.ts';

/** Requests for blocks that go on at once. */
const AT_ONCE = 3;

/**
 * Fetches blocks of a log by Range: those that were wanted last come first, and what nobody looks at any more is
 * broken off.
 */
export class BlockLoader {
  readonly #trace: string;
  readonly #took: (block: number, bytes: Uint8Array) => void;
  readonly #failed: (error: unknown) => void;
  readonly #under = new Map<number, AbortController>();
  #wanted: readonly number[] = [];

  constructor(
    trace: string,
    took: (block: number, bytes: Uint8Array) => void,
    failed: (error: unknown) => void,
  ) {
    this.#trace = trace;
    this.#took = took;
    this.#failed = failed;
  }

  /** From now on these are wanted, and no others. */
  want(blocks: readonly number[]): void {
    this.#wanted = blocks;
    for (const [block, request] of this.#under) if (!blocks.includes(block)) request.abort();
    this.#next();
  }

  stop(): void {
    this.want([]);
  }

  #next(): void {
    for (const block of this.#wanted) {
      if (this.#under.size >= AT_ONCE) return;
      if (!this.#under.has(block)) void this.#load(block);
    }
  }

  async #load(block: number): Promise<void> {
    const request = new AbortController();
    this.#under.set(block, request);
    try {
      const headers = { Range: `bytes=${block * BLOCK}-${(block + 1) * BLOCK - 1}` };
      const response = await fetch(this.#trace, { headers, signal: request.signal });
      if (!response.ok) throw await problemOf(response);
      const bytes = new Uint8Array(await response.arrayBuffer());
      this.#wanted = this.#wanted.filter((each) => each !== block);
      this.#took(block, bytes);
    } catch (error) {
      if (!request.signal.aborted) {
        this.#wanted = [];
        this.#failed(error);
      }
    } finally {
      this.#under.delete(block);
      this.#next();
    }
  }
}

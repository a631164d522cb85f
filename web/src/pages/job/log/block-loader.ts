import { bytesOf } from '../../../api/answer-of.ts';
import { isUnreachable } from '../../../api/problem.ts';
import { BLOCK } from './line-map.ts';

/** Requests for blocks that go on at once. */
const AT_ONCE = 3;
/** A server that does not answer is asked again so much later. */
const AGAIN_MS = 2000;

/**
 * Fetches blocks of a log by Range: those that were wanted last come first, and what nobody looks at any more is
 * broken off. While the server cannot answer, it tells so and asks again.
 */
export class BlockLoader {
  readonly #trace: string;
  readonly #took: (block: number, bytes: Uint8Array) => void;
  readonly #failed: (error: unknown) => void;
  readonly #under = new Map<number, AbortController>();
  #wanted: readonly number[] = [];
  #waiting: ReturnType<typeof setTimeout> | undefined;

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
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    this.want([]);
  }

  #next(): void {
    if (this.#waiting !== undefined) return;
    for (const block of this.#wanted) {
      if (this.#under.size >= AT_ONCE) return;
      if (!this.#under.has(block)) void this.#load(block);
    }
  }

  async #load(block: number): Promise<void> {
    const request = new AbortController();
    this.#under.set(block, request);
    try {
      const range = [block * BLOCK, (block + 1) * BLOCK - 1] as const;
      const bytes = await bytesOf(this.#trace, { range, signal: request.signal });
      this.#wanted = this.#wanted.filter((each) => each !== block);
      this.#took(block, bytes);
    } catch (error) {
      if (!request.signal.aborted) this.#fail(error);
    } finally {
      this.#under.delete(block);
      this.#next();
    }
  }

  #fail(error: unknown): void {
    if (isUnreachable(error))
      this.#waiting ??= setTimeout(() => {
        this.#waiting = undefined;
        this.#next();
      }, AGAIN_MS);
    else this.#wanted = [];
    this.#failed(error);
  }
}

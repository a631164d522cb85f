import { WorkerThread } from '../threads/worker-thread.ts';
import type { LogFile } from './coverage.ts';

/** A log that takes longer has no coverage. RE2 needs time in proportion to it, so this is for hostile patterns. */
const DEADLINE_MS = 20_000;
const MEMORY_MB = 64;
const IDLE_MS = 60_000;

/** What the thread is asked. */
export interface Asked {
  log: LogFile;
  pattern: string;
}
/** What it tells. */
export interface Told {
  coverage: number | null;
}

/** Reads coverage out of logs in a thread of its own, one after another. */
export class CoverageThread {
  readonly #thread = new WorkerThread<Asked, Told>(new URL('./coverage-worker.ts', import.meta.url), {
    memory: MEMORY_MB,
    idle: IDLE_MS,
    shared: true,
  });

  /** As `coverageIn`. @throws when it takes too long, or too much memory */
  read(asked: Asked): Promise<number | null> {
    return this.#thread.run(
      async ({ ask, told }) => {
        ask(asked);
        for await (const { coverage } of told) return coverage;
        return null;
      },
      { deadline: DEADLINE_MS },
    );
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }
}

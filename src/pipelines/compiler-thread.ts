import { Worker } from 'node:worker_threads';
import type { CompileInput, CompileResult } from '../ci/plan.ts';
import { apiError } from '../errors.ts';

/** What the thread is asked, and told of what it wants. */
export type Asked =
  | { kind: 'compile'; input: Omit<CompileInput, 'fetchFile'> }
  | { kind: 'file'; path: string; text: string | null };
/** What it tells. */
export type Told =
  | { kind: 'fetch'; path: string }
  | { kind: 'result'; result: CompileResult }
  | { kind: 'failed'; message: string };

/** A configuration that takes longer is refused, as GitLab does. */
const DEADLINE_MS = 30_000;
/** A configuration that takes more is refused; 1,000 jobs take a tenth. */
const MEMORY_MB = 256;
/** The thread ends when nothing was compiled for so long. */
const IDLE_MS = 10 * 60_000;

/**
 * Compiles in a thread of its own, one configuration after another: whoever pushes a hostile one holds up
 * neither the server's event loop nor its memory.
 */
export class CompilerThread {
  #worker: Worker | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | null = null;
  #closed = false;
  /** Ends the compilation under way. */
  #abort: (() => void) | null = null;
  readonly #deadline: number;

  /** `deadline`: milliseconds that one configuration may take. */
  constructor({ deadline = DEADLINE_MS }: { deadline?: number } = {}) {
    this.#deadline = deadline;
  }

  /** As `compile` of ci/compile.ts. @throws what `fetchFile` throws, or 503 when the server is stopping */
  compile(input: CompileInput): Promise<CompileResult> {
    const turn = this.#turn.then(() => this.#compile(input));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Compiles nothing more, and gives up what is under way: it may take longer than anybody waits for the end. */
  stop(): void {
    this.#closed = true;
    this.#abort?.();
  }

  async close(): Promise<void> {
    this.stop();
    await this.#turn;
    await this.#end();
  }

  #compile({ fetchFile, ...input }: CompileInput): Promise<CompileResult> {
    if (this.#closed) throw apiError('unavailable', 'the server is stopping');
    const worker = this.#start();
    return new Promise<CompileResult>((resolve, reject) => {
      const ask = (message: Asked) => worker.postMessage(message);
      let isOver = false;
      const done = () => {
        isOver = true;
        clearTimeout(deadline);
        this.#abort = null;
        worker.off('error', onError).off('message', onMessage);
        this.#rest();
      };
      const giveUp = (message: string) => {
        done();
        void this.#end();
        resolve(refusal(message));
      };
      const deadline = setTimeout(
        () => giveUp('Request timed out when fetching configuration files.'),
        this.#deadline,
      );
      const fail = (error: unknown) => {
        // A file may fail to come after the deadline: the thread is another's by now.
        if (isOver) return;
        done();
        void this.#end();
        reject(error as Error);
      };
      const onError = (error: NodeJS.ErrnoException) =>
        error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? giveUp('The parsed YAML is too big') : fail(error);
      const onMessage = (told: Told) => {
        if (told.kind === 'fetch')
          fetchFile(told.path).then((text) => ask({ kind: 'file', path: told.path, text }), fail);
        else if (told.kind === 'failed') fail(new Error(told.message));
        else {
          done();
          resolve(told.result);
        }
      };
      this.#abort = () => fail(apiError('unavailable', 'the server is stopping'));
      worker.on('error', onError).on('message', onMessage);
      ask({ kind: 'compile', input });
    });
  }

  #start(): Worker {
    if (this.#idle) clearTimeout(this.#idle);
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./compile-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    // Whoever waits is told by a listener of their own; this one is for a thread that dies at rest.
    worker.on('error', () => {});
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null;
    });
    this.#worker = worker;
    return worker;
  }

  #rest(): void {
    this.#idle = setTimeout(() => void this.#end(), IDLE_MS).unref();
    this.#worker?.unref();
  }

  async #end(): Promise<void> {
    if (this.#idle) clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}

const refusal = (message: string): CompileResult => ({
  outcome: 'invalid',
  plan: null,
  problems: [{ message, code: 'syntax', file: '', line: 1, column: 1, path: '' }],
  warnings: [],
});

import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { apiError } from '../errors.ts';
import type { Failed } from './thread-port.ts';

/** What a task has of the thread while it is its turn. */
export interface Conversation<Asked, Told> {
  ask: (message: Asked) => void;
  /** What the thread tells, without end. @throws what the thread failed with, or the reason of `signal` */
  told: AsyncIterable<Told>;
  /** Aborted when the thread has died, the task's time is over, or the server stops. */
  signal: AbortSignal;
}

/** Whether the thread has died of its memory's bound. */
export const isOutOfMemory = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';

/** Whether the task's time was over. */
export const isLate = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';

/** Threads at rest whose server has closed, by what they were started with; null: they end with it. */
let kept: Map<string, Worker> | null = null;

/**
 * From now on whichever server of this process needs a thread takes over one that another has left at rest: to load its
 * program takes far longer than most tasks. One that has failed is not left. For tests, whose servers come and go by the
 * hundred. Answers how to have it as it was before.
 */
export function keepThreads(): () => Promise<void> {
  if (kept) return async () => {};
  const mine = new Map<string, Worker>();
  kept = mine;
  return async () => {
    if (kept === mine) kept = null;
    await Promise.all([...mine.values()].map((worker) => worker.terminate()));
  };
}

/**
 * A program in a thread of its own, for what may be huge or hostile: it holds up neither the event loop nor the
 * server's memory. Tasks have it one after another. It starts with the first task and again after one that has
 * failed, since nobody wants what it is at then; it ends when it had nothing to do for long.
 *
 * Its bound of memory is the last line: V8 may end the whole process when a thread runs into it too fast to be
 * stopped. So each program bounds its input itself, by size, depth and count.
 */
export class WorkerThread<Asked, Told> {
  readonly #program: URL;
  readonly #memory: number;
  readonly #idle: number;
  readonly #isShared: boolean;
  /** What threads have in common that can do each other's tasks. */
  readonly #kind: string;
  readonly #stopping = new AbortController();
  #worker: Worker | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #resting: NodeJS.Timeout | undefined;

  /**
   * `memory`: megabytes that it may take; `idle`: milliseconds that it rests before it ends; `shared`: it keeps nothing of a
   * task for the next, so `keepThreads` is for it.
   */
  constructor(program: URL, options: { memory: number; idle: number; shared?: boolean }) {
    const { memory, idle, shared = false } = options;
    this.#program = program;
    this.#memory = memory;
    this.#idle = idle;
    this.#isShared = shared;
    this.#kind = `${memory} ${program.href}`;
  }

  /**
   * Runs the task when all before it have ended; it may take `deadline` milliseconds from then on. The task has to
   * end when its signal is aborted. @throws what the task throws, or 503 when the server is stopping
   */
  run<T>(
    task: (conversation: Conversation<Asked, Told>) => Promise<T>,
    { deadline }: { deadline?: number } = {},
  ): Promise<T> {
    const turn = this.#turn.then(() => this.#run(task, deadline));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Begins nothing more, and gives up what is under way. */
  stop(): void {
    this.#stopping.abort(apiError('unavailable', 'the server is stopping'));
  }

  async close(): Promise<void> {
    this.stop();
    await this.#turn;
    this.#leave();
    await this.#end();
  }

  async #run<T>(
    task: (conversation: Conversation<Asked, Told>) => Promise<T>,
    deadline: number | undefined,
  ): Promise<T> {
    this.#stopping.signal.throwIfAborted();
    const worker = this.#start();
    const gone = new AbortController();
    const onError = (error: Error) => gone.abort(error);
    const onExit = () => gone.abort(new Error('the thread has ended'));
    worker.once('error', onError).once('exit', onExit);
    const signals = [gone.signal, this.#stopping.signal];
    if (deadline !== undefined) signals.push(AbortSignal.timeout(deadline));
    const signal = AbortSignal.any(signals);
    try {
      const ask = (message: Asked) => worker.postMessage(message);
      const result = await task({ ask, told: messagesOf<Told>(worker, signal), signal });
      this.#rest();
      return result;
    } catch (error) {
      await this.#end();
      throw error;
    } finally {
      worker.off('error', onError).off('exit', onExit);
    }
  }

  #start(): Worker {
    clearTimeout(this.#resting);
    if (this.#worker) {
      this.#worker.ref();
      return this.#worker;
    }
    const worker = this.#takeOver() ?? this.#begin();
    worker.on('exit', this.#forget);
    this.#worker = worker;
    return worker;
  }

  readonly #forget = () => {
    this.#worker = null;
  };

  #begin(): Worker {
    const worker = new Worker(this.#program, { resourceLimits: { maxOldGenerationSizeMb: this.#memory } });
    // Whoever waits is told by a listener of their own; this one is for a thread that dies at rest.
    worker.on('error', () => {});
    worker.on('exit', () => {
      if (kept?.get(this.#kind) === worker) kept.delete(this.#kind);
    });
    return worker;
  }

  #takeOver(): Worker | null {
    const worker = kept?.get(this.#kind) ?? null;
    kept?.delete(this.#kind);
    worker?.ref();
    return worker;
  }

  #leave(): void {
    const worker = this.#worker;
    if (!worker || !this.#isShared || !kept || kept.has(this.#kind)) return;
    clearTimeout(this.#resting);
    worker.off('exit', this.#forget);
    kept.set(this.#kind, worker);
    this.#worker = null;
  }

  #rest(): void {
    this.#resting = setTimeout(() => void this.#end(), this.#idle).unref();
    this.#worker?.unref();
  }

  async #end(): Promise<void> {
    clearTimeout(this.#resting);
    const worker = this.#worker;
    this.#worker = null;
    // It is gone some time later, when a task may have begun another.
    worker?.off('exit', this.#forget);
    await worker?.terminate();
  }
}

/** Listens from now on, so that nothing is missed whenever the task comes to it. */
function messagesOf<Told>(worker: Worker, signal: AbortSignal): AsyncIterable<Told> {
  const messages = on(worker, 'message', { signal }) as AsyncIterable<[Told | Failed]>;
  return (async function* () {
    try {
      for await (const [message] of messages) {
        if (isFailed(message)) throw new Error(message.failed);
        yield message;
      }
    } catch (error) {
      throw signal.aborted ? (signal.reason as Error) : error;
    }
  })();
}

const isFailed = (message: unknown): message is Failed =>
  typeof message === 'object' && message !== null && 'failed' in message;

/** What the promise comes to, unless the signal is aborted before. @throws its reason then */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

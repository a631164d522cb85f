import { Worker } from 'node:worker_threads';
import { type Answer, PLACE, type Question, READY, type Start } from './answer-questions.ts';

interface Options {
  /** How many there may be. */
  threads: number;
  /** How many questions may wait for one of them. */
  questions: number;
  /** Megabytes that each may take. */
  memory: number;
  /** Milliseconds without a question, after which one ends. */
  idle: number;
  /** What each is started with. */
  data: unknown;
}

/** What a thread has answered. */
export interface Told<T> {
  told: T;
  /** What it has written into the question's place, which stays as it is until `release`. */
  place: Buffer;
  /** To be called once nobody needs the place any more: another question may have it then. */
  release: () => void;
}

/**
 * Threads of one program for what the server can do itself as well: whoever asks is told at once when none of them
 * has a place left, and is refused when one dies. So nothing depends on them but how fast it goes.
 */
export class ThreadPool<Asked, T> {
  readonly #program: URL;
  readonly #options: Options;
  readonly #threads = new Set<PoolThread<Asked, T>>();

  constructor(program: URL, options: Options) {
    this.#program = program;
    this.#options = options;
  }

  /** How many threads there are, ready or not. */
  get size(): number {
    return this.#threads.size;
  }

  /** Asks the thread that has the most places left; null: none has one. Rejected when there is no answer. */
  ask(asked: Asked): Promise<Told<T>> | null {
    let best: PoolThread<Asked, T> | null = null;
    for (const thread of this.#threads) {
      if (!thread.isReady || thread.places === 0) continue;
      if (best === null || thread.places > best.places) best = thread;
    }
    return best?.ask(asked) ?? null;
  }

  /** Starts another thread, unless there are enough or one is just starting. */
  grow(): void {
    const { threads } = this.#options;
    if (this.#threads.size >= threads || [...this.#threads].some(({ isReady }) => !isReady)) return;
    const thread = new PoolThread<Asked, T>(this.#program, this.#options, () => this.#threads.delete(thread));
    this.#threads.add(thread);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }
}

class PoolThread<Asked, T> {
  isReady = false;
  readonly #worker: Worker;
  readonly #shared: SharedArrayBuffer;
  /** Those that no question has. */
  readonly #free: number[];
  readonly #questions = new Map<number, PromiseWithResolvers<Told<T>>>();
  readonly #rest: NodeJS.Timeout;

  constructor(program: URL, { questions, memory, idle, data }: Options, onEnd: () => void) {
    this.#shared = new SharedArrayBuffer(questions * PLACE);
    this.#free = Array.from({ length: questions }, (_, place) => place);
    const start: Start = { shared: this.#shared, data };
    const worker = new Worker(program, {
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: memory },
    });
    this.#worker = worker;
    this.#rest = setTimeout(() => void this.close(), idle);
    // The server ends when it is told to, whatever its threads do.
    worker.unref();
    this.#rest.unref();
    let reason = new Error('the thread has ended');
    worker.on('message', (message: Answer<T>[] | typeof READY) => {
      if (message === READY) this.isReady = true;
      else for (const answer of message) this.#settle(answer);
    });
    worker.on('error', (error: Error) => (reason = error));
    worker.on('exit', () => {
      this.isReady = false;
      clearTimeout(this.#rest);
      onEnd();
      for (const { reject } of this.#questions.values()) reject(reason);
      this.#questions.clear();
    });
  }

  get places(): number {
    return this.#free.length;
  }

  ask(asked: Asked): Promise<Told<T>> | null {
    const place = this.#free.pop();
    if (place === undefined) return null;
    const question: Question<Asked> = { place, asked };
    const told = Promise.withResolvers<Told<T>>();
    this.#questions.set(place, told);
    this.#worker.postMessage(question);
    return told.promise;
  }

  #settle(answer: Answer<T>): void {
    const { place } = answer;
    const question = this.#questions.get(place);
    this.#questions.delete(place);
    const release = () => {
      this.#free.push(place);
      this.#rest.refresh();
    };
    if ('failed' in answer) {
      release();
      question?.reject(new Error(answer.failed));
    } else
      question?.resolve({
        told: answer.told,
        place: Buffer.from(this.#shared, place * PLACE, PLACE),
        release,
      });
  }

  async close(): Promise<void> {
    this.isReady = false;
    await this.#worker.terminate();
  }
}

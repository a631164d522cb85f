import { availableParallelism } from 'node:os';
import type { Database } from '../db/database.ts';
import { JsonText } from '../http/route.ts';
import { ThreadPool } from '../threads/thread-pool.ts';
import { type JobPageQuestion, type JobPageText, readJobPage } from './job-page.ts';

/** One processor is for the server's own thread. */
const THREADS = Math.min(availableParallelism() - 1, 4);
/** A page takes a fifth of a millisecond or two: who waits behind so many still waits shorter than for a busy server. */
const QUESTIONS = 8;
const MEMORY_MB = 128;
const IDLE_MS = 60_000;

/** Milliseconds of pages in a second, from which on another thread is worth its memory. */
const BUSY_MS = 50;

/** What a thread answers: the text, or how many bytes of it stand in the question's place. */
export type JobPageAnswer = Omit<JobPageText, 'text'> & { text?: string; length?: number };

export type JobPage = Omit<JobPageText, 'text'> & { json: JsonText };

/**
 * Pages of lists of jobs. The server reads them itself until they take a twentieth of its time; from then on, threads
 * read them that it has for as long as that goes on. With PostgreSQL it is the database that works meanwhile.
 */
export class JobPages {
  readonly #db: Database;
  readonly #pool: ThreadPool<JobPageQuestion, JobPageAnswer> | null;
  #second = 0;
  /** Milliseconds spent since `#second` began. */
  #spent = 0;

  /** `folder`: where SQLite's database is. */
  constructor(db: Database, folder: string) {
    this.#db = db;
    this.#pool =
      db.kind === 'postgres'
        ? null
        : new ThreadPool(new URL('./job-page-worker.ts', import.meta.url), {
            threads: THREADS,
            questions: QUESTIONS,
            memory: MEMORY_MB,
            idle: IDLE_MS,
            data: folder,
          });
  }

  async read(question: JobPageQuestion): Promise<JobPage> {
    const asked = this.#pool?.ask(question);
    // Whatever goes wrong there comes out here, where its error is known.
    const answer = asked && (await asked.catch(() => null));
    if (answer) {
      const { told, place, release } = answer;
      const { text, length = 0, ...page } = told;
      if (text === undefined) return { ...page, json: new JsonText(place.subarray(0, length), release) };
      release();
      return { ...page, json: new JsonText(text) };
    }
    const begun = performance.now();
    const { text, ...page } = await readJobPage(this.#db.read, question);
    this.#note(begun, performance.now());
    return { ...page, json: new JsonText(text) };
  }

  #note(begun: number, ended: number): void {
    if (this.#pool === null) return;
    if (ended - this.#second > 1000) {
      this.#second = ended;
      this.#spent = 0;
    }
    this.#spent += ended - begun;
    if (this.#spent > BUSY_MS) this.#pool.grow();
  }

  /** How many threads there are just now. */
  get threads(): number {
    return this.#pool?.size ?? 0;
  }

  async close(): Promise<void> {
    await this.#pool?.close();
  }
}

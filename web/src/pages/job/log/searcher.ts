import { Findings } from './findings.ts';
import { patternOf, type Query } from './search-core.ts';
import type { Answer, Asked } from './search.worker.ts';

/** How far a search has come; another object after each step. */
export interface SearchState {
  query: Query;
  findings: Findings;
  /** Bytes that were looked through. */
  at: number;
  done: boolean;
  /** There is more than is told. */
  full: boolean;
  problem: string | null;
}

/** Without a word for so long, an expression is given up. */
const PATIENCE_MS = 8000;
/** Typing goes on within so many milliseconds. */
const TYPING_MS = 200;

/** Searches a whole log in a worker, which reads it by itself: the page goes on meanwhile. */
export class Searcher {
  readonly #trace: string;
  readonly #listeners = new Set<() => void>();
  #worker: Worker | null = null;
  #state: SearchState | null = null;
  #id = 0;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #size = 0;
  #live = false;

  constructor(trace: string) {
    this.#trace = trace;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };
  /** Null: nothing is searched for. */
  readonly state = (): SearchState | null => this.#state;

  /** Searches for something else; what goes on is given up. */
  search(query: Query): void {
    clearTimeout(this.#typing);
    if (this.#state && !this.#state.done) this.#giveUp();
    this.#id += 1;
    if (query.text === '') return this.#change(null);
    const state = { query, findings: new Findings(), at: 0, done: false, full: false, problem: null };
    try {
      patternOf(query);
    } catch (error) {
      const problem = error instanceof Error ? error.message : 'This is no regular expression.';
      return this.#change({ ...state, done: true, problem });
    }
    this.#change(state);
    this.#typing = setTimeout(() => {
      this.#ask({
        type: 'search',
        id: this.#id,
        trace: this.#trace,
        query,
        size: this.#size,
        live: this.#live,
      });
    }, TYPING_MS);
  }

  /** The log has become longer, or has come to its end. */
  grown(size: number, live: boolean): void {
    if (size === this.#size && live === this.#live) return;
    this.#size = size;
    this.#live = live;
    if (this.#state && this.#state.problem === null && this.#worker) this.#ask({ type: 'grown', size, live });
  }

  stop(): void {
    clearTimeout(this.#typing);
    this.#giveUp();
  }

  #ask(asked: Asked): void {
    if (!this.#worker) {
      this.#worker = new Worker(new URL('./search.worker.ts', import.meta.url), { type: 'module' });
      this.#worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => this.#hear(data));
    }
    this.#wait();
    this.#worker.postMessage(asked);
  }

  #hear({ id, lines, starts, ends, at, done, full, problem }: Answer): void {
    if (id !== this.#id || !this.#state) return;
    this.#state.findings.add(lines, starts, ends);
    if (done) clearTimeout(this.#patience);
    else this.#wait();
    this.#change({ ...this.#state, at, done, full, problem });
  }

  /** An expression can take for ever in one line; the worker hears nothing meanwhile. */
  #wait(): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      this.#giveUp();
      if (this.#state)
        this.#change({ ...this.#state, done: true, problem: 'This expression takes too long.' });
    }, PATIENCE_MS);
  }

  #giveUp(): void {
    clearTimeout(this.#patience);
    this.#worker?.terminate();
    this.#worker = null;
  }

  #change(state: SearchState | null): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

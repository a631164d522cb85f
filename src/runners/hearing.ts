import type { Time } from '../db/rows/column.ts';

/** Whether `span` milliseconds since `from` are over. */
export type IsOver = (from: Time, span: number) => boolean;

/** The clock was set, and not only trimmed. */
const JUMP_MS = 10_000;
/** Without a look at what is overdue for this long, the server, or its database, stood still. */
const DEAF_MS = 60_000;
/** In which runners come back to a server that was away. */
const RETURN_MS = 3_600_000;

/**
 * For how long the server could hear its runners: whoever is silent, or late with an answer, is given up only
 * after the server has listened. So it holds:
 * - by how much the clock jumps (it is set, or the machine slept), by so much nobody is late;
 * - after a start, and after the database was away, nobody is late before the server has listened again for as long
 *   as he may be silent, or for an hour where that is less.
 */
export class Hearing {
  readonly #clock: () => Time;
  readonly #steady: () => number;
  readonly #awake: () => number;
  #drift: number;
  #jumpedAt: Time = -Infinity;
  #heardSince: Time;
  #lookedAt: number;

  /**
   * @param steady milliseconds since whenever, which no change of the clock touches
   * @param awake the same, for telling that nothing was looked at for long; tests in which time passes at once let it be
   */
  constructor(clock: () => Time, steady: () => number, awake: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#steady = steady;
    this.#awake = awake;
    this.#heardSince = clock();
    this.#drift = clock() - steady();
    this.#lookedAt = this.#awake();
  }

  /** To be called whenever the database has given the work to look for what is overdue. */
  look(): void {
    const now = this.#noteJump();
    if (this.#isDeaf()) this.#heardSince = now;
    this.#lookedAt = this.#awake();
  }

  /** Whether a runner that may be silent for `span` milliseconds is given up, if it was last heard at `from`. */
  readonly isOver: IsOver = (from, span) => this.elapsed(from) > span && this.#hasListened(span);

  /** Answers that may take `span` milliseconds are late if they were due by this time; 0: none is. */
  lateBy(span: number): Time {
    const now = this.#noteJump();
    return this.elapsed(-Infinity) > span && this.#hasListened(span) ? now : 0;
  }

  /** Milliseconds that have passed since `from`, without those of a jump; below 0 until the clock shows that again. */
  readonly elapsed = (from: Time): number => {
    const now = this.#noteJump();
    return now - Math.max(from, this.#jumpedAt);
  };

  #hasListened(span: number): boolean {
    return !this.#isDeaf() && this.#clock() - this.#heardSince > Math.min(span, RETURN_MS);
  }

  #isDeaf(): boolean {
    return this.#awake() - this.#lookedAt > DEAF_MS;
  }

  #noteJump(): Time {
    const now = this.#clock();
    const drift = now - this.#steady();
    if (Math.abs(drift - this.#drift) > JUMP_MS) this.#jumpedAt = this.#heardSince = now;
    this.#drift = drift;
    return now;
  }
}

import type { Database, Transaction } from '../db/database.ts';
import {
  bringForward,
  completeWork,
  type DueKind,
  ensureWork,
  hastenWork,
  type LeasedWork,
  leaseWork,
  nextDue,
  onWorkAdded,
  releaseLeases,
  renewLease,
  rescheduleWork,
} from './work-store.ts';

/**
 * Does one piece of work. It may be called again for work that it has done already (a crash came before
 * the note of it), and must then find nothing left to do. What it throws is noted, and it is tried again. When
 * the server stops, `signal` aborts: long work throws then, and is begun again by the next server. `attempts` counts
 * the calls since it was added, this one too; a first one need not say so.
 */
export type Handler = (
  work: { key: string; payload: unknown; attempts?: number },
  signal: AbortSignal,
) => Promise<void>;

export interface WorkerOptions {
  clock?: () => number;
  /**
   * Handlers that run at once: 24 unless said, and a third of them of one kind, so that slow kinds hold up no other.
   * They mostly wait for the disk, and what they write shares commits.
   */
  concurrency?: number;
  /** Milliseconds for which work is taken; renewed while its handler runs. */
  lease?: number;
  /** Told of every failure; the work itself is tried again. */
  report?: (message: string, error: unknown) => void;
}

/** After the first failure; doubles with each further one. */
const BACK_OFF_MS = 1_000;
const LONGEST_BACK_OFF_MS = 3_600_000;
/** Another server's additions are noticed at the latest after this, should that server die with them. */
const LONGEST_SLEEP_MS = 10_000;
/** The clock was set back, and not only trimmed. */
const SET_BACK_MS = 1_000;
/** Told by how many milliseconds the clock was set back, in the transaction that makes work due sooner. */
export type SetBackFollower = (tx: Transaction, by: number, now: number) => Promise<void>;

const REPEATING = 'repeating';

/**
 * Does durable work as it becomes due. It holds:
 * - asleep it costs nothing: one timer until the next due time, ended early by an addition's commit;
 * - work is leased for a while, so that of several servers one does it, and another when that one dies;
 * - no kind takes more than a third of the places;
 * - a row that another transaction holds keeps no other work waiting;
 * - when the clock is set back, what waits is due as much sooner, and what repeats within its interval;
 * - when it is set forward, what is being done is not begun a second time;
 * - failed work stays, with `last_error`, and is tried again after 1 s, 2 s, 4 s … at most an hour.
 */
export class Worker {
  readonly #db: Database;
  readonly #clock: () => number;
  readonly #concurrency: number;
  readonly #lease: number;
  readonly #report: (message: string, error: unknown) => void;
  readonly #handlers = new Map<string, { handler: Handler; every: number | null }>();
  readonly #running = new Map<Promise<void>, LeasedWork>();
  readonly #followers: SetBackFollower[] = [];
  #latest = 0;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | null = null;
  #woken = false;
  #endSleep: (() => void) | null = null;

  constructor(db: Database, options: WorkerOptions = {}) {
    this.#db = db;
    this.#clock = options.clock ?? Date.now;
    this.#concurrency = options.concurrency ?? 24;
    this.#lease = options.lease ?? 30_000;
    this.#report = options.report ?? (() => {});
  }

  /** Says who does the work of `kind`. Before start. */
  handle(kind: string, handler: Handler): this {
    return this.#register(kind, handler, null);
  }

  /** Calls `handler` every `everyMs`, once over all servers; first at once. Before start. */
  addRepeating(kind: string, everyMs: number, handler: Handler): this {
    return this.#register(kind, handler, everyMs);
  }

  /** Has `follow` do for other due times what is done for those of work, when the clock is set back. Before start. */
  onSetBack(follow: SetBackFollower): this {
    this.#followers.push(follow);
    return this;
  }

  #register(kind: string, handler: Handler, every: number | null): this {
    if (this.#loop) throw new Error(`handler for ${kind} after the start`);
    if (this.#handlers.has(kind)) throw new Error(`two handlers for ${kind}`);
    this.#handlers.set(kind, { handler, every });
    return this;
  }

  async start(): Promise<void> {
    if (this.#db.kind === 'sqlite') await releaseLeases(this.#db);
    await this.#db.write(async (tx) => {
      for (const [kind, { every }] of this.#handlers)
        if (every !== null) await ensureWork(tx, { kind, key: REPEATING, due_at: this.#clock() });
    });
    await this.#db.write((tx) => this.#hasten(tx));
    const silence = onWorkAdded(() => this.#wake());
    this.#loop = this.#run().finally(silence);
  }

  /** Takes nothing more, tells the handlers' signals, and waits for those that run. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#loop;
    await Promise.all(this.#running.keys());
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted && this.#handlers.size > 0) {
      this.#woken = false;
      let sleep = LONGEST_SLEEP_MS;
      try {
        const by = this.#latest - this.#clock();
        if (by > SET_BACK_MS) await this.#followSetBack(by);
        this.#latest = this.#clock();
        await this.#keepWhatIsHeld();
        const room = this.#room();
        const next = await nextDue(this.#db, [...room.keys()]);
        const due = next.filter(({ at }) => at <= this.#clock());
        if (await this.#takeFirst(due, room)) continue;
        // Others hold the rows at this very moment: their commits move them away.
        if (due.length > 0) sleep = 50;
        else if (next[0]) sleep = next[0].at - this.#clock();
      } catch (error) {
        this.#report('the database gives no work', error);
        sleep = BACK_OFF_MS;
      }
      await this.#sleep(Math.min(sleep, LONGEST_SLEEP_MS));
    }
  }

  /** How many more of each kind may be taken; without those that have no place left. */
  #room(): Map<string, number> {
    const most = Math.ceil(this.#concurrency / 3);
    const room = new Map([...this.#handlers.keys()].map((kind) => [kind, most]));
    for (const { kind } of this.#running.values()) room.set(kind, (room.get(kind) ?? 0) - 1);
    const free = this.#concurrency - this.#running.size;
    for (const [kind, places] of room) {
      if (Math.min(places, free) > 0) room.set(kind, Math.min(places, free));
      else room.delete(kind);
    }
    return room;
  }

  /** What repeats is due no later than its interval from now. */
  async #hasten(tx: Transaction): Promise<void> {
    for (const [kind, { every }] of this.#handlers)
      if (every !== null) await hastenWork(tx, { kind, key: REPEATING, due_at: this.#clock() + every });
  }

  async #followSetBack(by: number): Promise<void> {
    const now = this.#clock();
    await this.#db.write(async (tx) => {
      await bringForward(tx, by, now);
      await this.#hasten(tx);
      for (const follow of this.#followers) await follow(tx, by, now);
    });
  }

  /** Leases that the clock has jumped over are renewed before anything is taken: their handlers still run. */
  async #keepWhatIsHeld(): Promise<void> {
    const now = this.#clock();
    for (const work of this.#running.values()) if (work.lease_until <= now) await this.#renew(work);
  }

  /** Takes of the first kind that has any to take: a row that somebody holds keeps none but its own waiting. */
  async #takeFirst(due: readonly DueKind[], room: Map<string, number>): Promise<boolean> {
    for (const { kind } of due) if (await this.#take(kind, room.get(kind) ?? 0)) return true;
    return false;
  }

  async #take(kind: string, limit: number): Promise<boolean> {
    const now = this.#clock();
    const leased = await leaseWork(this.#db, { kind, now, lease_until: now + this.#lease, limit });
    for (const work of leased) {
      const running = this.#do(work)
        .catch((error: unknown) => this.#report(`${work.kind} ${work.key} is not noted`, error))
        .finally(() => {
          this.#running.delete(running);
          this.#wake();
        });
      this.#running.set(running, work);
    }
    return leased.length > 0;
  }

  async #do(work: LeasedWork): Promise<void> {
    const registered = this.#handlers.get(work.kind);
    if (!registered) return;
    const { handler, every } = registered;
    const renewal = setInterval(() => void this.#renew(work), this.#lease / 3);
    try {
      const { key, payload, attempts } = work;
      await handler({ key, payload, attempts }, this.#stopping.signal);
    } catch (error) {
      if (this.#stopping.signal.aborted) {
        // It was interrupted: whoever comes next begins at once.
        await rescheduleWork(this.#db, work, { due_at: this.#clock(), last_error: null });
        return;
      }
      this.#report(`${work.kind} ${work.key} failed`, error);
      const backOff = Math.min(
        BACK_OFF_MS * 2 ** (work.attempts - 1),
        every ?? LONGEST_BACK_OFF_MS,
        LONGEST_BACK_OFF_MS,
      );
      const last_error = error instanceof Error ? error.message : String(error);
      await rescheduleWork(this.#db, work, { due_at: this.#clock() + backOff, last_error });
      return;
    } finally {
      clearInterval(renewal);
    }
    if (every === null) await completeWork(this.#db, work);
    else await rescheduleWork(this.#db, work, { due_at: this.#clock() + every, last_error: null });
  }

  async #renew(work: LeasedWork): Promise<void> {
    const until = this.#clock() + this.#lease;
    try {
      if (await renewLease(this.#db, work, until)) work.lease_until = until;
    } catch (error) {
      this.#report(`the lease of ${work.kind} ${work.key} is not renewed`, error);
    }
  }

  #wake(): void {
    this.#woken = true;
    this.#endSleep?.();
  }

  async #sleep(ms: number): Promise<void> {
    if (this.#woken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(ms, 1));
      this.#endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#endSleep = null;
  }
}

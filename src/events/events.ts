import type { Database } from '../db/database.ts';
import { unavailableBecause } from '../db/unavailable.ts';
import type { Change } from './change.ts';
import { EventRing, idOf } from './event-ring.ts';
import { readEvents } from './event-store.ts';
import { Exchange } from './exchange.ts';
import { type Follower, Waiting } from './follower.ts';
import { PendingChanges } from './pending-changes.ts';

/** Milliseconds for which changes are gathered: while somebody follows, and while only other servers may. */
const GATHER_MS = { followed: 25, alone: 150 };
/** In which the other servers should be heard of at the start; it does without them after that. */
const OPENING_MS = 2000;

interface Options {
  /** Events kept for those who come again. */
  kept: number;
  /** Milliseconds for which they are, once nobody follows any more. */
  linger: number;
  /** Milliseconds after which another server that is not heard of counts as dead. */
  silence: number;
  report: (error: unknown) => void;
}

/**
 * Tells those who follow what changes, here and on the other servers of the database. Changes are gathered for a moment,
 * and what has changed is read then, one reading after the other: so each event says how something is, a later one
 * never how it was before. While nobody follows nothing is read, and nothing is kept.
 */
export class Events {
  readonly ring: EventRing;
  readonly #db: Database;
  readonly #options: Options;
  readonly #exchange: Exchange | null;
  readonly #silence: () => void;
  readonly #waiting = new Set<Waiting>();
  /** What is to be told here. */
  readonly #due = new PendingChanges();
  /** What is to be told to the other servers. */
  readonly #outgoing = new PendingChanges();
  #isFollowed = false;
  #linger: NodeJS.Timeout | null = null;
  #timer: NodeJS.Timeout | null = null;
  #telling: Promise<void> | null = null;

  static async open(db: Database, options: Options): Promise<Events> {
    const events = new Events(db, options);
    await events.#exchange?.opened(OPENING_MS);
    return events;
  }

  private constructor(db: Database, options: Options) {
    this.#db = db;
    this.#options = options;
    this.ring = new EventRing(options.kept);
    this.#silence = db.audience.listen((told) => this.#hearOurs(told as readonly Change[]));
    this.#exchange = Exchange.open(db, {
      hear: (changes) => this.#hear(changes),
      gap: () => this.#miss(),
      silence: options.silence,
    });
  }

  /** How many follow. */
  get followers(): number {
    return this.#waiting.size;
  }

  /** Whether other servers on the database are not heard at present: nobody knows what they change. */
  get isDeaf(): boolean {
    return this.#exchange?.isDeaf ?? false;
  }

  /** From now on all that changes is told. Answers where that is waited for, and how to leave. */
  follow(who: Follower): { waiting: Waiting; leave: () => void } {
    const waiting = new Waiting(who);
    this.#waiting.add(waiting);
    if (this.#linger) clearTimeout(this.#linger);
    this.#linger = null;
    this.#isFollowed = true;
    return { waiting, leave: () => this.#leave(waiting) };
  }

  /**
   * As if somebody followed from now on: whoever comes with the id that is answered, before events have lingered for long
   * enough, is told all that has changed since.
   */
  expect(): string {
    this.#isFollowed = true;
    if (this.#waiting.size === 0) this.#beginLinger();
    return idOf(this.ring.end);
  }

  async close(): Promise<void> {
    this.#silence();
    if (this.#linger) clearTimeout(this.#linger);
    if (this.#timer) clearTimeout(this.#timer);
    await this.#telling;
    this.#sayOutgoing();
    await this.#exchange?.close();
  }

  #leave(waiting: Waiting): void {
    if (this.#waiting.delete(waiting) && this.#waiting.size === 0) this.#beginLinger();
  }

  #beginLinger(): void {
    if (this.#linger) clearTimeout(this.#linger);
    this.#linger = setTimeout(() => {
      this.#linger = null;
      this.#isFollowed = false;
      this.#due.take();
      this.ring.renew();
    }, this.#options.linger);
    this.#linger.unref();
  }

  #hearOurs(changes: readonly Change[]): void {
    if (this.#exchange) for (const change of changes) this.#outgoing.add(change);
    this.#hear(changes);
    this.#gather();
  }

  #hear(changes: readonly Change[]): void {
    if (!this.#isFollowed) return;
    for (const change of changes) {
      // At once: what is read from now on is not for those who may not see it any more.
      if (change.type === 'access') {
        for (const waiting of this.#waiting) waiting.hearOfAccess(change);
        this.ring.append([change]);
      } else this.#due.add(change);
    }
    this.#gather();
  }

  #gather(): void {
    if (this.#timer || this.#telling || (this.#due.isEmpty && this.#outgoing.isEmpty)) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#telling = this.#tell()
          .catch((error: unknown) => {
            this.#miss();
            if (unavailableBecause(error) === null) this.#options.report(error);
          })
          .finally(() => {
            this.#telling = null;
            this.#gather();
          });
      },
      this.#isFollowed ? GATHER_MS.followed : GATHER_MS.alone,
    );
  }

  async #tell(): Promise<void> {
    this.#sayOutgoing();
    if (this.#due.isEmpty) return;
    const due = this.#due.take();
    if (!due) return this.#miss();
    const events = await readEvents(this.#db.read, due);
    // What is read is committed; nobody may hear of it before it is on the disk.
    await this.#db.unsettled();
    if (!this.#isFollowed) return;
    this.ring.append(events);
    this.#wakeAll();
  }

  #sayOutgoing(): void {
    if (!this.#outgoing.isEmpty) this.#exchange?.say(this.#outgoing.take());
  }

  /** What has happened is not known for sure: all who follow have to look for themselves. */
  #miss(): void {
    this.ring.renew();
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const waiting of this.#waiting) waiting.ring();
  }
}

import { randomBytes } from 'node:crypto';
import type { AccessChange } from './change.ts';
import type { Event } from './event.ts';

/** A place between two events of a ring. */
export interface Position {
  life: string;
  /** How many events of that life came before. */
  seq: number;
}

/** What is kept: events, and whose rights have changed between them, for whoever was not there to hear of it. */
export type Kept = Event | AccessChange;

/** Why a position is of no use. */
export type Lost = 'unknown' | 'too_old' | 'gap';

/**
 * The last events, each with its place. What holds: all that comes behind a position of the present life is there, or
 * the position is lost. A life ends whenever that would not hold.
 */
export class EventRing {
  readonly #kept: number;
  #life = newLife();
  #next = 0;
  #events: Kept[] = [];

  constructor(kept: number) {
    this.#kept = kept;
  }

  /** Behind all that there is. */
  get end(): Position {
    return { life: this.#life, seq: this.#next };
  }

  append(events: readonly Kept[]): void {
    for (const event of events) this.#events[this.#next++ % this.#kept] = event;
  }

  /** Begins another life: something may be missing. */
  renew(): void {
    this.#life = newLife();
    this.#events = [];
    this.#next = 0;
  }

  /** The position that an id names. */
  find(id: string): Position | Lost {
    const [, life, digits] = /^([0-9a-f]{1,32})-(\d{1,15})$/.exec(id) ?? [];
    const seq = Number(digits);
    if (life !== this.#life || seq > this.#next) return 'unknown';
    return this.#isKept(seq) ? { life, seq } : 'too_old';
  }

  /** Up to `limit` events behind the position, and where they end. */
  after({ life, seq }: Position, limit: number): { events: Kept[]; end: Position } | Lost {
    if (life !== this.#life) return 'gap';
    if (!this.#isKept(seq)) return 'too_old';
    const end = Math.min(this.#next, seq + limit);
    const events: Kept[] = [];
    for (let at = seq; at < end; at++) {
      const event = this.#events[at % this.#kept];
      if (event) events.push(event);
    }
    return { events, end: { life, seq: end } };
  }

  #isKept(seq: number): boolean {
    return this.#next - seq <= this.#kept;
  }
}

export const idOf = ({ life, seq }: Position) => `${life}-${seq}`;

const newLife = () => randomBytes(6).toString('hex');

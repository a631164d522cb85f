import type { Kysely } from 'kysely';
import type { Tables } from '../db/schema.ts';

/** How long a list counts as long without being looked at again. Milliseconds. */
const LONG_FOR = 10_000;
/** Lists that are remembered for each database. */
const REMEMBERED = 1000;

/**
 * Counts lists, of which a total is told only up to `most` rows. To count so many takes several times as long as
 * to read a page; so a list that had a quarter more is not counted again for a moment, in which
 * hardly so many can have left it. No total is ever told that was not counted for its request.
 */
export class LongLists {
  /** Until when each is taken for long, by its name. */
  readonly #known = new WeakMap<Kysely<Tables>, Map<string, number>>();

  /** The rows of the list `name`, null for more than `most`. `count` counts up to the bound it is given. */
  async count(
    db: Kysely<Tables>,
    name: string,
    most: number,
    count: (bound: number) => Promise<number>,
  ): Promise<number | null> {
    let known = this.#known.get(db);
    if (!known) this.#known.set(db, (known = new Map()));
    if ((known.get(name) ?? 0) > performance.now()) return null;
    const bound = most + most / 4;
    const found = await count(bound);
    if (found >= bound) {
      if (known.size >= REMEMBERED) known.clear();
      known.set(name, performance.now() + LONG_FOR);
    }
    return found > most ? null : found;
  }
}

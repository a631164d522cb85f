import type { Kysely } from 'kysely';
import type { Time } from '../db/rows/column.ts';
import type { Tables } from '../db/schema.ts';
import { type Candidate, isNewer, newestAbove, oldest, type Position } from './retention-store.ts';
import type { Retained, RetentionRule } from './retention-rules.ts';

/** What goes, and why: at `goes_at`, or as soon as it is noticed when that has passed. */
export interface Going extends Candidate {
  goes_at: Time;
  rule: RetentionRule['rule'];
}

/** Where the reading begins. */
export const START: Position = { id: 0, since: 0 };

/**
 * Answers how to read what rules of one kind make go in a project, the oldest first: among the `limit` after
 * `after`. `next` is where to go on; null: nothing behind is due at `now`. What goes by count goes now.
 */
export async function readGoing(
  db: Kysely<Tables>,
  kind: Retained,
  project_id: number,
  rules: readonly RetentionRule[],
  now: Time,
): Promise<(after: Position, limit: number) => Promise<{ going: Going[]; next: Position | null }>> {
  const age = rules.find((one) => one.kind === kind && one.rule === 'age')?.value;
  const count = rules.find((one) => one.kind === kind && one.rule === 'count')?.value;
  const above = count === undefined ? null : await newestAbove(db, kind, project_id, count);
  const ending = (one: Candidate): Going | null => {
    if (above && !isNewer(kind, one, above)) return { ...one, goes_at: now, rule: 'count' };
    if (age === undefined) return null;
    return { ...one, goes_at: one.since + age * 1000, rule: 'age' };
  };
  return async (after, limit) => {
    const some = await oldest(db, kind, project_id, after, limit);
    const going = some.flatMap((one) => (one.held ? [] : (ending(one) ?? [])));
    const last = some.at(-1);
    // They come in the order of their age: behind one that is not due yet, none is.
    const isDue = last !== undefined && (ending(last)?.goes_at ?? Infinity) <= now;
    return { going, next: last !== undefined && isDue && some.length === limit ? last : null };
  };
}

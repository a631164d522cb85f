import { type Kysely, sql } from 'kysely';
import type { Database, Transaction } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';
import type { RefUpdate } from '../git/update-refs.ts';

/** A push whose commands are known, before git has any of it and until its pipelines are there. */
export interface Push {
  id: number;
  project_id: number;
  user_id: number;
  commands: RefUpdate[];
  push_options: string[];
  created_at: number;
}

/** Keeps a push in mind. Once this is committed its pipelines come, whenever git has updated its refs. */
export async function storePush(db: Database, push: Omit<Push, 'id'>): Promise<Push> {
  const { id } = await db.write((tx) =>
    tx
      .insertInto('pushes')
      .values({
        ...push,
        commands: JSON.stringify(push.commands),
        push_options: JSON.stringify(push.push_options),
        state: 'open',
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  return { id, ...push };
}

/** The oldest pushes that are not known to be dealt with and whose next try is due, behind `after`. */
export async function openPushes(
  db: Kysely<Tables>,
  after: number,
  limit: number,
  now: number,
): Promise<Push[]> {
  const rows = await db
    .selectFrom('pushes')
    .select(['id', 'project_id', 'user_id', 'commands', 'push_options', 'created_at'])
    .where(sql<boolean>`state = 'open'`)
    .where('id', '>', after)
    .where((eb) => eb.or([eb('retry_at', 'is', null), eb('retry_at', '<=', now)]))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...row,
    commands: JSON.parse(row.commands) as RefUpdate[],
    push_options: JSON.parse(row.push_options) as string[],
  }));
}

/** The push is dealt with; false: it was so already. */
export async function closePush(tx: Transaction, pushId: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('pushes')
    .set({ state: 'done' })
    .where('id', '=', pushId)
    .where('state', '=', 'open')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The first wait after a failure; it doubles with each further one, up to an hour. */
const BACK_OFF_MS = 3000;
const LONGEST_BACK_OFF_MS = 3_600_000;

/** The push's pipelines could not be made: the next try comes later, and later still after each failure. */
export async function postponePush(db: Database, pushId: number, now: number): Promise<void> {
  await db.write(async (tx) => {
    const { attempts } = await tx
      .updateTable('pushes')
      .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
      .where('id', '=', pushId)
      .returning('attempts')
      .executeTakeFirstOrThrow();
    const wait = Math.min(BACK_OFF_MS * 2 ** (attempts - 1), LONGEST_BACK_OFF_MS);
    await tx
      .updateTable('pushes')
      .set({ retry_at: now + wait })
      .where('id', '=', pushId)
      .execute();
  });
}

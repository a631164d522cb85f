import { sql } from 'kysely';
import type { Database, Transaction } from '../db/database.ts';
import { runCompiled, slot } from '../db/compiled.ts';
import { afterCommit } from '../db/database.ts';
import { forUpdateSkipLocked } from '../db/dialect.ts';
import type { Time } from '../db/rows/column.ts';

export interface NewWork {
  kind: string;
  /** Unique with `kind`. */
  key: string;
  payload?: object;
  due_at: Time;
}

/**
 * A piece of work that is ours until `lease_until`, as far as we know: a renewal may be under way. `revision` names
 * the lease; the work itself has another one as soon as it is added again.
 */
export interface LeasedWork {
  id: number;
  kind: string;
  key: string;
  payload: unknown;
  revision: number;
  attempts: number;
  lease_until: Time;
}

/** When a row is next worth a look: at its due time, or when the lease of its holder ends. */
const nextLook = sql<number>`coalesce(lease_until, due_at)`;

const listeners = new Set<() => void>();

/** Calls `listener` after any commit in this process that added work; answers how to stop that. */
export function onWorkAdded(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Adds work that is done after this transaction commits, however the process dies: its handler runs
 * at least once from `due_at` on. Adding the same kind and key again replaces payload and due time; when
 * a handler is at it just then, it runs once more after that.
 */
export async function addWork(tx: Transaction, work: NewWork): Promise<void> {
  const build = () =>
    tx
      .insertInto('work')
      .values({
        kind: slot<string>('kind'),
        key: slot<string>('key'),
        payload: slot<string>('payload'),
        due_at: slot<Time>('due_at'),
        lease_until: null,
        last_error: null,
      })
      .onConflict((conflict) =>
        conflict.columns(['kind', 'key']).doUpdateSet({
          payload: slot<string>('payload'),
          due_at: slot<Time>('due_at'),
          attempts: 0,
          last_error: null,
          revision: (eb) => eb('work.revision', '+', 1),
        }),
      )
      .returning('id');
  const { kind, key, due_at } = work;
  const payload = JSON.stringify(work.payload ?? {});
  await runCompiled(tx, 'add work', build, { kind, key, due_at, payload });
  afterCommit(tx, () => {
    for (const listener of listeners) listener();
  });
}

/** The keys of all work of that kind. */
export async function keysOfWork(tx: Transaction, kind: string): Promise<string[]> {
  const rows = await tx.selectFrom('work').select('key').where('kind', '=', kind).execute();
  return rows.map(({ key }) => key);
}

/** Takes work back. False: there was none, for instance because it has been done. */
export async function removeWork(tx: Transaction, kind: string, key: string): Promise<boolean> {
  const build = () =>
    tx
      .deleteFrom('work')
      .where('kind', '=', slot<string>('kind'))
      .where('key', '=', slot<string>('key'))
      .returning('id');
  return (await runCompiled(tx, 'remove work', build, { kind, key })).length > 0;
}

/** Makes sure that work exists, and leaves it alone where it does. */
export async function ensureWork(tx: Transaction, work: NewWork): Promise<void> {
  await tx
    .insertInto('work')
    .values({ ...work, payload: JSON.stringify(work.payload ?? {}), lease_until: null, last_error: null })
    .onConflict((conflict) => conflict.columns(['kind', 'key']).doNothing())
    .execute();
}

/** Makes work that nobody has due by `due_at`, if it is due later. */
export async function hastenWork(
  tx: Transaction,
  { kind, key, due_at }: Pick<NewWork, 'kind' | 'key' | 'due_at'>,
): Promise<void> {
  await tx
    .updateTable('work')
    .set({ due_at })
    .where('kind', '=', kind)
    .where('key', '=', key)
    .where('due_at', '>', due_at)
    .execute();
}

/** The clock was set back by so much: what waits is due as much sooner, in its time as well as in ours. */
export async function bringForward(tx: Transaction, by: number, now: Time): Promise<void> {
  await tx
    .updateTable('work')
    .set((eb) => ({ due_at: eb('due_at', '-', by) }))
    .where('due_at', '>', now)
    .where('lease_until', 'is', null)
    .execute();
}

/** A kind of work, and when its next is due. */
export interface DueKind {
  kind: string;
  at: Time;
}

/** Of which of these kinds there is work, that which is due first at the front. */
export async function nextDue(db: Database, kinds: readonly string[]): Promise<DueKind[]> {
  if (kinds.length === 0) return [];
  const values = Object.fromEntries(kinds.map((kind, index) => [`kind${index}`, kind]));
  const build = () => firstOfEach(db, kinds.length);
  const rows = await runCompiled(db.read, `work of ${kinds.length} kinds`, build, values);
  return rows
    .flatMap(({ kind, at }): DueKind[] => (at === null ? [] : [{ kind, at: Number(at) }]))
    .toSorted((a, b) => a.at - b.at);
}

/** The first of each kind: what is past its time of a kind that has no place left is not walked over. */
function firstOfEach(db: Database, kinds: number) {
  const asked = Array.from(
    { length: kinds },
    (_, index) => sql`SELECT CAST(${slot(`kind${index}`)} AS TEXT) AS kind`,
  );
  return db.read
    .selectFrom(sql<{ kind: string }>`(${sql.join(asked, sql` UNION ALL `)})`.as('asked'))
    .select((eb) => [
      'asked.kind',
      eb
        .selectFrom('work')
        .select(nextLook.as('at'))
        .whereRef('work.kind', '=', 'asked.kind')
        .orderBy(nextLook)
        .orderBy('work.id')
        .limit(sql.lit(1))
        .as('at'),
    ]);
}

/** Takes up to `limit` due works of a kind, the longest due first. Two servers never get the same. */
export async function leaseWork(
  db: Database,
  given: { kind: string; now: Time; lease_until: Time; limit: number },
): Promise<LeasedWork[]> {
  return await db.write(async (tx) => {
    const due = await forUpdateSkipLocked(
      tx,
      tx
        .selectFrom('work')
        .select('id')
        .where('kind', '=', given.kind)
        .where(nextLook, '<=', given.now)
        .orderBy(nextLook)
        .orderBy('id')
        .limit(given.limit),
    ).execute();
    if (due.length === 0) return [];
    const rows = await tx
      .updateTable('work')
      .set((eb) => ({
        lease_until: given.lease_until,
        lease: eb('revision', '+', 1),
        revision: eb('revision', '+', 1),
        attempts: eb('attempts', '+', 1),
      }))
      .where(
        'id',
        'in',
        due.map((row) => row.id),
      )
      .returning(['id', 'kind', 'key', 'payload', 'revision', 'attempts'])
      .execute();
    return rows.map((row) => ({
      ...row,
      payload: JSON.parse(row.payload) as unknown,
      lease_until: given.lease_until,
    }));
  });
}

/** Frees what a server that died here had taken; only for a database that no other server uses. */
export async function releaseLeases(db: Database): Promise<void> {
  await db.write((tx) => tx.updateTable('work').set({ lease_until: null }).execute());
}

/** Holds the work longer. False: it was let go, the lease had ended and somebody else has it, or it is gone. */
export async function renewLease(db: Database, work: LeasedWork, lease_until: Time): Promise<boolean> {
  const { numUpdatedRows } = await db.write((tx) =>
    tx
      .updateTable('work')
      .set({ lease_until })
      .where('id', '=', work.id)
      .where('lease', '=', work.revision)
      .where('lease_until', 'is not', null)
      .executeTakeFirst(),
  );
  return numUpdatedRows > 0n;
}

/** The work is done and goes, unless it was added again meanwhile: then it is only let go. */
export async function completeWork(db: Database, work: LeasedWork): Promise<void> {
  await db.write(async (tx) => {
    const { numDeletedRows } = await tx
      .deleteFrom('work')
      .where('id', '=', work.id)
      .where('revision', '=', work.revision)
      .executeTakeFirst();
    if (numDeletedRows === 0n) await letGo(tx, work);
  });
}

/** The work is due again at `due_at`: after a failure (`last_error`), or because it repeats (null). */
export async function rescheduleWork(
  db: Database,
  work: LeasedWork,
  given: { due_at: Time; last_error: string | null },
): Promise<void> {
  await db.write(async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('work')
      .set({ ...given, lease_until: null, ...(given.last_error === null && { attempts: 0 }) })
      .where('id', '=', work.id)
      .where('revision', '=', work.revision)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) await letGo(tx, work);
  });
}

async function letGo(tx: Transaction, work: LeasedWork): Promise<void> {
  await tx
    .updateTable('work')
    .set({ lease_until: null })
    .where('id', '=', work.id)
    .where('lease', '=', work.revision)
    .execute();
}

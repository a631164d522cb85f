import type { Kysely, Selectable } from 'kysely';
import { digestToken } from '../access/token.ts';
import type { Transaction } from '../db/database.ts';
import { type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { Users } from '../db/rows/access.ts';
import type { PipelineTriggers } from '../db/rows/triggers.ts';
import type { Tables } from '../db/schema.ts';

type Read = Kysely<Tables>;

/** A trigger token's row with what of its owner is shown; `token` is encrypted. */
export interface Trigger extends Selectable<PipelineTriggers> {
  owner: Pick<Selectable<Users>, 'id' | 'username' | 'name' | 'state' | 'public_email'>;
}

/** The project's trigger tokens, by id: one statement, and one for the total. */
export async function listTriggers(
  db: Read,
  project_id: number,
  request: PageRequest,
): Promise<Page<Trigger>> {
  const rows = withOwner(db).where('pipeline_triggers.project_id', '=', project_id);
  const page = await readPage(db, rows, request, { column: 'pipeline_triggers.id', of: ({ id }) => id });
  return { ...page, items: page.items.map(asTrigger) };
}

/** The project's trigger token of this id, or null. */
export async function findTrigger(db: Read, project_id: number, id: number): Promise<Trigger | null> {
  const row = await withOwner(db)
    .where('pipeline_triggers.project_id', '=', project_id)
    .where('pipeline_triggers.id', '=', id)
    .executeTakeFirst();
  return row ? asTrigger(row) : null;
}

/** The row of the token itself, in whatever project; null when there is none such. */
export async function findTriggerByToken(
  db: Read,
  token: string,
): Promise<Selectable<PipelineTriggers> | null> {
  const row = await db
    .selectFrom('pipeline_triggers')
    .selectAll()
    .where('token_digest', '=', digestToken(token))
    .executeTakeFirst();
  return row ?? null;
}

/** Stores a new one, and answers its id. `token` is encrypted. */
export async function insertTrigger(
  tx: Transaction,
  trigger: Omit<Selectable<PipelineTriggers>, 'id' | 'last_used'>,
): Promise<number> {
  const { id } = await tx
    .insertInto('pipeline_triggers')
    .values({ ...trigger, last_used: null })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Changes what can be changed of one. */
export async function updateTrigger(
  tx: Transaction,
  id: number,
  values: Partial<Pick<Selectable<PipelineTriggers>, 'description' | 'owner_id'>>,
  now: number,
): Promise<void> {
  await tx
    .updateTable('pipeline_triggers')
    .set({ ...values, updated_at: now })
    .where('id', '=', id)
    .execute();
}

/** It has begun a pipeline just now. */
export async function noteTriggerUse(tx: Transaction, id: number, now: number): Promise<void> {
  await tx.updateTable('pipeline_triggers').set({ last_used: now }).where('id', '=', id).execute();
}

export async function deleteTrigger(tx: Transaction, id: number): Promise<void> {
  await tx.deleteFrom('pipeline_triggers').where('id', '=', id).execute();
}

const withOwner = (db: Read) =>
  db
    .selectFrom('pipeline_triggers')
    .innerJoin('users', 'users.id', 'pipeline_triggers.owner_id')
    .selectAll('pipeline_triggers')
    .select(['users.username', 'users.name', 'users.state', 'users.public_email']);

type Joined = Selectable<PipelineTriggers> & Omit<Trigger['owner'], 'id'>;

const asTrigger = ({ username, name, state, public_email, ...row }: Joined): Trigger => ({
  ...row,
  owner: { id: row.owner_id, username, name, state, public_email },
});

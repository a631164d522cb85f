import { type Kysely, type Selectable, sql } from 'kysely';
import type { Transaction } from '../db/database.ts';
import { forUpdate } from '../db/dialect.ts';
import { contains, type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { Environments } from '../db/rows/environments.ts';
import type { Tables } from '../db/schema.ts';
import { noteChange } from '../events/change.ts';
import { expirySeconds } from '../ci/duration.ts';
import { isTier, slugOf } from '../ci/environment-words.ts';
import { guessTier, nameProblems } from './environment-name.ts';

type Read = Kysely<Tables>;
export type Environment = Selectable<Environments>;

export const STATES = ['available', 'stopping', 'stopped'] as const;
export type EnvironmentState = (typeof STATES)[number];

export interface EnvironmentFilter {
  project_id: number;
  name?: string;
  /** A part of the name, whatever the case. */
  search?: string;
  state?: EnvironmentState;
}

export async function listEnvironments(
  db: Read,
  { project_id, name, search, state }: EnvironmentFilter,
  request: PageRequest,
): Promise<Page<Environment>> {
  let rows = db.selectFrom('environments').selectAll().where('project_id', '=', project_id);
  if (name !== undefined) rows = rows.where('name', '=', name);
  if (search !== undefined) rows = rows.where(contains(['name'], search));
  if (state !== undefined) rows = rows.where('state', '=', state);
  return await readPage(db, rows, request, { column: 'id', of: ({ id }) => id });
}

export async function findEnvironment(db: Read, project_id: number, id: number): Promise<Environment | null> {
  const row = await db
    .selectFrom('environments')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

export async function findEnvironmentByName(
  db: Read,
  project_id: number,
  name: string,
): Promise<Environment | null> {
  const row = await db
    .selectFrom('environments')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('name', '=', name)
    .executeTakeFirst();
  return row ?? null;
}

export async function findEnvironmentById(db: Read, id: number | null): Promise<Environment | null> {
  if (id === null) return null;
  const row = await db.selectFrom('environments').selectAll().where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** Locks the environment's row until the transaction ends; null: there is none. That of a pipeline comes before it. */
export async function lockEnvironment(tx: Transaction, id: number): Promise<Environment | null> {
  const query = tx.selectFrom('environments').selectAll().where('id', '=', id);
  return (await forUpdate(tx, query).executeTakeFirst()) ?? null;
}

/** What a new environment is; what is left out follows from its name. */
export interface NewEnvironment {
  name: string;
  /** Only what is one makes an environment. */
  tier?: string | undefined;
  /** After which it is to be stopped; anything else than a duration has no effect. */
  auto_stop_in?: string | undefined;
  external_url?: string | null | undefined;
  description?: string | null | undefined;
}

/**
 * The project's environments of these names, by name. Those that are not there are made, but for a bad name or tier. Where
 * several are wanted of one name, the first that says a thing says it for all.
 */
export async function ensureEnvironments(
  tx: Transaction,
  project_id: number,
  wanted: readonly NewEnvironment[],
  now: number,
): Promise<Map<string, Environment>> {
  const names = [...new Set(wanted.map(({ name }) => name))];
  if (names.length === 0) return new Map();
  const good = wanted.filter(
    ({ name, tier }) => nameProblems(name).length === 0 && (tier === undefined || isTier(tier)),
  );
  const made =
    good.length === 0
      ? []
      : await tx
          .insertInto('environments')
          .values(oneOfEach(good).map((each) => rowOf(project_id, each, now)))
          .onConflict((conflict) => conflict.doNothing())
          .returning(['id', 'project_id'])
          .execute();
  for (const row of made) noteChange(tx, { type: 'environment', ...row });
  const rows = await tx
    .selectFrom('environments')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('name', 'in', names)
    .execute();
  return new Map(rows.map((row) => [row.name, row]));
}

const oneOfEach = (wanted: readonly NewEnvironment[]): NewEnvironment[] =>
  [...Map.groupBy(wanted, ({ name }) => name)].map(([name, those]) => {
    const first = <Key extends keyof NewEnvironment>(key: Key) =>
      those.find((each) => each[key] !== undefined)?.[key];
    return {
      name,
      tier: first('tier'),
      auto_stop_in: first('auto_stop_in'),
      external_url: first('external_url'),
      description: first('description'),
    };
  });

/** Null: the project has one of this name. */
export async function insertEnvironment(
  tx: Transaction,
  project_id: number,
  environment: NewEnvironment,
  now: number,
): Promise<Environment | null> {
  const row = await tx
    .insertInto('environments')
    .values(rowOf(project_id, environment, now))
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row) noteChange(tx, { type: 'environment', project_id, id: row.id });
  return row ?? null;
}

const rowOf = (project_id: number, { name, ...given }: NewEnvironment, now: number) => ({
  project_id,
  name,
  slug: slugOf(name),
  tier: given.tier ?? guessTier(name),
  external_url: given.external_url ?? null,
  description: given.description ?? null,
  auto_stop_at: timeAfter(given.auto_stop_in ?? '', now),
  auto_delete_at: null,
  created_at: now,
  updated_at: now,
});

/** The end of a duration that begins at `from`; null: it has none. */
export function timeAfter(duration: string, from: number): number | null {
  const seconds = expirySeconds(duration);
  return seconds === null ? null : from + Math.round(seconds * 1000);
}

export async function updateEnvironmentRow(
  tx: Transaction,
  id: number,
  set: Partial<Omit<Environment, 'id' | 'project_id' | 'name' | 'slug' | 'created_at'>>,
): Promise<Environment | null> {
  const row = await tx
    .updateTable('environments')
    .set(set)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (row) noteChange(tx, { type: 'environment', project_id: row.project_id, id });
  return row ?? null;
}

/** An environment that is being stopped is available after all. */
export async function leaveStopping(tx: Transaction, id: number, now: number): Promise<void> {
  const changed = await tx
    .updateTable('environments')
    .set({ state: 'available', updated_at: now })
    .where('id', '=', id)
    .where('state', '=', 'stopping')
    .returning(['id', 'project_id'])
    .execute();
  for (const row of changed) noteChange(tx, { type: 'environment', ...row });
}

/** Deletes a stopped environment with its deployments. False: it is not stopped, or gone. */
export async function deleteStoppedEnvironment(tx: Transaction, id: number): Promise<boolean> {
  const gone = await tx
    .deleteFrom('environments')
    .where('id', '=', id)
    .where('state', '=', 'stopped')
    .returning(['id', 'project_id'])
    .execute();
  for (const row of gone) noteChange(tx, { type: 'environment', ...row });
  return gone.length > 0;
}

/** Available environments that nothing has happened to since `before`, behind the id `after`. */
export async function staleEnvironments(
  db: Read,
  project_id: number,
  before: number,
  after: number,
  limit: number,
): Promise<{ id: number }[]> {
  return await db
    .selectFrom('environments')
    .select('id')
    .where('project_id', '=', project_id)
    .where('state', '=', 'available')
    .where('updated_at', '<', before)
    .where('id', '>', after)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deployments')
            .select('deployments.id')
            .whereRef('deployments.environment_id', '=', 'environments.id')
            .where('deployments.updated_at', '>=', before),
        ),
      ),
    )
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Stopped environments of the folder review that are older than `before` and not yet on their way out. */
export async function stoppedReviewApps(
  db: Read,
  project_id: number,
  before: number,
  limit: number,
): Promise<Environment[]> {
  return await db
    .selectFrom('environments')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('state', '=', 'stopped')
    .where('auto_delete_at', 'is', null)
    .where('created_at', '<', before)
    // LIKE heeds the case on one of the databases only.
    .where(sql<boolean>`substr(name, 1, 7) = 'review/'`)
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit)
    .execute();
}

import { type Kysely, type Selectable, sql } from 'kysely';
import { ENVIRONMENT_NAME, LONGEST } from '../ci/environment-words.ts';
import { forUpdate } from '../db/dialect.ts';
import type { Transaction } from '../db/database.ts';
import { countUpTo, type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { ResourceGroups } from '../db/rows/jobs.ts';
import type { Tables } from '../db/schema.ts';
import { isHolding } from './job-state.ts';

type Read = Kysely<Tables>;
export type ResourceGroup = Selectable<ResourceGroups>;

export const PROCESS_MODES = ['unordered', 'oldest_first', 'newest_first', 'newest_ready_first'] as const;
export type ProcessMode = (typeof PROCESS_MODES)[number];

/**
 * The ids of the project's groups by their keys; those that are not there are made. A key that no group can
 * have is left out: its job runs without one. It may be what an environment's name may be.
 */
export async function ensureResourceGroups(
  tx: Transaction,
  project_id: number,
  keys: readonly string[],
  now: number,
): Promise<Map<string, number>> {
  const fitting = [...new Set(keys)].filter((key) => key.length <= LONGEST && ENVIRONMENT_NAME.test(key));
  if (fitting.length === 0) return new Map();
  await tx
    .insertInto('resource_groups')
    .values(fitting.map((key) => ({ project_id, key, job_id: null, created_at: now, updated_at: now })))
    .onConflict((conflict) => conflict.columns(['project_id', 'key']).doNothing())
    .execute();
  const rows = await tx
    .selectFrom('resource_groups')
    .select(['id', 'key'])
    .where('project_id', '=', project_id)
    .where('key', 'in', fitting)
    .execute();
  return new Map(rows.map(({ id, key }) => [key, id]));
}

export async function findResourceGroup(
  db: Read,
  project_id: number,
  key: string,
): Promise<ResourceGroup | null> {
  const row = await db
    .selectFrom('resource_groups')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('key', '=', key)
    .executeTakeFirst();
  return row ?? null;
}

export async function findResourceGroupById(db: Read, id: number): Promise<ResourceGroup | null> {
  const row = await db.selectFrom('resource_groups').selectAll().where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

export async function listResourceGroups(
  db: Read,
  project_id: number,
  request: PageRequest,
): Promise<Page<ResourceGroup>> {
  const rows = db.selectFrom('resource_groups').selectAll().where('project_id', '=', project_id);
  return await readPage(db, rows, request, { column: 'id', of: ({ id }) => id });
}

/** Locks the group's row until the transaction ends; null: there is none. The lock of a pipeline comes before it. */
export async function lockResourceGroup(tx: Transaction, id: number): Promise<ResourceGroup | null> {
  const query = tx.selectFrom('resource_groups').selectAll().where('id', '=', id);
  return (await forUpdate(tx, query).executeTakeFirst()) ?? null;
}

export async function updateResourceGroup(
  tx: Transaction,
  id: number,
  set: Partial<Pick<ResourceGroup, 'process_mode' | 'job_id' | 'updated_at'>>,
): Promise<ResourceGroup | null> {
  const row = await tx
    .updateTable('resource_groups')
    .set(set)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

/** The job that has the group's resource now. */
export async function currentHolder(db: Read, group: Pick<ResourceGroup, 'job_id'>): Promise<number | null> {
  if (group.job_id === null) return null;
  const job = await db
    .selectFrom('jobs')
    .select(['id', 'status'])
    .where('id', '=', group.job_id)
    .executeTakeFirst();
  return job && isHolding(job.status) ? job.id : null;
}

/** A job that waits for the resource, or that will. */
export interface UpcomingJob {
  id: number;
  pipeline_id: number;
  environment_id: number | null;
  status: string;
}

/**
 * The jobs that are next, in the order of the group's mode. In the modes that go by pipeline one that has
 * yet to come holds up those behind it.
 */
function upcomingJobs(db: Read, { id, process_mode }: Pick<ResourceGroup, 'id' | 'process_mode'>) {
  const jobs = db
    .selectFrom('jobs')
    .select(['id', 'pipeline_id', 'environment_id', 'status'])
    .where('resource_group_id', '=', id);
  // Literals: the indexes are of these statuses.
  const upcoming = jobs.where(sql<boolean>`status IN ('created', 'scheduled', 'waiting_for_resource')`);
  const waiting = jobs.where(sql<boolean>`status = 'waiting_for_resource'`);
  const waitingFirst = sql`CASE status WHEN 'waiting_for_resource' THEN 0 ELSE 1 END`;
  switch (process_mode as ProcessMode) {
    case 'unordered':
      return waiting.orderBy('pipeline_id').orderBy('id');
    case 'oldest_first':
      return upcoming.orderBy('pipeline_id').orderBy(waitingFirst).orderBy('id');
    case 'newest_first':
      return upcoming.orderBy('pipeline_id', 'desc').orderBy(waitingFirst).orderBy('id');
    case 'newest_ready_first':
      return waiting.orderBy('pipeline_id', 'desc').orderBy('id');
  }
}

/** A page of them, and what it leaves out. */
export async function listUpcomingJobs(
  db: Read,
  group: Pick<ResourceGroup, 'id' | 'process_mode'>,
  request: PageRequest,
): Promise<Page<UpcomingJob>> {
  const jobs = upcomingJobs(db, group);
  const [found, total] = await Promise.all([
    jobs
      .limit(request.limit + 1)
      .offset(request.offset)
      .execute(),
    countUpTo(db, jobs),
  ]);
  const next = found.length > request.limit ? request.offset + request.limit : null;
  return { items: found.slice(0, request.limit), next, total };
}

/** The job that gets the resource next; null: none waits, or one that has yet to come is before it. */
export async function nextUpcoming(
  db: Read,
  group: Pick<ResourceGroup, 'id' | 'process_mode'>,
): Promise<UpcomingJob | null> {
  const first = await upcomingJobs(db, group).limit(1).executeTakeFirst();
  return first?.status === 'waiting_for_resource' ? first : null;
}

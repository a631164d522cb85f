import { type Kysely, type Selectable, sql } from 'kysely';
import { runCompiled, slot } from '../db/compiled.ts';
import type { Transaction } from '../db/database.ts';
import { textRows } from '../db/dialect.ts';
import type { JobStatus } from '../jobs/job-state.ts';
import type { Users } from '../db/rows/access.ts';
import type { Pipelines, PipelineVariables } from '../db/rows/pipelines.ts';
import type { Tables } from '../db/schema.ts';

/** A pipeline's row. */
export type Pipeline = Omit<Selectable<Pipelines>, 'status'> & { status: JobStatus };

/** A pipeline with what its own page of the API shows. */
export interface PipelineDetails extends Pipeline {
  user: Pick<Selectable<Users>, 'id' | 'username' | 'name' | 'state' | 'public_email' | 'profile'> | null;
  /** The mean of the latest jobs' coverage; null when no job states one. */
  coverage: number | null;
}

/** The pipeline of this project, or null. */
export async function findPipeline(
  db: Kysely<Tables>,
  projectId: number,
  pipelineId: number,
): Promise<Pipeline | null> {
  const row = await db
    .selectFrom('pipelines')
    .selectAll()
    .where('id', '=', pipelineId)
    .where('project_id', '=', projectId)
    .executeTakeFirst();
  return row ? asPipeline(row) : null;
}

/** The pipeline of this id in whatever project, or null. */
export async function findPipelineById(db: Kysely<Tables>, pipelineId: number): Promise<Pipeline | null> {
  const row = await db.selectFrom('pipelines').selectAll().where('id', '=', pipelineId).executeTakeFirst();
  return row ? asPipeline(row) : null;
}

/** The row with its status as the type that only statuses have. */
export const asPipeline = (row: Selectable<Pipelines>): Pipeline => ({
  ...row,
  status: row.status as JobStatus,
});

/** The same with its user and what its jobs sum up to: three statements. */
export async function findPipelineDetails(
  db: Kysely<Tables>,
  projectId: number,
  pipelineId: number,
): Promise<PipelineDetails | null> {
  const pipeline = await findPipeline(db, projectId, pipelineId);
  if (!pipeline) return null;
  const [user, sums] = await Promise.all([
    pipeline.user_id === null
      ? undefined
      : db
          .selectFrom('users')
          .select(['id', 'username', 'name', 'state', 'public_email', 'profile'])
          .where('id', '=', pipeline.user_id)
          .executeTakeFirst(),
    db
      .selectFrom('jobs')
      .select((eb) => eb.fn.avg<number | null>('coverage').as('coverage'))
      .where('pipeline_id', '=', pipelineId)
      .where('retried', '=', 0)
      .executeTakeFirst(),
  ]);
  return {
    ...pipeline,
    user: user ?? null,
    coverage: sums?.coverage ?? null,
  };
}

/** The newest pipeline of this commit on this ref that says how the ref is, or null. */
export async function findLatestPipeline(
  db: Kysely<Tables>,
  projectId: number,
  { ref, sha }: { ref: string; sha: string },
): Promise<Pipeline | null> {
  const row = await db
    .selectFrom('pipelines')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('sha', '=', sha)
    .where('ref', '=', ref)
    .where('source', 'not in', DANGLING)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? asPipeline(row) : null;
}

/** The pipeline's variables in the order in which they were given; values encrypted. */
export async function readPipelineVariables(
  db: Kysely<Tables>,
  pipelineId: number,
): Promise<Selectable<PipelineVariables>[]> {
  const build = () =>
    db
      .selectFrom('pipeline_variables')
      .selectAll()
      .where('pipeline_id', '=', slot<number>('pipeline_id'))
      .orderBy('id');
  return await runCompiled(db, 'variables of a pipeline', build, { pipeline_id: pipelineId });
}

/** Pipelines of these sources say nothing about the ref that they run for. */
export const DANGLING = [
  'webide',
  'parent_pipeline',
  'ondemand_dast_scan',
  'ondemand_dast_validation',
  'security_orchestration_policy',
  'container_registry_push',
];

/** Which pipelines a list shows; what is absent does not filter, but child pipelines are only shown when asked for. */
export interface PipelineFilter {
  project_id: number;
  pipeline_schedule_id?: number;
  statuses?: readonly JobStatus[];
  ref?: string;
  sha?: string;
  source?: string;
  /** False: none of branches. */
  tag?: boolean;
  /** Only the newest of each of these branches, or tags where `tag` is true. */
  newest_of?: readonly string[];
  yaml_errors?: boolean;
  username?: string;
  name?: string;
  /** Milliseconds, exclusive. */
  updated_before?: number;
  updated_after?: number;
  created_before?: number;
  created_after?: number;
}

export type PipelineOrder = 'id' | 'status' | 'ref' | 'updated_at' | 'user_id';

export interface PipelinePageRequest {
  sort: 'asc' | 'desc';
  order: PipelineOrder;
  limit: number;
  offset: number;
  /** The id to continue behind; only in the order of ids. */
  after: number | null;
}

export interface PipelinePage {
  items: Pipeline[];
  /** The id to continue behind; null at the end. */
  next: number | null;
  /** The page is short because so many rows were looked at: what is left is found behind `next`, by keyset. */
  bounded: boolean;
}

/** Rows looked at for one page, or counted for a total. */
const SCANNED = 10_000;

/** The filters that an index answers in the order of ids, the most telling first. */
const INDEXED = ['sha', 'ref', 'username', 'status', 'source'] as const;

/** The pipelines of a page: one statement, two when it ends at the bound of its scan. */
export async function listPipelines(
  db: Kysely<Tables>,
  filter: PipelineFilter,
  request: PipelinePageRequest,
): Promise<PipelinePage> {
  const scan = scanned(db, filter, request);
  const page = filtered(db, filter, scan)
    .orderBy(request.order, request.sort)
    .orderBy('id', request.sort)
    .limit(request.limit + 1)
    .offset(request.offset);
  const rows = await page.execute();
  const items = rows.slice(0, request.limit).map(asPipeline);
  if (rows.length > request.limit) return { items, next: items.at(-1)?.id ?? null, bounded: false };
  const [last] = await db
    .selectFrom(scan.clearSelect().select('id').as('scanned'))
    .select('id')
    .orderBy('id', request.sort)
    .limit(1)
    .offset(SCANNED - 1)
    .execute();
  return { items, next: last?.id ?? null, bounded: last !== undefined };
}

/** How many there are, null when there are more than SCANNED, or finding out would take a longer scan. */
export async function countPipelines(db: Kysely<Tables>, filter: PipelineFilter): Promise<number | null> {
  const request = { sort: 'desc', order: 'id', after: null, limit: 0, offset: 0 } as const;
  const scan = scanned(db, filter, request, SCANNED + 1);
  const [found, seen] = await Promise.all([
    filtered(db, filter, scan)
      .clearSelect()
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow(),
    db
      .selectFrom(scan.clearSelect().select('id').as('scanned'))
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow(),
  ]);
  return Number(seen.count) > SCANNED ? null : Number(found.count);
}

/**
 * The stretch of the driving index that a page looks at. In the orders that have an index of their own the
 * filters look at its rows; the order of refs sorts the newest rows only.
 */
function scanned(db: Kysely<Tables>, filter: PipelineFilter, request: PipelinePageRequest, bound = SCANNED) {
  let rows = db.selectFrom('pipelines').selectAll().where('project_id', '=', filter.project_id);
  if (filter.newest_of) rows = rows.where('id', 'in', newestOf(db, filter, filter.newest_of));
  if (request.after !== null) rows = rows.where('id', request.sort === 'asc' ? '>' : '<', request.after);
  if (request.order !== 'id' && request.order !== 'ref')
    return rows.orderBy(request.order, request.sort).orderBy('id', request.sort).limit(bound);
  if (filter.pipeline_schedule_id !== undefined)
    return rows
      .where('pipeline_schedule_id', '=', filter.pipeline_schedule_id)
      .orderBy('id', request.sort)
      .limit(bound);
  const driver = INDEXED.find((part) =>
    part === 'status' ? filter.statuses?.length === 1 : filter[part] !== undefined,
  );
  if (driver === 'sha' && filter.sha !== undefined) rows = rows.where('sha', '=', filter.sha);
  if (driver === 'ref' && filter.ref !== undefined) rows = rows.where('ref', '=', filter.ref);
  if (driver === 'source' && filter.source !== undefined) rows = rows.where('source', '=', filter.source);
  if (driver === 'status' && filter.statuses) rows = rows.where('status', 'in', filter.statuses);
  if (driver === 'username' && filter.username !== undefined)
    rows = rows.where('user_id', '=', userNamed(db, filter.username));
  return rows.orderBy('id', request.sort).limit(bound);
}

/** Ids: a step down an index for each ref. */
const newestOf = (db: Kysely<Tables>, { project_id, tag }: PipelineFilter, refs: readonly string[]) =>
  sql<number>`(SELECT id FROM (
    SELECT (
      SELECT id FROM pipelines
      WHERE project_id = ${project_id} AND ref = given.value AND tag = ${tag ? 1 : 0} AND source <> 'parent_pipeline'
      ORDER BY id DESC LIMIT 1
    ) AS id FROM ${textRows(db, refs)}
  ) AS newest WHERE id IS NOT NULL)`;

const userNamed = (db: Kysely<Tables>, username: string) =>
  db
    .selectFrom('users')
    .select('users.id')
    .where((eb) => eb(eb.fn<string>('lower', ['username']), '=', username.toLowerCase()));

function filtered(db: Kysely<Tables>, filter: PipelineFilter, scan: ReturnType<typeof scanned>) {
  let rows = db.selectFrom(scan.as('scanned')).selectAll();
  if (filter.statuses && filter.statuses.length > 0) rows = rows.where('status', 'in', filter.statuses);
  if (filter.sha !== undefined) rows = rows.where('sha', '=', filter.sha);
  if (filter.ref !== undefined) rows = rows.where('ref', '=', filter.ref);
  rows =
    filter.source === undefined
      ? rows.where('source', '<>', 'parent_pipeline')
      : rows.where('source', '=', filter.source);
  if (filter.name !== undefined) rows = rows.where('name', '=', filter.name);
  if (filter.tag !== undefined) rows = rows.where('tag', '=', filter.tag ? 1 : 0);
  if (filter.yaml_errors !== undefined)
    rows = rows.where('yaml_errors', filter.yaml_errors ? 'is not' : 'is', null);
  if (filter.username !== undefined) rows = rows.where('user_id', '=', userNamed(db, filter.username));
  if (filter.created_after !== undefined) rows = rows.where('created_at', '>', filter.created_after);
  if (filter.created_before !== undefined) rows = rows.where('created_at', '<', filter.created_before);
  if (filter.updated_after !== undefined) rows = rows.where('updated_at', '>', filter.updated_after);
  if (filter.updated_before !== undefined) rows = rows.where('updated_at', '<', filter.updated_before);
  return rows;
}

export async function writePriority(tx: Transaction, pipelineId: number, priority: number): Promise<void> {
  await tx.updateTable('pipelines').set({ priority }).where('id', '=', pipelineId).execute();
}

import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Transaction } from '../db/database.ts';
import { padded, runCompiled, slot } from '../db/compiled.ts';
import { forUpdateSkipLocked } from '../db/dialect.ts';
import type { Tables } from '../db/schema.ts';
import { fitsTags, type MatchedRunner } from './match-runner.ts';

/** The column by which the jobs of a runner's scope are found; each begins an index of the queue. */
const SCOPES = {
  instance_type: 'shared_runners_enabled',
  group_type: 'namespace_id',
  project_type: 'project_id',
} as const;

/** Jobs that are equal to a runner: same scope, same tags, same protection. The index has them in order. */
interface Group {
  scope_id: number;
  tag_list: string;
  protected: 0 | 1;
}

/** A job at the head of the queue. */
export interface QueuedJob {
  job_id: number;
  pipeline_id: number;
}

/** Puts pending jobs into the queue. */
export async function enterQueue(tx: Transaction, jobIds: readonly number[], now: number): Promise<void> {
  if (jobIds.length === 0) return;
  await tx
    .insertInto('job_queue')
    .columns([
      'job_id',
      'pipeline_id',
      'project_id',
      'namespace_id',
      'tag_list',
      'protected',
      'shared_runners_enabled',
      'since',
    ])
    .expression(
      tx
        .selectFrom('jobs')
        .innerJoin('projects', 'projects.id', 'jobs.project_id')
        .select([
          'jobs.id',
          'jobs.pipeline_id',
          'jobs.project_id',
          'projects.namespace_id',
          'jobs.tag_list',
          'jobs.protected',
          'projects.shared_runners_enabled',
          // PostgreSQL takes a parameter in this place for text unless told.
          sql<number>`CAST(${now} AS BIGINT)`.as('since'),
        ])
        .where('jobs.id', 'in', padded(jobIds)),
    )
    .execute();
}

/** Takes jobs out of the queue. */
export async function leaveQueue(tx: Transaction, jobIds: readonly number[]): Promise<void> {
  if (jobIds.length === 0) return;
  await tx.deleteFrom('job_queue').where('job_id', 'in', padded(jobIds)).execute();
}

/** Brings the queue to the project's present namespace and settings, in the transaction that changes them. */
export async function requeueProject(tx: Transaction, projectId: number): Promise<void> {
  await sql`UPDATE job_queue SET (namespace_id, shared_runners_enabled) =
    (SELECT namespace_id, shared_runners_enabled FROM projects WHERE id = ${projectId})
    WHERE project_id = ${projectId}`.execute(tx);
}

/**
 * The groups of pending jobs that the runner may take, and the head of each, the first in order at the
 * front. Reads one index entry a tag list and group, however many jobs wait.
 */
async function fittingGroups(
  db: Kysely<Tables>,
  runner: MatchedRunner,
): Promise<(Group & { pipeline_id: number })[]> {
  if (runner.active === 0) return [];
  const lists = await waitingTagLists(db, runner);
  const levels: (0 | 1)[] = runner.access_level === 'ref_protected' ? [1] : [0, 1];
  const groups = lists
    .filter(({ tag_list }) => fitsTags(runner, tag_list))
    .flatMap((list) => levels.map((level): Group => ({ ...list, protected: level })));
  const heads: (Group & QueuedJob & { priority: number })[] = [];
  for (let from = 0; from < groups.length; from += HEADS_AT_ONCE)
    heads.push(...(await headsOf(db, runner, groups.slice(from, from + HEADS_AT_ONCE))));
  return heads.toSorted((a, b) => a.priority - b.priority || a.job_id - b.job_id);
}

/** The distinct tag lists of the pending jobs in each part of the runner's scope, skipping along the index. */
async function waitingTagLists(
  db: Kysely<Tables>,
  runner: MatchedRunner,
): Promise<Omit<Group, 'protected'>[]> {
  const column = sql.ref(SCOPES[runner.runner_type]);
  const { rows } = await sql<Omit<Group, 'protected'>>`
    WITH RECURSIVE scope (id) AS (${scopeOf(runner)}),
    lists (scope_id, tag_list) AS (
      SELECT scope.id, (SELECT min(tag_list) FROM job_queue WHERE ${column} = scope.id) FROM scope
      UNION ALL
      SELECT scope_id, (SELECT min(job_queue.tag_list) FROM job_queue
        WHERE ${column} = lists.scope_id AND job_queue.tag_list > lists.tag_list)
      FROM lists WHERE tag_list IS NOT NULL
    )
    SELECT scope_id, tag_list FROM lists WHERE tag_list IS NOT NULL`.execute(db);
  return rows;
}

function scopeOf(runner: MatchedRunner): RawBuilder<unknown> {
  if (runner.runner_type === 'instance_type') return sql`SELECT 1`;
  if (runner.runner_type === 'project_type')
    return sql`SELECT project_id FROM runner_projects WHERE runner_id = ${runner.id}`;
  return sql`SELECT namespace_id FROM runner_namespaces WHERE runner_id = ${runner.id}
    UNION SELECT namespaces.id FROM namespaces INNER JOIN scope ON namespaces.parent_id = scope.id`;
}

const HEADS_AT_ONCE = 32;

async function headsOf(
  db: Kysely<Tables>,
  runner: MatchedRunner,
  groups: readonly Group[],
): Promise<(Group & QueuedJob & { priority: number })[]> {
  const indices = padded(groups.map((_, index) => index));
  const values: Record<string, unknown> = {};
  indices.forEach((index, at) => {
    const group = groups[index];
    values[`scope${at}`] = group?.scope_id;
    values[`tags${at}`] = group?.tag_list;
    values[`protected${at}`] = group?.protected;
  });
  const build = () => {
    const column = SCOPES[runner.runner_type];
    const heads = indices.map((_, at) =>
      db
        .selectFrom(
          db
            .selectFrom('job_queue')
            .select(['job_id', 'pipeline_id', 'priority', `${column} as scope_id`, 'tag_list', 'protected'])
            .where(column, '=', slot<number>(`scope${at}`))
            .where('tag_list', '=', slot<string>(`tags${at}`))
            .where('protected', '=', slot<0 | 1>(`protected${at}`))
            .orderBy('priority')
            .orderBy('job_id')
            .limit(1)
            .as(`head${at}`),
        )
        .selectAll(),
    );
    const [first, ...others] = heads;
    if (!first) throw new Error('no group');
    return others.reduce((union, each) => union.unionAll(each), first);
  };
  const rows = await runCompiled(db, `heads ${runner.runner_type} ${indices.length}`, build, values);
  return [...new Map(rows.map((row) => [row.job_id, row])).values()];
}

/** Whether any pending job fits the runner, told from committed state. */
export async function hasWaitingJob(db: Kysely<Tables>, runner: MatchedRunner): Promise<boolean> {
  return (await fittingGroups(db, runner)).length > 0;
}

/**
 * The first pending job that fits the runner and whose pipeline nobody holds; its pipeline is locked with
 * it. `busy`: jobs fit, but others are at work on their pipelines; here is one to wait for. Never waits
 * for a lock, so it can be called while others are held.
 */
export async function nextInQueue(
  tx: Transaction,
  runner: MatchedRunner,
): Promise<{ found: QueuedJob } | { busy: QueuedJob['pipeline_id'] } | null> {
  const groups = await fittingGroups(tx, runner);
  for (const group of groups) {
    const query = tx
      .selectFrom('job_queue')
      .innerJoin('pipelines', 'pipelines.id', 'job_queue.pipeline_id')
      .select(['job_queue.job_id', 'job_queue.pipeline_id'])
      .where(`job_queue.${SCOPES[runner.runner_type]}`, '=', group.scope_id)
      .where('job_queue.tag_list', '=', group.tag_list)
      .where('job_queue.protected', '=', group.protected)
      .orderBy('job_queue.priority')
      .orderBy('job_queue.job_id')
      .limit(1);
    const found = await forUpdateSkipLocked(tx, query, 'pipelines').executeTakeFirst();
    if (found) return { found };
  }
  const [first] = groups;
  return first ? { busy: first.pipeline_id } : null;
}

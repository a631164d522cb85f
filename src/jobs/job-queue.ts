import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import type { Transaction } from '../db/database.ts';
import { padded, runCompiled, slot } from '../db/compiled.ts';
import { forUpdateSkipLocked } from '../db/dialect.ts';
import type { Runners, Tables } from '../db/schema.ts';

/** What of a runner decides which jobs it may take. */
export type MatchedRunner = Pick<
  Selectable<Runners>,
  'id' | 'runner_type' | 'active' | 'run_untagged' | 'access_level' | 'tag_list'
>;

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

/** Whether the runner's own settings let it take jobs with these tags (a JSON list). */
function fitsTags(runner: Pick<MatchedRunner, 'tag_list' | 'run_untagged'>, tagList: string): boolean {
  const tags = JSON.parse(tagList) as string[];
  if (tags.length === 0) return runner.run_untagged === 1;
  const own = new Set(JSON.parse(runner.tag_list) as string[]);
  return tags.every((tag) => own.has(tag));
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

/** Where a pending job stands, as far as runners' scopes go. */
interface Place {
  project_id: number;
  namespace_id: number;
  shared_runners_enabled: number;
}

/** Which of these runners have the pending job in their scope, told from committed state. */
export async function runnersInScope(
  db: Kysely<Tables>,
  jobId: number,
  runnerIds: readonly number[],
): Promise<Set<number>> {
  const place = await db
    .selectFrom('job_queue')
    .select(['project_id', 'namespace_id', 'shared_runners_enabled'])
    .where('job_id', '=', jobId)
    .executeTakeFirst();
  if (!place) return new Set();
  const runners = await runnersOf(db, place, sql`runners.id IN (${sql.join(padded(runnerIds))})`);
  return new Set(runners.map(({ id }) => id));
}

/** The runners that have the place in their scope, of those that the condition names. */
async function runnersOf(
  db: Kysely<Tables>,
  place: Place,
  condition: RawBuilder<unknown>,
): Promise<MatchedRunner[]> {
  const { rows } = await sql<MatchedRunner>`
    WITH RECURSIVE above (id, parent_id) AS (
      SELECT id, parent_id FROM namespaces WHERE id = ${place.namespace_id}
      UNION SELECT namespaces.id, namespaces.parent_id
        FROM namespaces INNER JOIN above ON namespaces.id = above.parent_id
    )
    SELECT id, runner_type, active, run_untagged, access_level, tag_list FROM runners
    WHERE ${condition} AND (
      (runner_type = 'instance_type' AND 1 = ${place.shared_runners_enabled})
      OR (runner_type = 'project_type' AND EXISTS (SELECT 1 FROM runner_projects
        WHERE runner_id = runners.id AND project_id = ${place.project_id}))
      OR (runner_type = 'group_type' AND EXISTS (SELECT 1 FROM runner_namespaces
        INNER JOIN above ON above.id = namespace_id WHERE runner_id = runners.id)))`.execute(db);
  return rows;
}

/** A job that has been pending for long, with what its runners are found by. */
export interface StuckJob extends QueuedJob, Place {
  tag_list: string;
  protected: 0 | 1;
  since: number;
}

/** Whether a runner that has called since `contacted_since` may take the job. */
export async function mayBeTaken(
  db: Kysely<Tables>,
  job: StuckJob,
  contacted_since: number,
): Promise<boolean> {
  const online = sql`active = 1 AND contacted_at >= ${contacted_since}`;
  const runners = await runnersOf(db, job, online);
  return runners.some((runner) => mayTake(runner, job));
}

/** Whether the runner's own settings let it take the job; its scope is another matter. */
export function mayTake(runner: MatchedRunner, job: { tag_list: string; protected: 0 | 1 }): boolean {
  if (runner.active === 0) return false;
  if (runner.access_level === 'ref_protected' && job.protected === 0) return false;
  return fitsTags(runner, job.tag_list);
}

/** The jobs that have been pending since `until` or longer, the longest first, behind `after`. */
export async function oldestQueued(
  db: Kysely<Tables>,
  until: number,
  after: { since: number; job_id: number },
  limit: number,
): Promise<StuckJob[]> {
  return await db
    .selectFrom('job_queue')
    .selectAll()
    .where('since', '<=', until)
    .where((eb) =>
      eb.or([
        eb('since', '>', after.since),
        eb.and([eb('since', '=', after.since), eb('job_id', '>', after.job_id)]),
      ]),
    )
    .orderBy('since')
    .orderBy('job_id')
    .limit(limit)
    .execute();
}

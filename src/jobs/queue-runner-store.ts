import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inPortions, padded } from '../db/compiled.ts';
import type { Tables } from '../db/schema.ts';
import type { QueuedJob } from './job-queue.ts';
import { type MatchedJob, type MatchedRunner, mayTake } from './match-runner.ts';
import type { ConsideredRunner } from './why-not.ts';

/** Where a pending job stands, as far as runners' scopes go. */
interface Place {
  project_id: number;
  namespace_id: number;
  shared_runners_enabled: number;
}

/** Which of these runners have the pending job in their scope, told from committed state; null when it is not pending any more. */
export async function runnersInScope(
  db: Kysely<Tables>,
  jobId: number,
  runnerIds: readonly number[],
): Promise<Set<number> | null> {
  const place = await db
    .selectFrom('job_queue')
    .innerJoin('projects', 'projects.id', 'job_queue.project_id')
    .select(['project_id', 'namespace_id', 'shared_runners_enabled'])
    .where('job_id', '=', jobId)
    .executeTakeFirst();
  if (!place) return null;
  const runners = await inPortions(runnerIds, (some) =>
    runnersOf(db, place, sql`runners.id IN (${sql.join(some)})`),
  );
  return new Set(runners.map(({ id }) => id));
}

/** The runners that have the place in their scope, of those that the condition names. */
async function runnersOf(
  db: Kysely<Tables>,
  place: Place,
  condition: RawBuilder<unknown>,
): Promise<MatchedRunner[]> {
  const { rows } = await sql<MatchedRunner>`
    WITH RECURSIVE ${assignedTo(place)} ${inScope(place, condition)}`.execute(db);
  return rows;
}

/** For WITH RECURSIVE: the runners of the place's project and of the namespaces that it is in, as `assigned`. */
const assignedTo = ({ project_id, namespace_id }: Place) => sql`above (id, parent_id) AS (
  SELECT id, parent_id FROM namespaces WHERE id = ${namespace_id}
  UNION SELECT namespaces.id, namespaces.parent_id
    FROM namespaces INNER JOIN above ON namespaces.id = above.parent_id
), assigned (id) AS (
  SELECT runner_id FROM runner_projects WHERE project_id = ${project_id}
  UNION SELECT runner_id FROM runner_namespaces WHERE namespace_id IN (SELECT id FROM above)
)`;

const COLUMNS = sql`id, runner_type, active, run_untagged, access_level, tag_list, description, contacted_at`;

/** Those that have the place in their scope, each found by an index, however many there are of others; takes `assigned`. */
const inScope = ({ shared_runners_enabled }: Place, condition: RawBuilder<unknown>) => sql`
  SELECT ${COLUMNS} FROM runners
    WHERE runner_type = 'instance_type' AND 1 = ${shared_runners_enabled} AND ${condition}
  UNION ALL SELECT ${COLUMNS} FROM runners
    WHERE runner_type <> 'instance_type' AND id IN (SELECT id FROM assigned) AND ${condition}`;

const MOST_RUNNERS = 1000;

/**
 * The runners that might take the project's jobs, the newest first: all of the instance, its groups' and its own;
 * with `everywhere` those of other projects and groups too. However many those are, the project's own are among them.
 */
export async function runnersAround(
  db: Kysely<Tables>,
  place: Place,
  { everywhere }: { everywhere: boolean },
): Promise<(ConsideredRunner & { description: string | null })[]> {
  const others = everywhere ? sql`1 = 1` : sql`runner_type = 'instance_type'`;
  const { rows } = await sql<
    MatchedRunner & { description: string | null; contacted_at: number | null; in_scope: number }
  >`
    WITH RECURSIVE ${assignedTo(place)}, own AS (${inScope(place, sql`1 = 1`)})
    SELECT * FROM (
      SELECT own.*, 1 AS in_scope FROM own
      UNION ALL SELECT * FROM (
        SELECT ${COLUMNS}, 0 AS in_scope FROM runners
        WHERE ${others} AND id NOT IN (SELECT id FROM own) ORDER BY id DESC LIMIT ${MOST_RUNNERS}
      ) AS others
    ) AS around
    ORDER BY in_scope DESC, id DESC LIMIT ${MOST_RUNNERS}`.execute(db);
  return rows.map((row) => ({ ...row, in_scope: row.in_scope === 1 }));
}

/** How many jobs each of these runners has now. */
export async function busyRunners(
  db: Kysely<Tables>,
  runnerIds: readonly number[],
): Promise<Map<number | null, number>> {
  if (runnerIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('jobs')
    .select((eb) => ['runner_id', eb.fn.countAll<number>().as('count')])
    .where('runner_id', 'in', padded(runnerIds))
    .where(sql<boolean>`status IN ('running', 'canceling')`)
    .groupBy('runner_id')
    .execute();
  return new Map(rows.map(({ runner_id, count }) => [runner_id, Number(count)]));
}

/** A job that has been pending for long, with what its runners are found by. */
export interface StuckJob extends QueuedJob, Place, MatchedJob {
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

/** The jobs that have been pending since `until` or longer, the longest first, behind `after`. */
export async function oldestQueued(
  db: Kysely<Tables>,
  until: number,
  after: { since: number; job_id: number },
  limit: number,
): Promise<StuckJob[]> {
  return await db
    .selectFrom('job_queue')
    .innerJoin('projects', 'projects.id', 'job_queue.project_id')
    .selectAll('job_queue')
    .select(['namespace_id', 'shared_runners_enabled'])
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

/** The pending jobs that were created before that moment. */
export async function queuedBefore(
  db: Kysely<Tables>,
  created_before: number,
  limit: number,
): Promise<{ id: number; pipeline_id: number }[]> {
  return await db
    .selectFrom('job_queue')
    .innerJoin('jobs', 'jobs.id', 'job_queue.job_id')
    .select(['jobs.id', 'jobs.pipeline_id'])
    .where('jobs.created_at', '<', created_before)
    .orderBy('jobs.id')
    .limit(limit)
    .execute();
}

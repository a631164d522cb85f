import { type Kysely, type RawBuilder, sql } from 'kysely';
import { padded } from '../db/compiled.ts';
import type { Tables } from '../db/schema.ts';
import type { MatchedRunner } from './match-runner.ts';

/** Projects that take turns with the job's own, as far as they are counted. */
const PROJECTS = 500;
/** Jobs counted before a position; what stands further back has none. */
const POSITION_LIMIT = 10_000;
/**
 * Jobs counted of each of them at first. Of those that have as many, if they are not too far already, so many times
 * as many are: so each look reads no more than that multiple of POSITION_LIMIT.
 */
const FIRST_LOOK = POSITION_LIMIT / PROJECTS;
const LOOK_FURTHER = 8;

/** A runner that can take the job. */
type Taker = Pick<MatchedRunner, 'id' | 'runner_type'>;

/**
 * How many jobs are handed out until this one is, itself included, as the queue stands: those of a higher
 * priority, its own project's before it, and with each of these one of every other project that its runners work for.
 * Null when the job is not in the queue, or too far back to say.
 */
export async function queuePosition(
  db: Kysely<Tables>,
  jobId: number,
  takers: readonly Taker[],
): Promise<number | null> {
  const job = await db
    .selectFrom('job_queue')
    .innerJoin('queued_projects', (join) =>
      join
        .onRef('queued_projects.project_id', '=', 'job_queue.project_id')
        .onRef('queued_projects.tag_list', '=', 'job_queue.tag_list')
        .onRef('queued_projects.protected', '=', 'job_queue.protected')
        .onRef('queued_projects.priority', '=', 'job_queue.priority'),
    )
    .selectAll('job_queue')
    .select('queued_projects.turn')
    .where('job_id', '=', jobId)
    .executeTakeFirst();
  if (!job) return null;
  const same = sql`tag_list = ${job.tag_list} AND protected = ${job.protected}`;
  const own = sql`project_id = ${job.project_id} AND ${same} AND priority = ${job.priority} AND job_id < ${jobId}`;
  const { rows: before } = await sql<{
    count: number;
  }>`SELECT ${counted(own, POSITION_LIMIT)} AS count`.execute(db);
  const mine = Number(before[0]?.count ?? 0);
  const others = sql`${workedFor(takers)} AND ${same}
    AND (priority > ${job.priority} OR (priority = ${job.priority} AND project_id <> ${job.project_id}))`;
  /** How many of the project's jobs can come before: all of a higher priority, else one a turn. */
  const most = ({ priority, turn }: Waiting) =>
    priority > job.priority ? POSITION_LIMIT : mine + (turn < job.turn ? 1 : 0);
  let ahead = mine;
  let look = FIRST_LOOK;
  for (let rows = await waiting(db, others, look); ;) {
    const more = rows.filter((row) => row.count === look && look < most(row));
    const known = rows.filter((row) => !more.includes(row));
    for (const row of known) ahead += Math.min(row.count, most(row));
    if (ahead + more.length * look >= POSITION_LIMIT) return null;
    if (more.length === 0) return ahead + 1;
    look *= LOOK_FURTHER;
    const places = more.map(
      ({ project_id, priority }) => sql`(CAST(${project_id} AS BIGINT), CAST(${priority} AS BIGINT))`,
    );
    const those = sql`${same} AND (project_id, priority) IN (VALUES ${sql.join(places)})`;
    rows = await waiting(db, those, look);
  }
}

/** The queued projects that these runners work for, those of the server where one is among them, or none can take the job. */
function workedFor(takers: readonly Taker[]): RawBuilder<unknown> {
  const idsOf = (type: Taker['runner_type']) =>
    takers.filter(({ runner_type }) => runner_type === type).map(({ id }) => id);
  if (takers.length === 0 || idsOf('instance_type').length > 0)
    return sql`queued_projects.shared_runners_enabled = 1`;
  const [ofGroups, ofProjects] = [idsOf('group_type'), idsOf('project_type')];
  const scopes = [
    ...(ofGroups.length === 0
      ? []
      : [
          sql`queued_projects.namespace_id IN (WITH RECURSIVE scope (id) AS (
            SELECT namespace_id FROM runner_namespaces WHERE runner_id IN (${sql.join(padded(ofGroups))})
            UNION SELECT namespaces.id FROM namespaces INNER JOIN scope ON namespaces.parent_id = scope.id
          ) SELECT id FROM scope)`,
        ]),
    ...(ofProjects.length === 0
      ? []
      : [
          sql`queued_projects.project_id IN (SELECT project_id FROM runner_projects
            WHERE runner_id IN (${sql.join(padded(ofProjects))}))`,
        ]),
  ];
  return sql`(${sql.join(scopes, sql` OR `)})`;
}

/** A project in the row, with how many jobs it has there, as far as they were counted. */
interface Waiting {
  project_id: number;
  priority: number;
  turn: number;
  count: number;
}

async function waiting(db: Kysely<Tables>, condition: RawBuilder<unknown>, most: number): Promise<Waiting[]> {
  const ofRow = sql`job_queue.project_id = queued_projects.project_id AND job_queue.tag_list = queued_projects.tag_list
    AND job_queue.protected = queued_projects.protected AND job_queue.priority = queued_projects.priority`;
  const { rows } = await sql<Waiting>`
    SELECT project_id, priority, turn, ${counted(ofRow, most)} AS count FROM queued_projects
    WHERE ${condition} ORDER BY priority DESC, turn LIMIT ${PROJECTS}`.execute(db);
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

const counted = (condition: RawBuilder<unknown>, most: number) =>
  sql<number>`(SELECT count(*) FROM (SELECT 1 FROM job_queue WHERE ${condition} LIMIT ${most}) AS bounded)`;

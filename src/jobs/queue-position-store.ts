import { type Kysely, sql } from 'kysely';
import type { Tables } from '../db/schema.ts';

/** Jobs counted before a position; what stands further back has none. */
const POSITION_LIMIT = 10_000;
/** Projects that take turns with the job's own, as far as they are counted. */
const PROJECTS = 500;

/** Which of the queued jobs count: those that the widest of the job's runners takes. */
export type QueueScope = 'instance_type' | 'group_type' | 'project_type';

/**
 * How many jobs are handed out until this one is, itself included, as the queue stands: those of a higher
 * priority, its own project's before it, and with each of these one of every other project. Null when the job is
 * not in the queue, or too far back to say.
 */
export async function queuePosition(
  db: Kysely<Tables>,
  jobId: number,
  scope: QueueScope,
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
    .select(['queued_projects.turn', 'queued_projects.namespace_id'])
    .where('job_id', '=', jobId)
    .executeTakeFirst();
  if (!job) return null;
  const same = sql`tag_list = ${job.tag_list} AND protected = ${job.protected}`;
  const own = sql`project_id = ${job.project_id} AND ${same} AND priority = ${job.priority} AND job_id < ${jobId}`;
  const { rows: before } = await sql<{
    count: number;
  }>`SELECT ${counted(own, POSITION_LIMIT)} AS count`.execute(db);
  const mine = Number(before[0]?.count ?? 0);
  const within = {
    instance_type: sql`queued_projects.shared_runners_enabled = 1`,
    group_type: sql`queued_projects.namespace_id = ${job.namespace_id}`,
    project_type: sql`queued_projects.project_id = ${job.project_id}`,
  }[scope];
  const ofRow = sql`job_queue.project_id = queued_projects.project_id AND job_queue.tag_list = queued_projects.tag_list
    AND job_queue.protected = queued_projects.protected AND job_queue.priority = queued_projects.priority`;
  const { rows } = await sql<{ priority: number; turn: number; count: number }>`
    SELECT priority, turn, ${counted(ofRow, POSITION_LIMIT)} AS count FROM queued_projects
    WHERE ${within} AND ${same}
      AND (priority > ${job.priority} OR (priority = ${job.priority} AND project_id <> ${job.project_id}))
    ORDER BY priority DESC, turn LIMIT ${PROJECTS}`.execute(db);
  let ahead = mine;
  for (const { priority, turn, count } of rows) {
    const turns = mine + (turn < job.turn ? 1 : 0);
    ahead += priority > job.priority ? Number(count) : Math.min(Number(count), turns);
  }
  return ahead >= POSITION_LIMIT ? null : ahead + 1;
}

const counted = (condition: ReturnType<typeof sql>, most: number) =>
  sql<number>`(SELECT count(*) FROM (SELECT 1 FROM job_queue WHERE ${condition} LIMIT ${most}) AS bounded)`;

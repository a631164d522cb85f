import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Transaction } from '../db/database.ts';
import { runCompiled, slot, slotList, asStatement } from '../db/compiled.ts';
import { forUpdateSkipLocked } from '../db/dialect.ts';
import type { Tables } from '../db/schema.ts';
import type { MatchedRunner } from './match-runner.ts';
import { fittingTurns, forgetIfEmpty, passTurn, type Turn } from './queue-turn-store.ts';

/** A job at the head of the queue. */
export interface QueuedJob {
  job_id: number;
  pipeline_id: number;
}

/** Puts pending jobs into the queue, and their projects in the row of those that take turns. */
export async function enterQueue(tx: Transaction, jobIds: readonly number[], now: number): Promise<void> {
  if (jobIds.length === 0) return;
  const { isOneOf, values, shape } = slotList(tx, jobIds);
  const enter = () => sql<object>`
    INSERT INTO job_queue (job_id, pipeline_id, project_id, tag_list, protected, priority, since)
    SELECT jobs.id, jobs.pipeline_id, jobs.project_id, jobs.tag_list, jobs.protected, pipelines.priority,
      CAST(${slot('now')} AS BIGINT)
    FROM jobs INNER JOIN pipelines ON pipelines.id = jobs.pipeline_id WHERE ${isOneOf('jobs.id')}`;
  await runCompiled(tx, `${shape} jobs enter the queue`, () => asStatement(tx, enter()), { ...values, now });
  await takeTurns(tx, `${shape} jobs`, () => isOneOf('job_queue.job_id'), values);
}

/** Takes jobs out of the queue. */
export async function leaveQueue(tx: Transaction, jobIds: readonly number[]): Promise<void> {
  if (jobIds.length === 0) return;
  const { isOneOf, values, shape } = slotList(tx, jobIds);
  const build = () => tx.deleteFrom('job_queue').where(isOneOf('job_id')).returning('job_id');
  await runCompiled(tx, `${shape} jobs leave the queue`, build, values);
}

/** Brings the queue to the project's present namespace and settings, in the transaction that changes them. */
export async function requeueProject(tx: Transaction, projectId: number): Promise<void> {
  await sql`UPDATE queued_projects SET (namespace_id, shared_runners_enabled) =
    (SELECT namespace_id, shared_runners_enabled FROM projects WHERE id = ${projectId})
    WHERE project_id = ${projectId}`.execute(tx);
}

/** Brings the queue to the pipeline's present priority, in the transaction that changes it. */
export async function requeuePipeline(tx: Transaction, pipelineId: number): Promise<void> {
  await sql`UPDATE job_queue SET priority = (SELECT priority FROM pipelines WHERE id = ${pipelineId})
    WHERE pipeline_id = ${pipelineId}`.execute(tx);
  await takeTurns(tx, 'a pipeline', () => sql`job_queue.pipeline_id = ${slot('pipeline_id')}`, {
    pipeline_id: pipelineId,
  });
}

/**
 * Sees to it that each project of these queued jobs stands in the row. A row that is there already is locked,
 * so that nobody takes it for empty before this transaction ends.
 */
async function takeTurns(
  tx: Transaction,
  shape: string,
  jobs: () => RawBuilder<unknown>,
  values: Record<string, unknown>,
): Promise<void> {
  const build = () =>
    asStatement(
      tx,
      sql<object>`INSERT INTO queued_projects
        (project_id, namespace_id, shared_runners_enabled, tag_list, protected, priority, turn)
      SELECT projects.id, projects.namespace_id, projects.shared_runners_enabled, tag_list, protected,
        job_queue.priority, coalesce(
          (SELECT max(turn) FROM queued_projects AS own WHERE own.project_id = projects.id),
          (SELECT max(turn) + 1 FROM queued_projects), 1)
      FROM job_queue INNER JOIN projects ON projects.id = job_queue.project_id WHERE ${jobs()}
      GROUP BY projects.id, projects.namespace_id, projects.shared_runners_enabled, tag_list, protected,
        job_queue.priority
      ORDER BY projects.id, tag_list, protected, job_queue.priority
      ON CONFLICT (project_id, tag_list, protected, priority) DO UPDATE SET turn = queued_projects.turn`,
    );
  await runCompiled(tx, `${shape} take turns`, build, values);
}

/** Whether any pending job may fit the runner, told from committed state. */
export async function hasWaitingJob(db: Kysely<Tables>, runner: MatchedRunner): Promise<boolean> {
  return (await fittingTurns(db, runner)).length > 0;
}

/**
 * The pending job whose turn it is of those that fit the runner and whose pipeline nobody holds; its pipeline
 * is locked with it. `busy`: jobs fit, but others are at work on their pipelines; here is one to wait for.
 * `again`: what looked like a job was none. Never waits for a lock, so it can be called while others are held.
 */
export async function nextInQueue(
  tx: Transaction,
  runner: MatchedRunner,
): Promise<{ found: QueuedJob } | { busy: QueuedJob['pipeline_id'] } | { again: true } | null> {
  const turns = await fittingTurns(tx, runner);
  let busy: QueuedJob | undefined;
  for (const ofProject of inTurn(turns)) {
    const heads = await Promise.all(ofProject.map((turn) => firstJob(tx, turn, { locked: false })));
    const oldestFirst = ofProject
      .map((turn, index) => ({ turn, head: heads[index] }))
      .toSorted((a, b) => (a.head?.job_id ?? 0) - (b.head?.job_id ?? 0));
    for (const { turn, head } of oldestFirst) {
      if (head === undefined) {
        await forgetIfEmpty(tx, turn);
        continue;
      }
      const found = await firstJob(tx, turn, { locked: true });
      if (found) {
        await passTurn(tx, turn.project_id);
        return { found };
      }
      busy ??= head;
    }
  }
  if (busy) return { busy: busy.pipeline_id };
  return turns.length > 0 ? { again: true } : null;
}

/** The turns of one project and priority together, in their order. */
const inTurn = (turns: readonly Turn[]): Turn[][] => [
  ...Map.groupBy(turns, ({ priority, project_id }) => `${priority} ${project_id}`).values(),
];

/** The first of the jobs whose turn it is; `locked`: of those whose pipeline nobody holds, which is locked. */
async function firstJob(
  tx: Transaction,
  turn: Turn,
  { locked }: { locked: boolean },
): Promise<QueuedJob | undefined> {
  const build = () => {
    const first = tx
      .selectFrom('job_queue')
      .innerJoin('pipelines', 'pipelines.id', 'job_queue.pipeline_id')
      .select(['job_queue.job_id', 'job_queue.pipeline_id'])
      .where('job_queue.project_id', '=', slot<number>('project_id'))
      .where('job_queue.tag_list', '=', slot<string>('tag_list'))
      .where('job_queue.protected', '=', slot<0 | 1>('protected'))
      .where('job_queue.priority', '=', slot<number>('priority'))
      .orderBy('job_queue.job_id')
      .limit(1);
    return locked ? forUpdateSkipLocked(tx, first, 'pipelines') : first;
  };
  const [job] = await runCompiled(tx, `first job ${locked}`, build, { ...turn });
  return job;
}

import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import { inPortions } from '../db/compiled.ts';
import type { Transaction } from '../db/database.ts';
import { portions } from '../db/portions.ts';
import type { Deployments } from '../db/rows/environments.ts';
import type { Tables } from '../db/schema.ts';
import { noteChange } from '../events/change.ts';

type Read = Kysely<Tables>;
export type Deployment = Selectable<Deployments>;

export const DEPLOYMENT_STATUSES = [
  'created',
  'running',
  'success',
  'failed',
  'canceled',
  'skipped',
  'blocked',
] as const;
export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];

/** The end of a deployment, which has a time. */
const FINISHED = ['success', 'failed', 'canceled'] as const satisfies DeploymentStatus[];
export const isFinished = (status: string) => FINISHED.some((one) => one === status);

export type NewDeployment = Pick<
  Deployment,
  'environment_id' | 'user_id' | 'job_id' | 'ref' | 'tag' | 'sha' | 'on_stop'
> & { status: DeploymentStatus };

/** Rows in one statement, so that their values stay within what both databases take. */
const AT_ONCE = 200;

/** Adds deployments to a project, numbered behind those that it has had. */
export async function insertDeployments(
  tx: Transaction,
  project_id: number,
  deployments: readonly NewDeployment[],
  now: number,
): Promise<Deployment[]> {
  if (deployments.length === 0) return [];
  const { last } = await tx
    .updateTable('projects')
    .set((eb) => ({ last_deployment_iid: eb('last_deployment_iid', '+', deployments.length) }))
    .where('id', '=', project_id)
    .returning('last_deployment_iid as last')
    .executeTakeFirstOrThrow();
  const rows = deployments.map((each, index) => ({
    ...each,
    iid: last - deployments.length + 1 + index,
    project_id,
    created_at: now,
    updated_at: now,
    finished_at: isFinished(each.status) ? now : null,
  }));
  const added: Deployment[] = [];
  for (const some of portions(rows, AT_ONCE))
    added.push(...(await tx.insertInto('deployments').values(some).returningAll().execute()));
  noteDeployments(tx, added);
  return added;
}

export async function findDeploymentOfJob(db: Read, jobId: number): Promise<Deployment | null> {
  const row = await db.selectFrom('deployments').selectAll().where('job_id', '=', jobId).executeTakeFirst();
  return row ?? null;
}

/** Those of these jobs, in their own order. */
export async function deploymentsOfJobs(db: Read, jobIds: readonly number[]): Promise<Deployment[]> {
  return await inPortions(jobIds, (some) =>
    db.selectFrom('deployments').selectAll().where('job_id', 'in', some).orderBy('id').execute(),
  );
}

/** The deployments of these jobs take the status; one that has it keeps its times. */
export async function setStatusOfJobs(
  tx: Transaction,
  jobIds: readonly number[],
  status: DeploymentStatus,
  now: number,
): Promise<void> {
  const changed = await inPortions(jobIds, (some) =>
    tx
      .updateTable('deployments')
      .set({ status, updated_at: now, finished_at: isFinished(status) ? now : null })
      .where('job_id', 'in', some)
      .where('status', '<>', status)
      .returning(NOTED)
      .execute(),
  );
  noteDeployments(tx, changed);
}

const NOTED = ['id', 'project_id', 'environment_id'] as const;

function noteDeployments(
  tx: Transaction,
  changed: readonly Pick<Deployment, (typeof NOTED)[number]>[],
): void {
  for (const { id, project_id, environment_id } of changed)
    noteChange(tx, { type: 'deployment', project_id, id, environment_id });
}

/** The deployments of these jobs that have not ended are canceled. */
export async function cancelDeployments(
  tx: Transaction,
  jobIds: readonly number[],
  now: number,
): Promise<void> {
  const changed = await inPortions(jobIds, (some) =>
    tx
      .updateTable('deployments')
      .set({ status: 'canceled', updated_at: now, finished_at: now })
      .where('job_id', 'in', some)
      .where('status', 'in', ['created', 'running', 'blocked'])
      .returning(NOTED)
      .execute(),
  );
  noteDeployments(tx, changed);
}

export async function setStatus(
  tx: Transaction,
  id: number,
  status: DeploymentStatus,
  now: number,
): Promise<Deployment> {
  const row = await tx
    .updateTable('deployments')
    .set({ status, updated_at: now, ...(isFinished(status) && { finished_at: now }) })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  noteDeployments(tx, [row]);
  return row;
}

export async function deleteDeployment(tx: Transaction, id: number): Promise<void> {
  noteDeployments(tx, await tx.deleteFrom('deployments').where('id', '=', id).returning(NOTED).execute());
}

/** What is deployed to the environment: the successful deployment that ended last. */
export async function lastDeployment(db: Read, environment_id: number): Promise<Deployment | null> {
  const row = await db
    .selectFrom('deployments')
    .selectAll()
    .where('environment_id', '=', environment_id)
    .where('status', '=', 'success')
    .orderBy('finished_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** The environment's deployment that ended last, however it did, of those that jobs have made. */
export async function lastFinishedDeployment(
  db: Read,
  environment_id: number,
): Promise<(Deployment & { job_id: number }) | null> {
  let last: Deployment | undefined;
  // A statement each, as the index has them in order within a status.
  for (const status of FINISHED) {
    const row = await db
      .selectFrom('deployments')
      .selectAll()
      .where('environment_id', '=', environment_id)
      .where('status', '=', status)
      .where('job_id', 'is not', null)
      .orderBy('finished_at', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    const isLater =
      row !== undefined &&
      (last === undefined ||
        (row.finished_at ?? 0) > (last.finished_at ?? 0) ||
        (row.finished_at === last.finished_at && row.id > last.id));
    if (isLater) last = row;
  }
  return last && last.job_id !== null ? { ...last, job_id: last.job_id } : null;
}

/** Which jobs stop the environment, as the deployments say that the pipeline's latest jobs have brought to an end. */
export async function onStopOf(db: Read, environment_id: number, pipeline_id: number): Promise<string[]> {
  const rows = await db
    .selectFrom('jobs')
    .innerJoin('deployments', 'deployments.job_id', 'jobs.id')
    .select('deployments.on_stop')
    .where('jobs.pipeline_id', '=', pipeline_id)
    .where('jobs.environment_id', '=', environment_id)
    .where(sql<boolean>`jobs.retried = 0`)
    .where('deployments.status', 'in', FINISHED)
    .execute();
  return rows.flatMap(({ on_stop }) => on_stop ?? []);
}

/**
 * The next environments behind the id `after` that were ever deployed to from this branch, and of each whether it
 * is available and has last been so, by the time `until`. However many deployments there are, few rows are read.
 */
export async function environmentsOfBranch(
  db: Read,
  { project_id, ref, until }: { project_id: number; ref: string; until: number },
  after: number,
  limit: number,
): Promise<{ id: number; is_last: boolean }[]> {
  const next = (behind: RawBuilder<unknown>) => sql`(SELECT min(environment_id) FROM deployments
    WHERE project_id = ${project_id} AND ref = ${ref} AND status = 'success' AND tag = 0
      AND environment_id > ${behind})`;
  const { rows } = await sql<{ id: number; is_last: number }>`
    WITH RECURSIVE found (id, place) AS (
      SELECT ${next(sql`${after}`)}, 1
      UNION ALL SELECT ${next(sql`found.id`)}, place + 1 FROM found WHERE id IS NOT NULL AND place < ${limit}
    )
    SELECT environments.id, CASE WHEN state = 'available' AND EXISTS (SELECT 1 FROM deployments AS last
      WHERE last.id = ${lastDeploymentId('environments.id')}
        AND last.ref = ${ref} AND last.tag = 0 AND last.finished_at <= ${until}) THEN 1 ELSE 0 END AS is_last
    FROM found INNER JOIN environments ON environments.id = found.id
    ORDER BY environments.id`.execute(db);
  return rows.map(({ id, is_last }) => ({ id, is_last: is_last === 1 }));
}

/**
 * Those of these jobs whose deployment a newer one of another commit has overtaken, in projects that care:
 * for a job that has ended (`ended`) only where a rollback by its retry is not allowed.
 */
export async function overtakenJobs(
  db: Read,
  jobIds: readonly number[],
  { ended }: { ended: boolean },
): Promise<number[]> {
  let rows = db
    .selectFrom('deployments')
    .innerJoin('projects', 'projects.id', 'deployments.project_id')
    .innerJoin('deployments as last', (join) =>
      join.on('last.id', '=', lastDeploymentId('deployments.environment_id')),
    )
    .select('deployments.job_id')
    .where('projects.ci_forward_deployment_enabled', '=', 1)
    .whereRef('deployments.id', '<', 'last.id')
    .whereRef('deployments.sha', '<>', 'last.sha');
  if (ended) rows = rows.where('projects.ci_forward_deployment_rollback_allowed', '=', 0);
  const found = await inPortions(jobIds, (some) => rows.where('deployments.job_id', 'in', some).execute());
  return found.flatMap(({ job_id }) => job_id ?? []);
}

const lastDeploymentId = (environment: string) => sql<number>`(SELECT done.id FROM deployments AS done
  WHERE done.environment_id = ${sql.ref(environment)} AND done.status = 'success'
  ORDER BY done.finished_at DESC, done.id DESC LIMIT 1)`;

import { type Kysely, type Selectable, sql } from 'kysely';
import { padded } from '../db/compiled.ts';
import type { Transaction } from '../db/database.ts';
import type { Deployments } from '../db/rows/environments.ts';
import type { Tables } from '../db/schema.ts';

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
const isFinished = (status: string) => FINISHED.some((one) => one === status);

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
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const some = rows.slice(from, from + AT_ONCE);
    added.push(...(await tx.insertInto('deployments').values(some).returningAll().execute()));
  }
  return added;
}

export async function findDeploymentOfJob(db: Read, jobId: number): Promise<Deployment | null> {
  const row = await db.selectFrom('deployments').selectAll().where('job_id', '=', jobId).executeTakeFirst();
  return row ?? null;
}

/** The deployments of these jobs take the status; one that has it keeps its times. */
export async function setStatusOfJobs(
  tx: Transaction,
  jobIds: readonly number[],
  status: DeploymentStatus,
  now: number,
): Promise<void> {
  await tx
    .updateTable('deployments')
    .set({ status, updated_at: now, finished_at: isFinished(status) ? now : null })
    .where('job_id', 'in', padded(jobIds))
    .where('status', '<>', status)
    .execute();
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
  if (jobIds.length === 0) return [];
  let rows = db
    .selectFrom('deployments')
    .innerJoin('projects', 'projects.id', 'deployments.project_id')
    .innerJoin('deployments as last', (join) =>
      join.on('last.id', '=', lastDeploymentId('deployments.environment_id')),
    )
    .select('deployments.job_id')
    .where('deployments.job_id', 'in', padded(jobIds))
    .where('projects.ci_forward_deployment_enabled', '=', 1)
    .whereRef('deployments.id', '<', 'last.id')
    .whereRef('deployments.sha', '<>', 'last.sha');
  if (ended) rows = rows.where('projects.ci_forward_deployment_rollback_allowed', '=', 0);
  return (await rows.execute()).flatMap(({ job_id }) => job_id ?? []);
}

const lastDeploymentId = (environment: string) => sql<number>`(SELECT done.id FROM deployments AS done
  WHERE done.environment_id = ${sql.ref(environment)} AND done.status = 'success'
  ORDER BY done.finished_at DESC, done.id DESC LIMIT 1)`;

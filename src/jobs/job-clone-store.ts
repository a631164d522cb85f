import { sql } from 'kysely';
import type { Transaction } from '../db/database.ts';
import { findDeploymentOfJob, insertDeployments } from '../environments/deployment-store.ts';
import { type Job, readJobSpec } from './job-store.ts';

/** A variable given to one job; the value encrypted. */
export interface NewJobVariable {
  key: string;
  value: string;
}

export interface CloneOptions {
  /** Whose job the new one is. */
  user_id: number | null;
  /** Instead of those of the old job; values encrypted. */
  variables?: readonly NewJobVariable[];
}

/**
 * A new created job in the place of `job`, with its name, stage, needs, tags and specification, for another
 * user; with the variables given, or else the old ones. The old job is marked retried. Answers the new id.
 */
export async function cloneJob(
  tx: Transaction,
  job: Job,
  { user_id, variables = [] }: CloneOptions,
  now: number,
): Promise<number> {
  await tx
    .updateTable('jobs')
    .set({ retried: 1 })
    .where('pipeline_id', '=', job.pipeline_id)
    .where('name', '=', job.name)
    .where(sql<boolean>`retried = 0`)
    .execute();
  // A failure that was allowed for its exit code says nothing about the next try.
  const { allow_failure } =
    job.exit_code === null ? job : { allow_failure: (await readJobSpec(tx, job.id)).allow_failure };
  const { id } = await tx
    .insertInto('jobs')
    .values({
      kind: job.kind,
      project_id: job.project_id,
      pipeline_id: job.pipeline_id,
      user_id,
      name: job.name,
      stage: job.stage,
      stage_idx: job.stage_idx,
      status: 'created',
      ref: job.ref,
      tag: job.tag,
      sha: job.sha,
      protected: job.protected,
      allow_failure: allow_failure ? 1 : 0,
      when: job.when,
      scheduling_type: job.scheduling_type,
      tag_list: job.tag_list,
      interruptible: job.interruptible,
      retries_count: job.retries_count + 1,
      resource_group_id: job.resource_group_id,
      environment_id: job.environment_id,
      created_at: now,
      updated_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('job_specs')
    .columns(['job_id', 'spec'])
    .expression(
      tx
        .selectFrom('job_specs')
        .select([sql<number>`CAST(${id} AS BIGINT)`.as('job_id'), 'spec'])
        .where('job_id', '=', job.id),
    )
    .execute();
  await tx
    .insertInto('job_needs')
    .columns(['job_id', 'name', 'artifacts', 'optional'])
    .expression(
      tx
        .selectFrom('job_needs')
        .select([sql<number>`CAST(${id} AS BIGINT)`.as('job_id'), 'name', 'artifacts', 'optional'])
        .where('job_id', '=', job.id),
    )
    .execute();
  const deployment = job.environment_id === null ? null : await findDeploymentOfJob(tx, job.id);
  if (deployment) {
    const { environment_id, ref, tag, sha, on_stop } = deployment;
    const again = { environment_id, user_id, job_id: id, ref, tag, sha, on_stop, status: 'created' } as const;
    await insertDeployments(tx, job.project_id, [again], now);
  }
  if (variables.length > 0) await insertJobVariables(tx, id, variables);
  else await copyJobVariables(tx, job.id, id);
  return id;
}

async function copyJobVariables(tx: Transaction, from: number, to: number): Promise<void> {
  await tx
    .insertInto('job_variables')
    .columns(['job_id', 'key', 'value'])
    .expression(
      tx
        .selectFrom('job_variables')
        .select([sql<number>`CAST(${to} AS BIGINT)`.as('job_id'), 'key', 'value'])
        .where('job_id', '=', from)
        .orderBy('id'),
    )
    .execute();
}

/** Gives the job variables of its own. */
export async function insertJobVariables(
  tx: Transaction,
  jobId: number,
  variables: readonly NewJobVariable[],
): Promise<void> {
  if (variables.length === 0) return;
  await tx
    .insertInto('job_variables')
    .values(variables.map(({ key, value }) => ({ job_id: jobId, key, value })))
    .execute();
}

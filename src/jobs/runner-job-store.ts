import type { Kysely, Selectable } from 'kysely';
import { runCompiled, slot } from '../db/compiled.ts';
import type { Transaction } from '../db/database.ts';
import { forUpdate } from '../db/dialect.ts';
import type { Time } from '../db/rows/column.ts';
import type { Jobs } from '../db/rows/jobs.ts';
import type { Tables } from '../db/schema.ts';
import type { JobStatus } from './job-state.ts';

/** Of a job, what a call of its runner needs. */
export type RunnerJob = Pick<
  Selectable<Jobs>,
  | 'id'
  | 'project_id'
  | 'pipeline_id'
  | 'user_id'
  | 'token_digest'
  | 'acknowledge_until'
  | 'debug_trace'
  | 'updated_at'
  | 'runner_id'
  | 'runner_manager_id'
> & {
  status: JobStatus;
  /** When its runner was heard of last, as it was written last. */
  contacted_at: Time | null;
};

/** The job of this id by one indexed read; null when there is none, or its project is being deleted. */
export async function findRunnerJob(db: Kysely<Tables>, id: number): Promise<RunnerJob | null> {
  const build = () =>
    db
      .selectFrom('jobs')
      .innerJoin('projects', 'projects.id', 'jobs.project_id')
      .leftJoin('runners', 'runners.id', 'jobs.runner_id')
      .select([
        'jobs.id',
        'jobs.project_id',
        'jobs.pipeline_id',
        'jobs.user_id',
        'jobs.status',
        'jobs.token_digest',
        'jobs.acknowledge_until',
        'jobs.debug_trace',
        'jobs.updated_at',
        'jobs.runner_id',
        'jobs.runner_manager_id',
        'runners.contacted_at',
      ])
      .where('jobs.id', '=', slot<number>('id'))
      .where('projects.deleted_at', 'is', null);
  const [row] = await runCompiled(db, "a runner's job", build, { id });
  return row ? { ...row, status: row.status as JobStatus } : null;
}

/** The same, of a job whose row nobody changes or deletes before the transaction ends. */
export async function holdRunnerJob(tx: Transaction, id: number): Promise<RunnerJob | null> {
  const held = tx.selectFrom('jobs').select('id').where('id', '=', id);
  return (await forUpdate(tx, held).executeTakeFirst()) ? await findRunnerJob(tx, id) : null;
}

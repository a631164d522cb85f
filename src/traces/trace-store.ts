import type { Selectable } from 'kysely';
import { runCompiled, slot } from '../db/compiled.ts';
import type { Database, Transaction } from '../db/database.ts';
import type { Time } from '../db/rows/column.ts';
import type { JobTraces } from '../db/rows/traces.ts';
import { countStorage } from '../storage/storage-store.ts';

export type Trace = Selectable<JobTraces>;

/** From now on the job has a trace, empty at first. In the transaction in which a runner takes the job. */
export async function createTrace(tx: Transaction, job: { id: number; project_id: number }): Promise<void> {
  const build = () =>
    tx
      .insertInto('job_traces')
      .values({
        job_id: slot<number>('job_id'),
        project_id: slot<number>('project_id'),
        state: 'live',
        blob_key: null,
        size: null,
        sha256: null,
      })
      .onConflict((conflict) => conflict.column('job_id').doNothing())
      .returning('job_id');
  await runCompiled(tx, 'create a trace', build, { job_id: job.id, project_id: job.project_id });
}

export async function findTrace(db: Database, jobId: number): Promise<Trace | null> {
  const build = () =>
    db.read.selectFrom('job_traces').selectAll().where('job_id', '=', slot<number>('job_id'));
  const [row] = await runCompiled(db.read, 'trace of a job', build, { job_id: jobId });
  return row ?? null;
}

/** False: the trace was erased meanwhile. */
export async function markSealed(
  tx: Transaction,
  jobId: number,
  sealed: Pick<Trace, 'blob_key' | 'size' | 'sha256' | 'lines' | 'index_key' | 'generation'>,
): Promise<boolean> {
  const row = await tx
    .updateTable('job_traces')
    .set((eb) => ({
      state: 'sealed',
      ...sealed,
      finished_at: eb.selectFrom('jobs').select('jobs.finished_at').where('jobs.id', '=', jobId),
    }))
    .where('job_id', '=', jobId)
    .where('state', '=', 'live')
    .returning(['project_id', 'size'])
    .executeTakeFirst();
  if (row) await countStorage(tx, 'traces', [row], 1);
  return row !== undefined;
}

/** Removes the rows and answers what they were. */
export async function deleteTraces(tx: Transaction, jobIds: number[]): Promise<Trace[]> {
  if (jobIds.length === 0) return [];
  const traces = await tx.deleteFrom('job_traces').where('job_id', 'in', jobIds).returningAll().execute();
  await countStorage(tx, 'traces', traces, -1);
  return traces;
}

/** Of these jobs, those whose trace is still live, and whether the job is over. */
export async function liveTracesAmong(
  db: Database,
  jobIds: number[],
): Promise<{ job_id: number; finished_at: Time | null }[]> {
  if (jobIds.length === 0) return [];
  return await db.read
    .selectFrom('job_traces')
    .innerJoin('jobs', 'jobs.id', 'job_traces.job_id')
    .select(['job_traces.job_id', 'jobs.finished_at'])
    .where('job_traces.job_id', 'in', jobIds)
    .where('job_traces.state', '=', 'live')
    .execute();
}

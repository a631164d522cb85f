import type { Kysely } from 'kysely';
import type { Artifact } from '../artifacts/artifact-store.ts';
import type { Transaction } from '../db/database.ts';
import type { Tables } from '../db/schema.ts';

/** An artifact whose report is to be read, with what the reading goes by. */
export interface UnreadReport {
  artifact: Artifact;
  job: { name: string; ref: string };
  path_with_namespace: string;
}

/** A report of a pipeline. */
export interface PipelineReport extends Pick<Artifact, 'id' | 'job_id' | 'report' | 'report_key'> {
  /** The job's name. */
  name: string;
}

export async function findUnreadReport(db: Kysely<Tables>, artifactId: number): Promise<UnreadReport | null> {
  const row = await db
    .selectFrom('job_artifacts')
    .innerJoin('jobs', 'jobs.id', 'job_artifacts.job_id')
    .innerJoin('projects', 'projects.id', 'job_artifacts.project_id')
    .selectAll('job_artifacts')
    .select(['jobs.name', 'jobs.ref', 'projects.path_with_namespace'])
    .where('job_artifacts.id', '=', artifactId)
    .executeTakeFirst();
  if (!row) return null;
  const { name, ref, path_with_namespace, ...artifact } = row;
  return { artifact, job: { name, ref }, path_with_namespace };
}

/** Notes what the report came to. False: it has been noted before, or the artifact is gone. */
export async function setReport(
  tx: Transaction,
  artifactId: number,
  given: { report: string; report_key: string | null },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('job_artifacts')
    .set(given)
    .where('id', '=', artifactId)
    .where('report', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The history has so many of the report's tests. */
export async function setRecorded(tx: Transaction, artifactId: number, recorded: number): Promise<void> {
  await tx
    .updateTable('job_artifacts')
    .set({ unit_tests_recorded: recorded })
    .where('id', '=', artifactId)
    .execute();
}

/** The reports of these types that the latest jobs of these pipelines left, in the order of the jobs. */
export async function reportsOf(
  db: Kysely<Tables>,
  pipelineIds: readonly number[],
  types: readonly string[],
): Promise<PipelineReport[]> {
  return await db
    .selectFrom('job_artifacts')
    .innerJoin('jobs', 'jobs.id', 'job_artifacts.job_id')
    .select(['job_artifacts.id', 'job_artifacts.job_id', 'job_artifacts.report', 'job_artifacts.report_key'])
    .select('jobs.name')
    .where('job_artifacts.pipeline_id', 'in', pipelineIds)
    .where('job_artifacts.file_type', 'in', types)
    .where('jobs.retried', '=', 0)
    .orderBy('jobs.id')
    .execute();
}

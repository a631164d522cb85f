import type { Insertable, Selectable } from 'kysely';
import type { Database, Transaction } from '../db/database.ts';
import { forUpdate, forUpdateSkipLocked, holdName } from '../db/dialect.ts';
import type { JobArtifacts } from '../db/rows/artifacts.ts';
import type { Time } from '../db/rows/column.ts';
import { noteJobs } from '../events/change.ts';
import { countStorage } from '../storage/storage-store.ts';

export type Artifact = Selectable<JobArtifacts>;
export type NewArtifact = Omit<Insertable<JobArtifacts>, 'id'>;

/** What the user may still have: not expired, or locked in spite of it. Until it is removed it can be read. */
export const isAvailable = (artifact: Artifact, now: Time) =>
  artifact.expire_at === null || artifact.expire_at > now || artifact.locked_ref !== null;

/** `artifacts:access` as it is stored: what a job does not restrict is public. */
export const accessibilityOf = (access: 'all' | 'developer' | 'maintainer' | 'none' = 'all') =>
  access === 'all' ? 'public' : access === 'developer' ? 'private' : access;

export async function findArtifact(
  db: Database,
  jobId: number,
  fileType = 'archive',
): Promise<Artifact | null> {
  const row = await db.read
    .selectFrom('job_artifacts')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('file_type', '=', fileType)
    .executeTakeFirst();
  return row ?? null;
}

/** The job's archive, which nobody removes before the transaction ends. */
export async function lockArchive(tx: Transaction, jobId: number): Promise<Artifact | null> {
  const query = tx
    .selectFrom('job_artifacts')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('file_type', '=', 'archive');
  return (await forUpdate(tx, query).executeTakeFirst()) ?? null;
}

/** All artifacts of these jobs, in the order of their upload. */
export async function artifactsOf(db: Database, jobIds: number[]): Promise<Artifact[]> {
  if (jobIds.length === 0) return [];
  return await db.read
    .selectFrom('job_artifacts')
    .selectAll()
    .where('job_id', 'in', jobIds)
    .orderBy('id')
    .execute();
}

/** Null: the job has one of that type already. An archive's expiry becomes the job's. */
export async function insertArtifact(tx: Transaction, artifact: NewArtifact): Promise<Artifact | null> {
  const row = await tx
    .insertInto('job_artifacts')
    .values(artifact)
    .onConflict((conflict) => conflict.columns(['job_id', 'file_type']).doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row) await countStorage(tx, 'artifacts', [row], 1);
  if (row?.file_type === 'archive') await expireWith(tx, row.job_id, row.expire_at);
  return row ?? null;
}

/** Makes the artifacts of a job, and the job, expire then; null: never. */
export async function setExpiry(tx: Transaction, jobId: number, expire_at: Time | null): Promise<void> {
  await tx.updateTable('job_artifacts').set({ expire_at }).where('job_id', '=', jobId).execute();
  await expireWith(tx, jobId, expire_at);
}

async function expireWith(tx: Transaction, jobId: number, artifacts_expire_at: Time | null): Promise<void> {
  const changed = await tx
    .updateTable('jobs')
    .set({ artifacts_expire_at })
    .where('id', '=', jobId)
    .returning(['id', 'pipeline_id', 'project_id'])
    .execute();
  noteJobs(tx, changed);
}

/** Removes the rows of these jobs and answers what they were. */
export async function deleteArtifacts(tx: Transaction, jobIds: number[]): Promise<Artifact[]> {
  if (jobIds.length === 0) return [];
  const artifacts = await tx
    .deleteFrom('job_artifacts')
    .where('job_id', 'in', jobIds)
    .returningAll()
    .execute();
  await countStorage(tx, 'artifacts', artifacts, -1);
  return artifacts;
}

/** Removes up to `limit` rows that have expired and are not locked, and answers what they were. */
export async function deleteExpired(tx: Transaction, now: Time, limit: number): Promise<Artifact[]> {
  const expired = await forUpdateSkipLocked(
    tx,
    tx
      .selectFrom('job_artifacts')
      .select('id')
      .where('expire_at', '<=', now)
      .where('locked_ref', 'is', null)
      .orderBy('expire_at')
      .orderBy('id')
      .limit(limit),
  ).execute();
  if (expired.length === 0) return [];
  return await deleteUnlocked(
    tx,
    expired.map((row) => row.id),
  );
}

/** Removes those of these rows that are not locked, and answers what they were. */
async function deleteUnlocked(tx: Transaction, ids: number[]): Promise<Artifact[]> {
  const artifacts = await tx
    .deleteFrom('job_artifacts')
    .where('id', 'in', ids)
    .where('locked_ref', 'is', null)
    .returningAll()
    .execute();
  await countStorage(tx, 'artifacts', artifacts, -1);
  return artifacts;
}

/**
 * The same before they expire. A job whose archive goes counts as one whose artifacts have expired: what depends on them
 * fails for want of them, and does not run without.
 */
export async function expireUnlocked(tx: Transaction, ids: number[], now: Time): Promise<Artifact[]> {
  const artifacts = await deleteUnlocked(tx, ids);
  const archives = artifacts.filter(({ file_type }) => file_type === 'archive');
  if (archives.length === 0) return artifacts;
  const jobIds = archives.map(({ job_id }) => job_id);
  const changed = await tx
    .updateTable('jobs')
    .set({ artifacts_expire_at: now })
    .where('id', 'in', jobIds)
    .where((eb) => eb.or([eb('artifacts_expire_at', 'is', null), eb('artifacts_expire_at', '>', now)]))
    .returning(['id', 'pipeline_id', 'project_id'])
    .execute();
  noteJobs(tx, changed);
  return artifacts;
}

/**
 * Makes what a project has, is not locked and was made until `now` expire now: `limit` rows, from the one
 * after `afterId` on. Answers the last id looked at; null: that was all.
 */
export async function expireSome(
  tx: Transaction,
  given: { project_id: number; now: Time; afterId: number; limit: number },
): Promise<number | null> {
  const rows = await tx
    .selectFrom('job_artifacts')
    .select(['id', 'job_id', 'locked_ref', 'created_at'])
    .where('project_id', '=', given.project_id)
    .where('id', '>', given.afterId)
    .orderBy('id')
    .limit(given.limit)
    .execute();
  const expiring = rows.filter((row) => row.locked_ref === null && row.created_at <= given.now);
  if (expiring.length > 0) {
    const ids = expiring.map((row) => row.id);
    const jobIds = expiring.map((row) => row.job_id);
    await tx
      .updateTable('job_artifacts')
      .set({ expire_at: given.now })
      .where('id', 'in', ids)
      .where('locked_ref', 'is', null)
      .execute();
    await tx.updateTable('jobs').set({ artifacts_expire_at: given.now }).where('id', 'in', jobIds).execute();
  }
  return rows.at(-1)?.id ?? null;
}

/**
 * Nobody else who asks for this changes what is locked in the project before the transaction ends: of two pipelines that
 * succeed together the later one sees the other's success and its locks. The project's row is held by others for long.
 */
export const holdLocks = (tx: Transaction, project_id: number): Promise<void> =>
  holdName(tx, `locked artifacts of project ${project_id}`);

/** Whether the project keeps the latest artifacts of its refs. */
export async function keepsLatest(tx: Transaction, project_id: number): Promise<boolean> {
  const project = await tx
    .selectFrom('projects')
    .select('keep_latest_artifact')
    .where('id', '=', project_id)
    .executeTakeFirst();
  return project?.keep_latest_artifact === 1;
}

/** Whether a newer pipeline of the ref has succeeded. */
export async function isReplaced(
  tx: Transaction,
  pipeline: { id: number; project_id: number; ref: string; tag: 0 | 1 },
): Promise<boolean> {
  const newer = await tx
    .selectFrom('pipelines')
    .select('id')
    .where('project_id', '=', pipeline.project_id)
    .where('ref', '=', pipeline.ref)
    .where('status', '=', 'success')
    .where('tag', '=', pipeline.tag)
    .where('source', '<>', 'parent_pipeline')
    .where('id', '>', pipeline.id)
    .limit(1)
    .executeTakeFirst();
  return newer !== undefined;
}

export async function setLock(
  tx: Transaction,
  pipelineIds: readonly number[],
  locked_ref: string,
): Promise<void> {
  await tx.updateTable('job_artifacts').set({ locked_ref }).where('pipeline_id', 'in', pipelineIds).execute();
}

/** Frees what is locked in a project: for one ref, and there but for some pipelines, or all. */
export async function removeLocks(
  tx: Transaction,
  given: { project_id: number; locked_ref?: string; exceptPipelines?: readonly number[] },
): Promise<void> {
  let update = tx
    .updateTable('job_artifacts')
    .set({ locked_ref: null })
    .where('project_id', '=', given.project_id)
    .where('locked_ref', 'is not', null);
  if (given.locked_ref !== undefined) update = update.where('locked_ref', '=', given.locked_ref);
  if (given.exceptPipelines !== undefined)
    update = update.where('pipeline_id', 'not in', given.exceptPipelines);
  await update.execute();
}

/** Some jobs of the project that have a trace or artifacts. */
export async function jobsWithFiles(db: Database, project_id: number, limit: number): Promise<number[]> {
  const ids = new Set<number>();
  for (const table of ['job_traces', 'job_artifacts'] as const) {
    const rows = await db.read
      .selectFrom(table)
      .select('job_id')
      .where('project_id', '=', project_id)
      .limit(limit)
      .execute();
    for (const row of rows) ids.add(row.job_id);
  }
  return [...ids];
}

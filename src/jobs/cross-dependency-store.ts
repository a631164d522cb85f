import { type Kysely, sql } from 'kysely';
import { findUser } from '../access/access-store.ts';
import { allowsOnProject, type Visibility } from '../access/permissions.ts';
import { mayFetchArtifact } from '../artifacts/may-fetch-artifact.ts';
import { ancestorsOf } from '../artifacts/pipeline-family-store.ts';
import { findJobOfRef } from '../artifacts/ref-archive-store.ts';
import type { CrossDependency } from '../ci/plan.ts';
import type { Tables } from '../db/schema.ts';
import { jobTokenRole } from '../projects/job-token-role.ts';
import { findProject } from '../projects/project-store.ts';
import type { Dependency } from './hand-out-store.ts';
import type { Job } from './job-store.ts';

/** The jobs of other pipelines whose artifacts a job fetches; null in the place of one that there is not. */
export async function readCrossDependencies(
  db: Kysely<Tables>,
  job: Job,
  wanted: readonly CrossDependency[],
  now: number,
): Promise<(Dependency | null)[]> {
  const fetched = wanted.filter(({ artifacts }) => artifacts);
  if (fetched.length === 0) return [];
  const own = { id: job.pipeline_id, project_id: job.project_id };
  const ancestors = fetched.some(({ pipeline }) => pipeline !== null) ? await ancestorsOf(db, own) : [];
  const ids: (number | null)[] = [];
  for (const one of fetched) {
    const isNear = one.pipeline !== null && ancestors.includes(Number(one.pipeline));
    if (isNear) ids.push(await findSuccessful(db, Number(one.pipeline), one.job));
    else ids.push(one.project === null ? null : await findElsewhere(db, job, one, now));
  }
  const found = await readArchives(
    db,
    ids.filter((id) => id !== null),
  );
  return ids.map((id) => (id === null ? null : (found.get(id) ?? null)));
}

async function findSuccessful(db: Kysely<Tables>, pipelineId: number, name: string): Promise<number | null> {
  const row = await db
    .selectFrom('jobs')
    .select('id')
    .where('pipeline_id', '=', pipelineId)
    .where('name', '=', name)
    .where(sql<boolean>`retried = 0`)
    .where('status', '=', 'success')
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Of the last successful pipeline of the ref, if the job may fetch it: with its own token, as its runner will. */
async function findElsewhere(
  db: Kysely<Tables>,
  consumer: Job,
  { project: path, ref, job }: CrossDependency,
  now: number,
): Promise<number | null> {
  const user = consumer.user_id === null ? null : await findUser(db, consumer.user_id);
  const project = path === null ? null : await findProject(db, path);
  if (user?.state !== 'active' || !project) return null;
  const today = new Date(now).toISOString().slice(0, 10);
  const role = await jobTokenRole(db, { user, project_id: consumer.project_id }, project, today);
  const subject = { ...project, visibility: project.visibility as Visibility };
  if (!allowsOnProject('read_build', role, subject)) return null;
  const id = await findJobOfRef(db, project.id, { ref: ref ?? '', job }, 'latest');
  const archive = id === null ? null : await findArchive(db, id);
  return archive && (await mayFetchArtifact(db, consumer, archive, role)) ? id : null;
}

async function findArchive(db: Kysely<Tables>, job_id: number) {
  return await db
    .selectFrom('job_artifacts')
    .select(['pipeline_id', 'accessibility'])
    .where('job_id', '=', job_id)
    .where('file_type', '=', 'archive')
    .executeTakeFirst();
}

async function readArchives(db: Kysely<Tables>, ids: readonly number[]): Promise<Map<number, Dependency>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('jobs')
    .leftJoin('job_artifacts', (join) =>
      join.onRef('job_artifacts.job_id', '=', 'jobs.id').on('job_artifacts.file_type', '=', 'archive'),
    )
    .select(['jobs.id', 'jobs.name', 'jobs.stage_idx', 'jobs.erased_at', 'jobs.artifacts_expire_at'])
    .select(['filename', 'size', 'expire_at', 'locked_ref'])
    .where('jobs.id', 'in', ids)
    .execute();
  return new Map(
    rows.map(({ filename, size, expire_at, locked_ref, ...producer }) => {
      const archive = filename === null || size === null ? null : { filename, size, expire_at, locked_ref };
      return [producer.id, { ...producer, archive }];
    }),
  );
}

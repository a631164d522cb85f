import type { Kysely } from 'kysely';
import type { Tables } from '../db/schema.ts';
import { withFamily } from './pipeline-family-store.ts';

/**
 * In which of a ref's pipelines, and behind each in its child pipelines, a job's archive is looked for:
 * - `latest`: the newest successful one alone;
 * - `recent`: the newest successful one whose job has one, among the last hundred;
 * - `any`: whatever became of its pipeline.
 */
export type ArchiveSearch = 'latest' | 'recent' | 'any';

const RECENT = 100;
/** Jobs of the name that are looked at for `any`. */
const SCANNED = 10_000;

/** The job of that name on that ref whose archive is wanted; null when there is none. */
export async function findJobOfRef(
  db: Kysely<Tables>,
  project_id: number,
  { ref, job }: { ref: string; job: string },
  search: ArchiveSearch,
): Promise<number | null> {
  if (search === 'any') return await findAny(db, project_id, ref, job);
  const successful = db
    .selectFrom('pipelines')
    .select('id')
    .where('project_id', '=', project_id)
    .where('ref', '=', ref)
    .where('status', '=', 'success')
    .where('source', '<>', 'parent_pipeline')
    .orderBy('id', 'desc')
    .limit(search === 'latest' ? 1 : RECENT);
  const row = await withFamily(db, project_id, successful)
    .selectFrom('family')
    .innerJoin('jobs', 'jobs.pipeline_id', 'family.id')
    .innerJoin('job_artifacts', 'job_artifacts.job_id', 'jobs.id')
    .select('jobs.id')
    .where('jobs.name', '=', job)
    .where('jobs.retried', '=', 0)
    .where('job_artifacts.file_type', '=', 'archive')
    .orderBy('family.root_id', 'desc')
    .orderBy('family.id')
    .orderBy('jobs.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

async function findAny(
  db: Kysely<Tables>,
  project_id: number,
  ref: string,
  job: string,
): Promise<number | null> {
  const named = db
    .selectFrom('jobs')
    .select(['id', 'ref'])
    .where('project_id', '=', project_id)
    .where('name', '=', job)
    .orderBy('id', 'desc')
    .limit(SCANNED);
  const row = await db
    .selectFrom(named.as('named'))
    .innerJoin('job_artifacts', 'job_artifacts.job_id', 'named.id')
    .select('named.id')
    .where('named.ref', '=', ref)
    .where('job_artifacts.file_type', '=', 'archive')
    .orderBy('named.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

import { type Kysely, type Selectable, sql } from 'kysely';
import { slotList } from '../db/compiled.ts';
import { type Page, type PageRequest, readPage } from '../db/read-page.ts';
import type { Pipelines } from '../db/rows/pipelines.ts';
import type { Tables } from '../db/schema.ts';
import { findJobDetails, type JobDetails, readJobDetails } from '../jobs/job-details-store.ts';
import { readJobMessages } from '../jobs/job-message-store.ts';
import type { JobStatus } from '../jobs/job-state.ts';

/** A bridge with the pipeline that it has created, and where that is. */
export interface BridgeDetails extends JobDetails {
  /** Why there is no pipeline, or none that runs; null where the reason tells all. */
  failure_message: string | null;
  downstream_pipeline:
    | (Pick<
        Selectable<Pipelines>,
        'id' | 'iid' | 'project_id' | 'sha' | 'ref' | 'status' | 'source' | 'created_at' | 'updated_at'
      > & { path_with_namespace: string })
    | null;
}

/** The pipeline's latest bridges, of these statuses; all of them when none is named. */
export async function listBridges(
  db: Kysely<Tables>,
  pipelineId: number,
  statuses: readonly JobStatus[],
  request: PageRequest,
): Promise<Page<BridgeDetails>> {
  let bridges = db
    .selectFrom('jobs')
    .select('id')
    .where('pipeline_id', '=', pipelineId)
    .where('kind', '=', 'bridge')
    .where(sql<boolean>`retried = 0`);
  if (statuses.length > 0) bridges = bridges.where('status', 'in', statuses);
  const page = await readPage(db, bridges, request, { column: 'id', of: ({ id }) => id });
  const ids = page.items.map(({ id }) => id);
  if (ids.length === 0) return { ...page, items: [] };
  const { isOneOf, values, shape } = slotList(db, ids);
  const { jobs } = await readJobDetails(
    db,
    `${shape} bridges ${request.sort}`,
    (rows) => rows.where(isOneOf('id')).orderBy('id', request.sort),
    values,
  );
  return { ...page, items: await withDownstream(db, jobs) };
}

/** The bridge of this number in the project, or null. */
export async function findBridge(
  db: Kysely<Tables>,
  projectId: number,
  jobId: number,
): Promise<BridgeDetails | null> {
  const job = await findJobDetails(db, projectId, jobId);
  if (job?.kind !== 'bridge') return null;
  const [bridge] = await withDownstream(db, [job]);
  return bridge ?? null;
}

async function withDownstream(db: Kysely<Tables>, jobs: readonly JobDetails[]): Promise<BridgeDetails[]> {
  const ids = jobs.map(({ id }) => id);
  const messages = await readJobMessages(db, ids);
  const rows = await db
    .selectFrom('pipelines')
    .innerJoin('projects', 'projects.id', 'pipelines.project_id')
    .select([
      'pipelines.id',
      'pipelines.iid',
      'pipelines.project_id',
      'pipelines.sha',
      'pipelines.ref',
      'pipelines.status',
      'pipelines.source',
      'pipelines.created_at',
      'pipelines.updated_at',
      'pipelines.upstream_job_id',
      'pipelines.yaml_errors',
      'projects.path_with_namespace',
    ])
    .where('upstream_job_id', 'in', ids)
    .execute();
  const byBridge = new Map(rows.map((row) => [row.upstream_job_id, row]));
  return jobs.map((job) => {
    const downstream = byBridge.get(job.id) ?? null;
    // Not everybody who sees the bridge may see the configuration of another project.
    const mistakes = downstream?.source === 'parent_pipeline' ? downstream.yaml_errors : null;
    const failure_message = job.status === 'failed' ? (messages.get(job.id) ?? mistakes) : null;
    return { ...job, downstream_pipeline: downstream, failure_message };
  });
}

import { familyOf } from '../artifacts/pipeline-family-store.ts';
import { apiError } from '../errors.ts';
import type { Parts } from '../parts.ts';
import { findPipeline } from '../pipelines/pipeline-store.ts';
import { type PipelineReport, reportsOf } from '../reports/report-store.ts';

/**
 * The reports of these types of a pipeline and its child pipelines; what nobody has read yet is read now.
 * @throws 404 for another project's pipeline, or none
 */
export async function pipelineReports(
  { db, reports }: Pick<Parts, 'db' | 'reports'>,
  project_id: number,
  pipeline_id: number,
  types: readonly string[],
): Promise<PipelineReport[]> {
  if (!(await findPipeline(db.read, project_id, pipeline_id))) throw apiError('record_not_found');
  const family = await familyOf(db.read, project_id, pipeline_id);
  const found = await reportsOf(db.read, family, types);
  const unread = found.filter(({ report }) => report === null);
  for (const { id } of unread) await reports.read(id);
  return unread.length === 0 ? found : await reportsOf(db.read, family, types);
}

import { eraseJobFiles } from '../artifacts/erase-job-files.ts';
import type { Database } from '../db/database.ts';
import type { Repositories } from '../git/repository.ts';
import { deletePipelineRefs } from '../git/update-refs.ts';
import { deletePipelineRow, jobIdsOf } from './pipeline-delete-store.ts';
import { lockPipeline } from './process-store.ts';

/**
 * Removes a pipeline with its jobs, logs and artifacts, and the ref that kept its commit. A runner that is
 * still at one of its jobs is told so at its next word.
 */
export async function deletePipeline(
  db: Database,
  repositories: Repositories,
  pipeline: { id: number; project_id: number },
  now: number,
): Promise<void> {
  await db.write(async (tx) => {
    if (!(await lockPipeline(tx, pipeline.id))) return;
    await eraseJobFiles(tx, await jobIdsOf(tx, pipeline.id), now);
    await deletePipelineRow(tx, pipeline.id);
  });
  await deletePipelineRefs(repositories.of(pipeline.project_id), [pipeline.id]);
}

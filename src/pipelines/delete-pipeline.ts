import { breather } from '../artifacts/breathe.ts';
import { eraseJobFiles } from '../artifacts/erase-job-files.ts';
import type { Database } from '../db/database.ts';
import { portions } from '../db/portions.ts';
import type { Repositories } from '../git/repository.ts';
import { deletePipelineRefs } from '../git/pipeline-refs.ts';
import { abandonDeployments } from './abandon-deployments.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { cancelJobs } from './cancel-jobs.ts';
import { deleteChildrenLater } from './child-work.ts';
import { isCompleted } from '../jobs/job-state.ts';
import { allJobs } from '../jobs/job-store.ts';
import { deletePipelineRows } from './pipeline-erase-store.ts';
import { addWork } from '../work/work-store.ts';
import type { Handler } from '../work/worker.ts';

/** Jobs whose files are given up before others have a turn. */
const AT_ONCE = 50;
const DELETE_PIPELINE_REF = 'delete_pipeline_ref';

/**
 * Deletes the pipeline with its jobs, logs and artifacts. Jobs under way lose their tokens at once. The
 * bytes, and the pipeline's ref in the repository, go right after the commit, whatever happens to the
 * server; so do its child pipelines. False: it was gone already.
 */
export async function deletePipeline(
  db: Database,
  pipeline: { id: number; project_id: number },
  now: number,
): Promise<boolean> {
  const deleted = await db.write((tx) =>
    changeAndAdvance(tx, pipeline.id, now, async () => {
      const jobs = await allJobs(tx, pipeline.id);
      // Whatever waits for one of them, as for a resource that it has, hears of its end.
      const open = jobs.filter(({ status }) => !isCompleted(status));
      await cancelJobs(tx, open, now, { force: true });
      await abandonDeployments(tx, jobs, now);
      const ids = jobs.map(({ id }) => id);
      const breathe = breather();
      for (const some of portions(ids, AT_ONCE)) {
        await eraseJobFiles(tx, some, now);
        await breathe();
      }
      await deleteChildrenLater(tx, pipeline.id, now);
      await deletePipelineRows(tx, [pipeline.id], now);
      await addWork(tx, {
        kind: DELETE_PIPELINE_REF,
        key: String(pipeline.id),
        payload: { project_id: pipeline.project_id },
        due_at: now,
      });
      return true;
    }),
  );
  return deleted ?? false;
}

/** For `Worker.handle(...deletePipelineRef(…))`. */
export const deletePipelineRef = (repositories: Repositories): [kind: string, handler: Handler] => [
  DELETE_PIPELINE_REF,
  async ({ key, payload }) => {
    const { project_id } = payload as { project_id: number };
    await deletePipelineRefs(repositories.of(project_id), [Number(key)]);
  },
];

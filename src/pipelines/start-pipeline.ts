import type { Database, Transaction } from '../db/database.ts';
import { createPipelineRef } from '../git/pipeline-refs.ts';
import { type Repositories } from '../git/repository.ts';
import { addWork, removeWork } from '../work/work-store.ts';
import type { Handler } from '../work/worker.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { findPipelineById } from './pipeline-store.ts';

const START_PIPELINE = 'start_pipeline';
/** After this long a start that was to follow the pipeline's rows at once is taken for lost. */
const OVERDUE_MS = 10_000;

/** In the transaction that stores a pipeline: it will be started, however the server dies. */
export async function startPipelineLater(tx: Transaction, pipelineId: number, now: number): Promise<void> {
  await addWork(tx, { kind: START_PIPELINE, key: String(pipelineId), due_at: now + OVERDUE_MS });
}

/**
 * Makes the ref under which runners fetch the pipeline's commit, and then its first jobs pending. What was
 * done already stays as it is.
 */
export async function startPipeline(
  db: Database,
  repositories: Repositories,
  pipeline: { id: number; project_id: number; sha: string },
  now: number,
): Promise<void> {
  await createPipelineRef(repositories.of(pipeline.project_id), pipeline);
  await db.write(async (tx) => {
    await changeAndAdvance(tx, pipeline.id, now, async () => {});
    await removeWork(tx, START_PIPELINE, String(pipeline.id));
  });
}

/** For `Worker.handle(...startPipelines(…))`: starts the pipelines whose creation a crash cut short. */
export const startPipelines = (
  db: Database,
  repositories: Repositories,
  clock: () => number,
): [kind: string, handler: Handler] => [
  START_PIPELINE,
  async ({ key }) => {
    const pipeline = await findPipelineById(db.read, Number(key));
    if (pipeline) await startPipeline(db, repositories, pipeline, clock());
  },
];

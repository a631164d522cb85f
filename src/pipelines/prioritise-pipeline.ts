import type { Database } from '../db/database.ts';
import { requeuePipeline } from '../jobs/job-queue.ts';
import { writePriority } from './pipeline-store.ts';

/** Gives the pipeline's jobs another priority, also those that wait already. */
export async function prioritisePipeline(db: Database, pipelineId: number, priority: number): Promise<void> {
  await db.write(async (tx) => {
    await writePriority(tx, pipelineId, priority);
    await requeuePipeline(tx, pipelineId);
  });
}

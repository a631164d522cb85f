import type { Database } from '../db/database.ts';
import { CANCEL_DOWNSTREAM, type CancelWork } from '../jobs/bridge-work.ts';
import { isCompleted } from '../jobs/job-state.ts';
import type { Handler } from '../work/worker.ts';
import { cancelPipeline } from './cancel-pipeline.ts';
import { CANCEL_PIPELINE, DELETE_PIPELINE } from './child-work.ts';
import { deletePipeline } from './delete-pipeline.ts';
import { findDownstream } from './downstream-store.ts';
import { findPipelineById } from './pipeline-store.ts';

/** For `Worker.handle(...cancelPipelines(…))`: the children of a canceled pipeline. */
export const cancelPipelines = (db: Database, clock: () => number): [kind: string, handler: Handler] => [
  CANCEL_PIPELINE,
  async ({ key, payload }) => {
    const { conservative = false } = payload as CancelWork;
    await cancelPipeline(db, Number(key), clock(), { conservative });
  },
];

/** For `Worker.handle(...cancelDownstreams(…))`: the pipeline of a canceled bridge. */
export const cancelDownstreams = (db: Database, clock: () => number): [kind: string, handler: Handler] => [
  CANCEL_DOWNSTREAM,
  async ({ key, payload }) => {
    const pipeline = await findDownstream(db.read, Number(key));
    if (!pipeline || isCompleted(pipeline.status)) return;
    // What is asked of a pipeline before it ends is asked of its children; those of other projects are none.
    const conservative =
      pipeline.source === 'parent_pipeline' && (payload as CancelWork).conservative === true;
    await cancelPipeline(db, pipeline.id, clock(), { conservative });
  },
];

/** For `Worker.handle(...deletePipelines(…))`: the children of a deleted pipeline. */
export const deletePipelines = (db: Database, clock: () => number): [kind: string, handler: Handler] => [
  DELETE_PIPELINE,
  async ({ key }) => {
    const pipeline = await findPipelineById(db.read, Number(key));
    if (pipeline) await deletePipeline(db, pipeline, clock());
  },
];

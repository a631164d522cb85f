import type { Database, Transaction } from '../db/database.ts';
import type { Repositories } from '../git/repository.ts';
import { findBranchTip, findTagCommit } from '../git/revision.ts';
import { findProject } from '../projects/project-store.ts';
import { addWork } from '../work/work-store.ts';
import type { Handler } from '../work/worker.ts';
import { cancelPipeline } from './cancel-pipeline.ts';
import { findPipelineById, type Pipeline } from './pipeline-store.ts';
import { olderPipelines, type ReplacedPipeline } from './redundant-store.ts';

const CANCEL_REDUNDANT = 'cancel_redundant_pipelines';
const DAY_MS = 24 * 3_600_000;
/** Older ones are left alone. */
const REACH_MS = 7 * DAY_MS;

/** In the transaction that creates a pipeline: what it makes redundant is canceled afterwards. */
export async function cancelRedundantLater(tx: Transaction, pipelineId: number, now: number): Promise<void> {
  await addWork(tx, { kind: CANCEL_REDUNDANT, key: String(pipelineId), due_at: now });
}

/**
 * Cancels the older pipelines of the ref that nobody needs since `newer` is there, unless the project
 * (`auto_cancel_pending_pipelines`) or their own `workflow:auto_cancel:on_new_commit` says otherwise. Those of
 * the same commit, and of `head`, the commit that the ref has now, stay.
 */
export async function cancelRedundant(
  db: Database,
  newer: Pipeline,
  head: string | undefined,
  now: number,
): Promise<void> {
  if (newer.source === 'parent_pipeline') return;
  const project = await findProject(db.read, String(newer.project_id));
  if (project?.auto_cancel_pending_pipelines !== 'enabled') return;
  for (const older of await olderPipelines(db.read, newer, now - REACH_MS))
    if (older.sha !== newer.sha && older.sha !== head) await cancelFor(db, newer, older, now);
}

async function cancelFor(
  db: Database,
  newer: Pipeline,
  { id, auto_cancel_on_new_commit: mode }: ReplacedPipeline,
  now: number,
): Promise<void> {
  if (mode === 'none') return;
  await cancelPipeline(db, id, now, {
    auto_canceled_by_id: newer.id,
    only_interruptible: mode === 'interruptible',
    conservative: mode === 'conservative',
  });
}

/** For `Worker.handle(...cancelRedundantPipelines(…))`. */
export const cancelRedundantPipelines = (
  db: Database,
  repositories: Repositories,
  clock: () => number,
): [kind: string, handler: Handler] => [
  CANCEL_REDUNDANT,
  async ({ key }) => {
    const pipeline = await findPipelineById(db.read, Number(key));
    if (!pipeline) return;
    const repository = repositories.of(pipeline.project_id);
    const find = pipeline.tag === 1 ? findTagCommit : findBranchTip;
    await cancelRedundant(db, pipeline, await find(repository, pipeline.ref), clock());
  },
];

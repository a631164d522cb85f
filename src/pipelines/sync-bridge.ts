import type { Database, Transaction } from '../db/database.ts';
import { unavailableBecause } from '../db/unavailable.ts';
import { ApiError } from '../errors.ts';
import { CANCEL_DOWNSTREAM, SYNC_BRIDGE } from '../jobs/bridge-work.ts';
import { changeJob } from '../jobs/change-job.ts';
import { findJobById, type Job, readJobSpec } from '../jobs/job-store.ts';
import { removeWork } from '../work/work-store.ts';
import type { Handler } from '../work/worker.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { bridgeEvents, isInvalid, isRestarted } from './bridge-status.ts';
import { cancelPipeline } from './cancel-pipeline.ts';
import { createDownstream, type DownstreamParts } from './create-downstream.ts';
import { deletePipeline } from './delete-pipeline.ts';
import { followUpstream } from './follow-upstream.ts';
import { findDownstream } from './downstream-store.ts';
import { dropJob } from './finish-job.ts';
import { noteRestarted } from './process-store.ts';
import { resetSkipped } from './reset-skipped.ts';

/** Of creating a pipeline, within a quarter of a minute. */
const TRIES = 5;

/**
 * For `Worker.handle(...syncBridges(…))`. A bridge and its pipeline are of two transactions, and may be of two
 * projects: neither's lock is ever held while the other's is taken. Whenever one of them changes, this work is
 * added in that transaction, and brings the bridge to where its pipeline is:
 * - pending, and no pipeline yet: it is created, once (`upstream_job_id` is unique), or the bridge fails, also when
 *   something unforeseen has kept the server from it several times;
 * - a pipeline is there: the bridge runs, and ends at once or, with a strategy, as its pipeline does;
 * - running, and its pipeline has been deleted: it fails, since nothing is left to wait for;
 * - canceled before it knew of its pipeline, or deleted: so is the pipeline.
 * One that has no pipeline of its own, but mirrors another, is `follow-upstream`'s.
 * A bridge that somebody canceled stays so, unless somebody has run jobs of its pipeline again since.
 */
export const syncBridges = (
  db: Database,
  parts: () => DownstreamParts,
  clock: () => number,
): [kind: string, handler: Handler] => [
  SYNC_BRIDGE,
  async ({ key, attempts = 1 }) => syncBridge(db, parts(), Number(key), attempts >= TRIES, clock()),
];

async function syncBridge(
  db: Database,
  parts: DownstreamParts,
  bridgeId: number,
  isLastTry: boolean,
  now: number,
): Promise<void> {
  const bridge = await findJobById(db.read, bridgeId);
  const spec = bridge && (await readJobSpec(db.read, bridgeId));
  if (bridge && spec?.upstream !== undefined && !spec.trigger) {
    await followUpstream(db, bridge, spec.upstream, now);
    return;
  }
  let pipeline = await findDownstream(db.read, bridgeId);
  if (bridge?.status === 'pending' && !pipeline) {
    const made = await createDownstream(db, parts, bridge, now).catch(async (error: unknown) => {
      if (isLastTry && !isPassing(error)) await giveUp(db, bridge, now);
      throw error;
    });
    if ('failure_reason' in made) {
      await dropJob(db, bridge, made.failure_reason, now, ['pending'], made.message);
      return;
    }
    ({ pipeline } = made);
  }
  if (!pipeline) {
    if (bridge) await dropJob(db, bridge, 'unknown_failure', now, ['running']);
    return;
  }
  // Anything may have become of the bridge while its pipeline was made.
  const present = bridge && (await findJobById(db.read, bridgeId));
  if (present) {
    const knewNone = present.status === 'canceled' && present.started_at === null;
    if (knewNone && !isRestarted(present, pipeline)) await cancelPipeline(db, pipeline.id, now);
    else await follow(db, present, now);
  } else if (pipeline.source === 'parent_pipeline') await deletePipeline(db, pipeline, now);
}

/** What is no defect, and of which the disk or the database says that it will be mended. */
const isPassing = (error: unknown) =>
  (error instanceof ApiError && error.status === 503) || unavailableBecause(error) !== null;

async function giveUp(db: Database, bridge: Job, now: number): Promise<void> {
  if (await findDownstream(db.read, bridge.id)) return;
  const reason = 'downstream_pipeline_creation_failed';
  await dropJob(db, bridge, reason, now, ['pending'], 'An error of the server, which its log tells');
}

async function follow(db: Database, bridge: Job, now: number): Promise<void> {
  await db.write(async (tx) => {
    const hasChanged = await changeAndAdvance(tx, bridge.pipeline_id, now, () =>
      followWithin(tx, bridge.id, now),
    );
    // What ended the bridge here was its pipeline: there is nothing left to cancel.
    if (hasChanged) await removeWork(tx, CANCEL_DOWNSTREAM, String(bridge.id));
  });
}

/** Answers whether the bridge has changed. */
async function followWithin(tx: Transaction, bridgeId: number, now: number): Promise<boolean> {
  const bridge = await findJobById(tx, bridgeId);
  const pipeline = await findDownstream(tx, bridgeId);
  if (!bridge || !pipeline || bridge.retried === 1) return false;
  const { trigger } = await readJobSpec(tx, bridgeId);
  const events = bridgeEvents(bridge, trigger?.strategy ?? null, pipeline);
  for (const event of events) {
    const failure_reason = isInvalid(pipeline) ? 'downstream_pipeline_creation_failed' : 'unknown_failure';
    // No later than its pipeline, so that whatever restarts that is seen to come after.
    const at = event === 'cancel' ? Math.min(now, pipeline.finished_at ?? now) : now;
    await changeJob(tx, bridgeId, event, at, event === 'drop' ? { failure_reason } : {});
    if (event !== 'reopen') continue;
    await resetSkipped(tx, bridge.pipeline_id, [bridge], now, null);
    if (pipeline.restarted_at !== null) await noteRestarted(tx, bridge.pipeline_id, pipeline.restarted_at);
  }
  return events.length > 0;
}

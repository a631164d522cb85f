import { findUser } from '../access/access-store.ts';
import type { Database, Transaction } from '../db/database.ts';
import { SYNC_BRIDGE } from '../jobs/bridge-work.ts';
import { changeJob } from '../jobs/change-job.ts';
import type { FailureReason } from '../jobs/failure-reason.ts';
import { findJobById, type Job } from '../jobs/job-store.ts';
import { findProject } from '../projects/project-store.ts';
import { userMay } from '../projects/user-role.ts';
import { addWork } from '../work/work-store.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { bridgeEvents } from './bridge-status.ts';
import { dropJob } from './finish-job.ts';
import { findPipelineById } from './pipeline-store.ts';
import { findLatestOfRef, findUpstreamPipeline, storeUpstream, waitsFor } from './upstream-store.ts';

/** How often a pipeline is looked at that somebody else's bridge follows: nothing tells of its changes. */
const LOOK_EVERY_MS = 3000;

const IN_A_CIRCLE = 'The pipeline that it mirrors waits for its own';

type Found = { pipeline_id: number } | { failure_reason: FailureReason; message: string | null };

/**
 * Brings a bridge with `needs:pipeline` to where the pipeline is that it mirrors: the latest of the default branch of
 * `upstream` (a full path) at the moment when the bridge's turn came. Looks again until one of them has ended; one that
 * waits for the bridge's own pipeline has no end, so the bridge fails.
 */
export async function followUpstream(
  db: Database,
  bridge: Job,
  upstream: string,
  now: number,
): Promise<void> {
  if (bridge.retried === 1 || !['pending', 'running', 'manual'].includes(bridge.status)) return;
  const known = await findUpstreamPipeline(db.read, bridge.id);
  // Asked each time: the last of those that make a circle is there when the others look again.
  const isInCircle = known !== null && (await waitsFor(db.read, known, bridge.pipeline_id));
  const drop = () => dropJob(db, bridge, 'pipeline_loop_detected', now, ['pending', 'running'], IN_A_CIRCLE);
  if (isInCircle && (await drop())) return;
  if (bridge.status === 'pending' && known === null) {
    const found = await findUpstream(db, bridge, upstream, now);
    if ('failure_reason' in found) {
      await dropJob(db, bridge, found.failure_reason, now, ['pending'], found.message);
      return;
    }
    await db.write((tx) => storeUpstream(tx, bridge.id, found.pipeline_id));
  }
  await db.write((tx) => changeAndAdvance(tx, bridge.pipeline_id, now, () => mirror(tx, bridge.id, now)));
}

/** Seen with the eyes of the bridge's user. */
async function findUpstream(db: Database, bridge: Job, path: string, now: number): Promise<Found> {
  const user = bridge.user_id === null ? null : await findUser(db.read, bridge.user_id);
  const project = await findProject(db.read, path);
  if (!project || !user || !(await userMay(db.read, user, 'read_project', project, now)))
    return { failure_reason: 'upstream_bridge_project_not_found', message: null };
  if (!(await userMay(db.read, user, 'read_pipeline', project, now)))
    return { failure_reason: 'insufficient_upstream_permissions', message: null };
  // Of its own pipeline it would wait for itself.
  const latest =
    project.default_branch === null
      ? null
      : await findLatestOfRef(db.read, project.id, project.default_branch, bridge.pipeline_id);
  if (latest !== null) return { pipeline_id: latest };
  const message = 'The project has no pipeline of its default branch';
  return { failure_reason: 'upstream_bridge_project_not_found', message };
}

/** Answers whether the bridge has changed. */
async function mirror(tx: Transaction, bridgeId: number, now: number): Promise<boolean> {
  const bridge = await findJobById(tx, bridgeId);
  const pipeline_id = await findUpstreamPipeline(tx, bridgeId);
  if (!bridge || pipeline_id === null || bridge.retried === 1) return false;
  const pipeline = await findPipelineById(tx, pipeline_id);
  if (!pipeline) {
    await changeJob(tx, bridgeId, 'drop', now, { failure_reason: 'upstream_bridge_project_not_found' });
    return true;
  }
  const events = bridgeEvents(bridge, 'mirror', pipeline);
  for (const event of events) {
    const details = event === 'drop' ? { failure_reason: 'unknown_failure' as const } : {};
    await changeJob(tx, bridgeId, event, now, details);
  }
  const goesOn = pipeline.finished_at === null || pipeline.status === 'manual';
  if (goesOn) await addWork(tx, { kind: SYNC_BRIDGE, key: String(bridgeId), due_at: now + LOOK_EVERY_MS });
  return events.length > 0;
}

import type { Transaction } from '../db/database.ts';
import { changeJobs } from '../jobs/change-job.ts';
import { latestJobs } from '../jobs/job-store.ts';
import { readNeeds } from './process-store.ts';

/**
 * Jobs that were skipped because of these get another turn: those that need one of them, directly or
 * through others, and those of the stages behind the earliest. They are jobs of `user_id` then. The caller holds the pipeline's lock and
 * advances it.
 */
export async function resetSkipped(
  tx: Transaction,
  pipelineId: number,
  causes: readonly { name: string; stage_idx: number }[],
  now: number,
  user_id: number | null,
): Promise<void> {
  const skipped = await latestJobs(tx, pipelineId, ['skipped']);
  if (skipped.length === 0) return;
  const earliest = Math.min(...causes.map(({ stage_idx }) => stage_idx));
  const names = causes.map(({ name }) => name);
  const dependents = dependentsOf(await readNeeds(tx, pipelineId), names);
  const due = skipped.filter((job) => job.stage_idx > earliest || dependents.has(job.name));
  const ids = due.map(({ id }) => id);
  await changeJobs(tx, ids, 'process', now, user_id === null ? {} : { user_id });
}

function dependentsOf(
  edges: readonly { name: string; need: string }[],
  names: readonly string[],
): Set<string> {
  const byNeed = Map.groupBy(edges, ({ need }) => need);
  const dependents = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop())
    for (const edge of byNeed.get(name) ?? []) {
      if (dependents.has(edge.name)) continue;
      dependents.add(edge.name);
      open.push(edge.name);
    }
  return dependents;
}

import type { Database } from '../db/database.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { type CancelOptions, cancelWithin } from './cancel-within.ts';
import { hasBegunForGood } from './redundant-store.ts';

/** Cancels a pipeline, see cancelWithin. One that has ended is left as it is, and so may be one that has begun (`conservative`). */
export async function cancelPipeline(
  db: Database,
  pipelineId: number,
  now: number,
  options: CancelOptions = {},
): Promise<void> {
  await db.write((tx) =>
    changeAndAdvance(tx, pipelineId, now, async () => {
      if (options.conservative && (await hasBegunForGood(tx, pipelineId))) return;
      await cancelWithin(tx, { id: pipelineId }, now, options);
    }),
  );
}

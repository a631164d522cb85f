import type { Database } from '../db/database.ts';
import { changeAndAdvance } from './advance-pipeline.ts';
import { type CancelOptions, cancelWithin } from './cancel-within.ts';

/** Cancels a pipeline, see cancelWithin. One that has ended is left as it is. */
export async function cancelPipeline(
  db: Database,
  pipelineId: number,
  now: number,
  options: CancelOptions = {},
): Promise<void> {
  await db.write((tx) =>
    changeAndAdvance(tx, pipelineId, now, () => cancelWithin(tx, { id: pipelineId }, now, options)),
  );
}

import type { Database } from '../db/database.ts';
import { type ProcessMode, type ResourceGroup, updateResourceGroup } from '../jobs/resource-group-store.ts';
import { assignResourceLater } from './follow-resource-groups.ts';

/** Says in which order the group's jobs get its resource; in the new one somebody may be next at once. Null: it is gone. */
export async function setProcessMode(
  db: Database,
  group: Pick<ResourceGroup, 'id'>,
  process_mode: ProcessMode,
  now: number,
): Promise<ResourceGroup | null> {
  return await db.write(async (tx) => {
    const changed = await updateResourceGroup(tx, group.id, { process_mode, updated_at: now });
    if (changed) await assignResourceLater(tx, group.id, now);
    return changed;
  });
}

import {
  deleteMember,
  deleteMembersBelow,
  type Direct,
  findMember,
  isLastOwner,
} from '../access/member-store.ts';
import type { Database } from '../db/database.ts';
import { apiError } from '../errors.ts';
import { findSubtree } from './group-store.ts';

/**
 * Ends a membership; that of a group with those of all its subgroups and projects, unless told otherwise.
 * @throws 404 for no member, 403 for more than `level` and for the last owner of a group
 */
export async function removeMember(
  db: Database,
  at: Direct,
  user_id: number,
  { level, skip_subresources }: { level: number; skip_subresources: boolean },
  now: number,
): Promise<void> {
  const today = new Date(now).toISOString().slice(0, 10);
  await db.write(async (tx) => {
    const member = await findMember(tx, at, user_id);
    if (!member) throw apiError('record_not_found');
    if (member.access_level > level || (await isLastOwner(tx, member, today))) throw apiError('forbidden');
    await deleteMember(tx, member.id);
    if ('namespace_id' in at && !skip_subresources)
      await deleteMembersBelow(tx, await findSubtree(tx, at.namespace_id), user_id);
  });
}

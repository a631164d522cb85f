import { findUser } from '../access/access-store.ts';
import {
  deleteMember,
  type Direct,
  findInheritedMember,
  findMember,
  insertMember,
  isLastOwner,
  type MemberOf,
  updateMember,
} from '../access/member-store.ts';
import { ACCESS_LEVELS } from '../access/permissions.ts';
import type { Database, Transaction } from '../db/database.ts';
import { writeUnique } from '../db/write-unique.ts';
import { ApiError, apiError, invalidRecord, notFound } from '../errors.ts';
import { findNamespaces } from './group-store.ts';

/** The project or group that a membership is of, with the namespace from which levels are inherited. */
export interface MemberPlace {
  at: Direct;
  /** Null: nothing is inherited. */
  inherits_from: number | null;
}

/** Who gives a membership, with the highest level they may give. */
export interface Giver {
  user_id: number;
  level: number;
}

export interface GivenMember {
  access_level: number;
  /** `YYYY-MM-DD` */
  expires_at: string | null;
}

/** GitLab's numbers; 15 is a guest who plans. */
const LEVELS = new Set<number>([15, ...Object.values(ACCESS_LEVELS)]);

/**
 * Adds a user to a project or group.
 * @throws 404 for nobody, 409 for a member already, 403 for more than the giver has, 400 in GitLab's words
 */
export async function addMember(
  db: Database,
  { at, inherits_from }: MemberPlace,
  given: GivenMember & { user_id: number },
  giver: Giver,
  now: number,
): Promise<MemberOf> {
  const today = new Date(now).toISOString().slice(0, 10);
  return writeUnique(db, async (tx) => {
    const user = await findUser(tx, given.user_id);
    if (!user) throw notFound('User');
    const known = await findMember(tx, at, user.id);
    if (known && (known.expires_at === null || known.expires_at > today))
      throw new ApiError(409, { message: 'Member already exists' });
    if (known) await deleteMember(tx, known.id);
    await check(tx, inherits_from, user.id, given, giver, today);
    const { access_level, expires_at } = given;
    const member = await insertMember(tx, {
      project_id: null,
      namespace_id: null,
      ...at,
      user_id: user.id,
      access_level,
      expires_at,
      created_by_id: giver.user_id,
      created_at: now,
    });
    return { member, user };
  });
}

/**
 * Gives a member another level or end. `expires_at` undefined leaves the end as it is.
 * @throws as addMember; 404 for no member, 403 for the last owner of a group
 */
export async function changeMember(
  db: Database,
  { at, inherits_from }: MemberPlace,
  user_id: number,
  given: { access_level: number; expires_at?: string | null },
  giver: Giver,
  now: number,
): Promise<MemberOf> {
  const today = new Date(now).toISOString().slice(0, 10);
  return db.write(async (tx) => {
    const known = await findMember(tx, at, user_id);
    const user = await findUser(tx, user_id);
    if (!known || !user) throw apiError('record_not_found');
    if (known.access_level > giver.level) throw apiError('forbidden');
    const { access_level, expires_at = known.expires_at } = given;
    await check(tx, inherits_from, user_id, { access_level, expires_at }, giver, today);
    if (access_level < 50 && (await isLastOwner(tx, known, today))) throw apiError('forbidden');
    const member = await updateMember(tx, known.id, { access_level, expires_at });
    if (!member) throw apiError('record_not_found');
    return { member, user };
  });
}

async function check(
  tx: Transaction,
  inherits_from: number | null,
  user_id: number,
  { access_level, expires_at }: GivenMember,
  giver: Giver,
  today: string,
): Promise<void> {
  const problems: Record<string, string[]> = {};
  if (!LEVELS.has(access_level)) problems.access_level = ['is not included in the list'];
  if (expires_at !== null && expires_at < today) problems.expires_at = ['cannot be a date in the past'];
  if (Object.keys(problems).length > 0) throw invalidRecord(problems);
  if (access_level > giver.level) throw apiError('forbidden');
  if (inherits_from === null) return;
  const inherited = await findInheritedMember(
    tx,
    { project_id: null, namespace_id: inherits_from },
    user_id,
    today,
  );
  if (!inherited || inherited.member.access_level <= access_level) return;
  const [group] = await findNamespaces(tx, [inherited.member.namespace_id ?? 0]);
  throw invalidRecord({
    access_level: [
      `should be greater than or equal to ${nameOf(inherited.member.access_level)} inherited membership from group ${group?.name ?? ''}`,
    ],
  });
}

function nameOf(level: number): string {
  const [name = 'planner'] = Object.entries(ACCESS_LEVELS).find(([, value]) => value === level) ?? [];
  return name[0]?.toUpperCase() + name.slice(1);
}

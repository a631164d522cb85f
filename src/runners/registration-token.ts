import { createToken, digestToken, tokenMatches } from '../access/token.ts';
import type { Database } from '../db/database.ts';
import { findGroup } from '../projects/group-store.ts';
import { findProject } from '../projects/project-store.ts';
import { findRegistrationDigest, putRegistrationDigest } from './registration-token-store.ts';

/** Whose runners a registration token makes. */
export type RunnerOwner =
  | { runner_type: 'instance_type' }
  | { runner_type: 'group_type'; namespace_id: number }
  | { runner_type: 'project_type'; project_id: number };

/** GitLab's, so that secret scanners know it. */
const PREFIX = 'GR1348941';

/** The owner is written in the token, so that it is found without a search over digests. */
function mark(owner: RunnerOwner): string {
  if (owner.runner_type === 'group_type') return `g${owner.namespace_id}`;
  if (owner.runner_type === 'project_type') return `p${owner.project_id}`;
  return 'i';
}

const nameOf = (owner: RunnerOwner) => `registration_token_digest:${mark(owner)}`;

/**
 * Makes a new registration token for the owner; the one before stops working. It is shown this once:
 * only its digest is kept.
 */
export async function resetRegistrationToken(db: Database, owner: RunnerOwner): Promise<string> {
  const token = createToken(`${PREFIX}${mark(owner)}_`);
  await db.write((tx) => putRegistrationDigest(tx, nameOf(owner), digestToken(token)));
  return token;
}

/** Whose registration token this is; null when it is nobody's, or its owner is gone. */
export async function ownerOfRegistrationToken(db: Database, token: string): Promise<RunnerOwner | null> {
  const owner = readMark(token);
  if (!owner) return null;
  const digest = await findRegistrationDigest(db.read, nameOf(owner));
  if (digest === null || !tokenMatches(token, digest)) return null;
  return (await exists(db, owner)) ? owner : null;
}

function readMark(token: string): RunnerOwner | null {
  const [, kind, id] = /^GR1348941([igp])(\d{0,15})_/.exec(token) ?? [];
  if (kind === 'i') return { runner_type: 'instance_type' };
  if (kind === 'g') return { runner_type: 'group_type', namespace_id: Number(id) };
  return kind === 'p' ? { runner_type: 'project_type', project_id: Number(id) } : null;
}

async function exists(db: Database, owner: RunnerOwner): Promise<boolean> {
  if (owner.runner_type === 'group_type')
    return (await findGroup(db.read, String(owner.namespace_id))) !== null;
  if (owner.runner_type === 'project_type')
    return (await findProject(db.read, String(owner.project_id))) !== null;
  return true;
}

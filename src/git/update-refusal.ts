import type { Kysely } from 'kysely';
import { reaches, type Role } from '../access/permissions.ts';
import type { Tables } from '../db/schema.ts';
import { reachesLevel } from '../projects/may-update-ref.ts';
import {
  type BranchRule,
  branchRuleOf,
  protectedBranches,
  protectedTags,
  tagRuleOf,
} from '../projects/protected-ref-store.ts';
import { ZERO_SHA } from './repository.ts';
import type { RefUpdate } from './update-refs.ts';

/** Who wants to change refs. A protected ref can be deleted over the API, but not by a push of git. */
export interface Pusher {
  project: { id: number; default_branch: string | null };
  role: Role;
  via: 'git' | 'api';
}

/** A change of a ref; `forced`: it is known to drop commits that the ref has. */
export type WantedUpdate = RefUpdate & { forced?: boolean };

const FOR_MAINTAINERS = (kind: string) =>
  `You are not allowed to delete protected ${kind} from this project. Only a project maintainer or owner can delete a protected ${kind === 'tags' ? 'tag' : 'branch'}.`;

/**
 * Which of these updates the project's protections refuse to the pusher: the reason by ref, in GitLab's
 * words. `fast_forward_only` are the allowed branches of which no commit may be dropped.
 */
export async function updateRefusals(
  db: Kysely<Tables>,
  pusher: Pusher,
  updates: readonly WantedUpdate[],
): Promise<{ refused: Map<string, string>; fast_forward_only: Set<string> }> {
  const [branches, tags] = await Promise.all([
    protectedBranches(db, pusher.project.id),
    protectedTags(db, pusher.project.id),
  ]);
  const refused = new Map<string, string>();
  const fast_forward_only = new Set<string>();
  for (const update of updates) {
    const [, kind, name = ''] = /^refs\/(heads|tags)\/(.*)$/s.exec(update.ref) ?? [];
    let reason: string | null = null;
    if (kind === 'heads') {
      const rule = branchRuleOf(branches, name);
      reason = branchRefusal(pusher, name, rule, update);
      if (rule?.allow_force_push === 0) fast_forward_only.add(update.ref);
    } else if (kind === 'tags') reason = tagRefusal(pusher, name, tagRuleOf(tags, name), update);
    if (reason !== null) refused.set(update.ref, reason);
  }
  return { refused, fast_forward_only };
}

function branchRefusal(
  { project, role, via }: Pusher,
  name: string,
  rule: BranchRule | null,
  update: WantedUpdate,
): string | null {
  const deletes = update.new === ZERO_SHA;
  if (deletes && name === project.default_branch) return 'The default branch of a project cannot be deleted.';
  if (!rule) return null;
  if (deletes) {
    if (!reaches(role, 'maintainer')) return FOR_MAINTAINERS('branches');
    return via === 'git' ? 'You can only delete protected branches using the web interface.' : null;
  }
  if (!reachesLevel(role, rule.push_access_level))
    return update.old === ZERO_SHA && name !== project.default_branch
      ? 'You are not allowed to create protected branches on this project.'
      : 'You are not allowed to push code to protected branches on this project.';
  if (update.forced && rule.allow_force_push === 0)
    return 'You are not allowed to force push code to a protected branch on this project.';
  return null;
}

/** `level`: from which on the protected tag may be made; null for one that is not protected. */
function tagRefusal(
  { project, role, via }: Pusher,
  name: string,
  level: number | null,
  update: WantedUpdate,
): string | null {
  const creates = update.old === ZERO_SHA;
  if (creates && name === project.default_branch) return 'You cannot use default branch name to create a tag';
  if (level === null) return null;
  if (update.new === ZERO_SHA) {
    if (!reaches(role, 'maintainer')) return FOR_MAINTAINERS('tags');
    return via === 'git' ? 'You can only delete protected tags using the web interface.' : null;
  }
  if (!creates) return 'Protected tags cannot be updated.';
  return reachesLevel(role, level) ? null : 'You are not allowed to create this tag as it is protected.';
}

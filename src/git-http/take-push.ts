import type { Role } from '../access/permissions.ts';
import type { Project } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import { acceptPush } from '../pipelines/accept-push.ts';
import { type Push, storePush } from '../pipelines/push-store.ts';
import { branchRule } from '../projects/protected-ref-store.ts';
import { mayPush, mayUpdateRef } from '../projects/may-update-ref.ts';
import { ZERO_SHA } from '../git/repository.ts';
import type { RefUpdate } from '../git/update-refs.ts';
import type { PushCallbacks, Refusals } from './push.ts';

const NO_RIGHT = 'You are not allowed to push code to protected branches on this project.';
const NO_TAG = 'You are not allowed to create this tag as it is protected.';
const NO_DELETE = 'You are not allowed to delete protected branches from this project.';

interface Pusher {
  project: Project;
  role: Role;
  user_id: number;
}

/**
 * What the server does about a push: single refs are refused by their protection; the commands are stored
 * before git gets any of them; git's report goes out when the pipelines are committed.
 */
export function takePush(
  { db, clock, repositories, pipelineSettings, url }: Parts,
  { project, role, user_id }: Pusher,
): PushCallbacks {
  let push: Push | null = null;
  return {
    async before(commands, push_options) {
      const refusals = await refusalsOf(db, project.id, role, commands);
      const taken = commands.filter(({ ref }) => !refusals.refused.has(ref));
      if (taken.length > 0)
        push = await storePush(db, {
          project_id: project.id,
          user_id,
          commands: [...taken],
          push_options: [...push_options],
          created_at: clock(),
        });
      return refusals;
    },
    async after(updated) {
      if (!push) return [];
      const pipelines = await acceptPush(db, repositories, pipelineSettings(), push, updated, clock());
      return pipelines.map(({ id, ref, yaml_errors }) =>
        yaml_errors === null
          ? `Pipeline for ${ref}: ${url()}/${project.path_with_namespace}/-/pipelines/${id}`
          : `The configuration of ${ref} has mistakes: ${yaml_errors}`,
      );
    },
  };
}

async function refusalsOf(
  db: Parts['db'],
  project_id: number,
  role: Role,
  commands: readonly RefUpdate[],
): Promise<Refusals> {
  const refused = new Map<string, string>();
  const fast_forward_only = new Set<string>();
  for (const command of commands) {
    const [, kind, name = ''] = /^refs\/(heads|tags)\/(.*)$/s.exec(command.ref) ?? [];
    const deletes = command.new === ZERO_SHA;
    if (kind === 'tags' && !(await mayUpdateRef(db.read, project_id, role, { name, tag: true })))
      refused.set(command.ref, NO_TAG);
    if (kind !== 'heads') continue;
    const rule = await branchRule(db.read, project_id, name);
    if (!rule) continue;
    // A protected branch goes through the API, never by a push.
    if (deletes) refused.set(command.ref, NO_DELETE);
    else if (!(await mayPush(db.read, project_id, role, name, { force: false })))
      refused.set(command.ref, NO_RIGHT);
    else if (rule.allow_force_push === 0) fast_forward_only.add(command.ref);
  }
  return { refused, fast_forward_only };
}

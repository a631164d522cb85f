import type { Role } from '../access/permissions.ts';
import type { Project } from '../http/subjects.ts';
import type { Parts } from '../parts.ts';
import { acceptPush } from '../pipelines/accept-push.ts';
import { type Push, storePush } from '../pipelines/push-store.ts';
import { updateRefusals } from '../git/update-refusal.ts';
import type { PushCallbacks } from './push.ts';

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
      const refusals = await updateRefusals(db.read, { project, role, via: 'git' }, commands);
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

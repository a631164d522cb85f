import { ApiError, apiError } from '../errors.ts';
import { GitError } from '../git/git-error.ts';
import { updateRefusals, type WantedUpdate } from '../git/update-refusal.ts';
import type { ProjectCall } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { pushRefs } from '../pipelines/push-refs.ts';
import { userOf } from './reader.ts';

/** Who pushes, and to where. */
export type PushCall = Pick<ProjectCall<unknown>, 'caller' | 'project' | 'role'>;

/**
 * Moves refs for a caller who may push to the project: refused where they are protected from the caller,
 * otherwise with the pipelines of a push.
 * @throws 400 with GitLab's reason, also when somebody else was quicker
 */
export async function pushUpdates(
  { db, clock, repositories, pipelineSettings }: Parts,
  { caller, project, role }: PushCall,
  updates: readonly WantedUpdate[],
): Promise<void> {
  const { refused } = await updateRefusals(db.read, { project, role, via: 'api' }, updates);
  for (const reason of refused.values()) throw apiError('plain', reason);
  const push = { project_id: project.id, user_id: userOf(caller).id, updates };
  try {
    await pushRefs(db, repositories, pipelineSettings(), push, clock());
  } catch (error) {
    if (!(error instanceof GitError) || error.code === 'failed') throw error;
    throw new StaleRef(updates[0]?.ref ?? '', error.code);
  }
}

/** A ref moved, appeared or vanished meanwhile, or its name collides with another's folder. */
export class StaleRef extends ApiError {
  readonly code: GitError['code'];
  constructor(ref: string, code: GitError['code']) {
    super(400, { message: `Could not update ${ref}. Please refresh and try again.` });
    this.name = 'StaleRef';
    this.code = code;
  }
}

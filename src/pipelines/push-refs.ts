import type { Database } from '../db/database.ts';
import { GitError } from '../git/git-error.ts';
import type { Repositories } from '../git/repository.ts';
import { type RefUpdate, updateRefs } from '../git/update-refs.ts';
import { acceptPush } from './accept-push.ts';
import type { PipelineSettings } from './create-pipeline.ts';
import type { Pipeline } from './pipeline-store.ts';
import { closePush, storePush } from './push-store.ts';

/** Refs that somebody moves without git: by a commit, a branch or a tag made over the API. */
export interface ApiPush {
  project_id: number;
  user_id: number;
  updates: readonly RefUpdate[];
}

/** What is certain to have changed nothing. */
const REFUSALS: readonly string[] = ['stale', 'ref_exists', 'invalid_ref_name'];

/**
 * Moves refs as a push does: it is stored first, then all refs are moved or none, then its pipelines are
 * made. When the server dies in between, the open push gets its pipelines later. Answers the new ones.
 * @throws GitError `stale`, `ref_exists`, `invalid_ref_name`, `failed`
 */
export async function pushRefs(
  db: Database,
  repositories: Repositories,
  settings: PipelineSettings,
  { project_id, user_id, updates }: ApiPush,
  now: number,
): Promise<Pipeline[]> {
  const commands = updates.map(({ ref, old, new: sha }) => ({ ref, old, new: sha }));
  const push = await storePush(db, { project_id, user_id, commands, push_options: [], created_at: now });
  try {
    await updateRefs(repositories.of(project_id), commands);
  } catch (error) {
    if (error instanceof GitError && REFUSALS.includes(error.code))
      await db.write((tx) => closePush(tx, push.id));
    throw error;
  }
  return acceptPush(db, repositories, settings, push, commands, now);
}

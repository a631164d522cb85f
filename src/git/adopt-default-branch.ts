import type { Database } from '../db/database.ts';
import { DEFAULT_BRANCH_RULE } from '../projects/may-update-ref.ts';
import { findProject, type Project, updateProjectRow } from '../projects/project-store.ts';
import { insertProtectedBranch } from '../projects/protected-ref-store.ts';
import { setDefaultBranch, type Repository, ZERO_SHA } from './repository.ts';
import { findBranchTip } from './revision.ts';
import type { RefUpdate } from './update-refs.ts';

/**
 * When the first push to an empty repository does not bring the default branch, the first branch it brings
 * becomes the default, protected like one. Answers the project as it is then. Doing it again changes
 * nothing.
 */
export async function adoptDefaultBranch(
  db: Database,
  repository: Repository,
  project: Project,
  updated: readonly RefUpdate[],
  now: number,
): Promise<Project> {
  const brought = updated.flatMap(({ ref, new: sha }) =>
    ref.startsWith('refs/heads/') && sha !== ZERO_SHA ? [ref.slice('refs/heads/'.length)] : [],
  );
  const [first] = brought;
  const { default_branch } = project;
  if (first === undefined || brought.includes(default_branch ?? '')) return project;
  // It cannot be deleted, so it is only missing where nothing was ever pushed.
  if (default_branch !== null && (await findBranchTip(repository, default_branch))) return project;
  if (!(await findBranchTip(repository, first))) return project;
  // HEAD first: a crash in between finds the project as before, and does both again.
  await setDefaultBranch(repository, first);
  const adopted = await db.write(async (tx) => {
    const current = await findProject(tx, String(project.id));
    // Another first push was quicker.
    if (!current || current.default_branch !== default_branch) return current;
    await insertProtectedBranch(tx, { project_id: project.id, name: first, ...DEFAULT_BRANCH_RULE });
    return updateProjectRow(tx, project.id, { default_branch: first, updated_at: now });
  });
  if (adopted?.default_branch && adopted.default_branch !== first)
    await setDefaultBranch(repository, adopted.default_branch);
  return adopted ?? project;
}

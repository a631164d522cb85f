import { type Static, Type } from 'typebox';
import type { Commit as GitCommit } from '../../git/commit.ts';
import type { BranchRule } from '../../projects/protected-ref-store.ts';
import { Commit, commitOf } from './commit.ts';
import { entity } from './entity.ts';
import { LastPipeline } from './pipeline.ts';

/** A branch with the commit at its tip. */
export const Branch = entity({
  name: Type.String(),
  commit: Commit,
  merged: Type.Boolean({ description: 'The default branch has all that it has' }),
  protected: Type.Boolean(),
  developers_can_push: Type.Boolean(),
  developers_can_merge: Type.Boolean(),
  can_push: Type.Boolean({ description: 'The caller may push to it' }),
  default: Type.Boolean(),
  web_url: Type.String(),
  last_pipeline: Type.Optional(
    Type.Union([LastPipeline, Type.Null()], {
      description: 'With `with_last_pipeline`: the newest of the branch at its commit',
    }),
  ),
});

export interface BranchAround {
  /** The project's address, without a slash at its end. */
  projectUrl: string;
  merged: boolean;
  /** Null: it is not protected. */
  rule: BranchRule | null;
  can_push: boolean;
  default: boolean;
}

const DEVELOPER = 30;
const opensToDevelopers = (level: number | undefined) =>
  level !== undefined && level > 0 && level <= DEVELOPER;

export function branchOf(name: string, commit: GitCommit, around: BranchAround): Static<typeof Branch> {
  const { projectUrl, rule } = around;
  return {
    name,
    commit: commitOf(commit, projectUrl),
    merged: around.merged,
    protected: rule !== null,
    developers_can_push: opensToDevelopers(rule?.push_access_level),
    developers_can_merge: opensToDevelopers(rule?.merge_access_level),
    can_push: around.can_push,
    default: around.default,
    web_url: `${projectUrl}/-/tree/${name.split('/').map(encodeURIComponent).join('/')}`,
  };
}

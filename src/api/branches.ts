import { RE2JS } from 're2js';
import { type Static, Type } from 'typebox';
import { apiError, badParameters, notFound } from '../errors.ts';
import { GitError } from '../git/git-error.ts';
import { readCommits } from '../git/commit.ts';
import { isBranchName } from '../git/ref-name.ts';
import { listRefs, mergedBranches, type Ref } from '../git/refs.ts';
import { ZERO_SHA } from '../git/repository.ts';
import { findBranchTip } from '../git/revision.ts';
import { branchCreation, refDeletion } from '../git/update-refs.ts';
import { listPage, listParams } from '../http/list-page.ts';
import { placeOf } from '../http/paging.ts';
import { filled, subjectId } from '../http/parameters.ts';
import { type ProjectCall, projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { lastOfBranches } from '../pipelines/last-pipeline-store.ts';
import { reachesLevel } from '../projects/may-update-ref.ts';
import { reaches } from '../access/permissions.ts';
import { branchRuleOf, protectedBranches } from '../projects/protected-ref-store.ts';
import { maySeePipelines } from './commits.ts';
import { Branch, branchOf } from './entities/branch.ts';
import { Message } from './entities/entity.ts';
import { lastPipeline } from './entities/pipeline.ts';
import { pushUpdates, StaleRef } from './push-updates.ts';

const tag = 'Branches';
const one = Type.Object({ id: subjectId, branch: Type.String() });
const ORDERS = {
  name_asc: { order: 'name' },
  updated_asc: { order: 'updated' },
  updated_desc: { order: 'updated', descending: true },
} as const;

/** The branches of a repository. */
export function branchRoutes(parts: Parts): Route[] {
  const { db, url, repositories } = parts;

  /** Branches as the caller sees them; those that went meanwhile are left out. */
  const present = async (
    { project, role }: Who,
    branches: readonly Ref[],
  ): Promise<Static<typeof Branch>[]> => {
    const repository = repositories.of(project.id);
    const { default_branch } = project;
    const [rules, commits, tip] = await Promise.all([
      protectedBranches(db.read, project.id),
      readCommits(
        repository,
        branches.map(({ target }) => target),
      ),
      default_branch === null ? undefined : findBranchTip(repository, default_branch),
    ]);
    const merged = tip === undefined ? new Set<string>() : await mergedBranches(repository, tip);
    const byId = new Map(commits.map((commit) => [commit.id, commit]));
    return branches.flatMap(({ name, target }) => {
      const commit = byId.get(target);
      if (!commit) return [];
      const rule = branchRuleOf(rules, name);
      const mayPush = rule === null ? reaches(role, 'developer') : reachesLevel(role, rule.push_access_level);
      const around = {
        projectUrl: `${url()}/${project.path_with_namespace}`,
        merged: merged.has(name) && name !== default_branch,
        rule,
        can_push: mayPush && project.archived === 0,
        default: name === default_branch,
      };
      return [branchOf(name, commit, around)];
    });
  };

  const addLastPipelines = async (who: Who, refs: readonly Ref[], shown: Static<typeof Branch>[]) => {
    const { project } = who;
    const last = await lastOfBranches(db.read, project.id, maySeePipelines(who) ? refs : []);
    for (const branch of shown) {
      const pipeline = last.get(branch.name);
      branch.last_pipeline = pipeline ? lastPipeline(pipeline, url(), project.path_with_namespace) : null;
    }
  };

  const tipOf = async ({ project }: Who, branch: string): Promise<string> => {
    if (!isBranchName(branch)) throw apiError('plain', 'The branch refname is invalid');
    const tip = await findBranchTip(repositories.of(project.id), branch);
    if (tip === undefined) throw notFound('Branch');
    return tip;
  };

  const presentOne = async (who: Who, name: string): Promise<Static<typeof Branch>> => {
    const [shown] = await present(who, [{ name, target: await tipOf(who, name) }]);
    if (!shown) throw notFound('Branch');
    return shown;
  };

  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/repository/branches',
      summary: 'List the branches of a repository',
      tag,
      ability: 'read_code',
      jobToken: true,
      params: Type.Object({
        ...listParams,
        id: subjectId,
        search: Type.Optional(Type.String({ description: '`^x` begins with it, `x$` ends with it' })),
        regex: Type.Optional(Type.String({ description: 'An expression of RE2' })),
        sort: Type.Enum(['name_asc', 'updated_asc', 'updated_desc'], { default: 'name_asc' }),
        with_last_pipeline: Type.Boolean({ default: false }),
      }),
      reply: Type.Array(Branch),
      handler: async (call) => {
        const { regex, search, sort, with_last_pipeline, ...paging } = call.params;
        const fits = matcher(regex);
        const refs = await listRefs(repositories.of(call.project.id), 'branches', {
          ...ORDERS[sort],
          search,
        });
        const found = refs.filter(({ name }) => fits(name));
        const page = listPage(paging, found, ({ name }) => name);
        const shown = await present(call, page.items);
        if (with_last_pipeline) await addLastPipelines(call, page.items, shown);
        return page.reply(placeOf(url(), call), shown);
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/repository/branches/:branch',
      summary: 'One branch',
      tag,
      ability: 'read_code',
      jobToken: true,
      params: one,
      reply: Branch,
      handler: async (call) => presentOne(call, call.params.branch),
    }),
    projectRoute({
      method: 'POST',
      path: '/projects/:id/repository/branches',
      summary: 'Make a branch of a branch, tag or commit',
      tag,
      ability: 'push_code',
      params: Type.Object({ id: subjectId, branch: filled(), ref: filled() }),
      reply: Branch,
      handler: async (call) => {
        const { branch, ref } = call.params;
        const repository = repositories.of(call.project.id);
        if (!isBranchName(branch)) throw apiError('plain', 'Branch name is invalid');
        if (await findBranchTip(repository, branch)) throw apiError('plain', 'Branch already exists');
        try {
          await pushUpdates(parts, call, [await branchCreation(repository, branch, ref)]);
        } catch (error) {
          throw whyNotMade(error, branch, ref);
        }
        return presentOne(call, branch);
      },
    }),
    projectRoute({
      method: 'DELETE',
      path: '/projects/:id/repository/branches/:branch',
      summary: 'Delete a branch; its pipelines stay',
      tag,
      ability: 'push_code',
      params: one,
      reply: null,
      handler: async (call) => {
        const { branch } = call.params;
        await tipOf(call, branch);
        const deletion = await refDeletion(repositories.of(call.project.id), `refs/heads/${branch}`);
        if (!deletion) throw notFound('Branch');
        await pushUpdates(parts, call, [deletion]);
      },
    }),
    projectRoute({
      method: 'DELETE',
      path: '/projects/:id/repository/merged_branches',
      summary: 'Delete all branches whose commits are in the default branch, but no protected ones',
      tag,
      ability: 'push_code',
      status: 202,
      params: Type.Object({ id: subjectId }),
      reply: Message,
      handler: async (call) => {
        await deleteMerged(call);
        return { message: '202 Accepted' };
      },
    }),
  ];

  async function deleteMerged(call: Who): Promise<void> {
    const { project } = call;
    const repository = repositories.of(project.id);
    const tip = project.default_branch && (await findBranchTip(repository, project.default_branch));
    if (!tip) return;
    const rules = await protectedBranches(db.read, project.id);
    const [branches, merged] = await Promise.all([
      listRefs(repository, 'branches'),
      mergedBranches(repository, tip),
    ]);
    const updates = branches
      .filter(({ name }) => merged.has(name) && name !== project.default_branch && !branchRuleOf(rules, name))
      .map(({ name, target }) => ({ ref: `refs/heads/${name}`, old: target, new: ZERO_SHA }));
    if (updates.length > 0) await pushUpdates(parts, call, updates);
  }
}

type Who = Pick<ProjectCall<unknown>, 'caller' | 'project' | 'role'>;

/** @throws 400 for what is no expression of RE2 */
function matcher(regex: string | undefined): (name: string) => boolean {
  if (regex === undefined || regex === '') return () => true;
  try {
    const pattern = RE2JS.compile(regex);
    return (name) => pattern.matcher(name).find();
  } catch (error) {
    throw badParameters([
      `regex is an invalid expression: ${error instanceof Error ? error.message : error}`,
    ]);
  }
}

/** What stood in the way of a new branch, in GitLab's words. */
function whyNotMade(error: unknown, branch: string, ref: string): unknown {
  const failed = (why: string) => apiError('plain', `Failed to create branch '${branch}': ${why}`);
  if (error instanceof GitError && error.code === 'unknown_revision')
    return failed(`invalid reference name '${ref}'`);
  if (error instanceof StaleRef && error.code === 'ref_exists')
    return failed('Branch name conflicts with existing branch hierarchy.');
  return error;
}

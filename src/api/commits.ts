import { type Static, Type } from 'typebox';
import { allowsOnProject, type Visibility } from '../access/permissions.ts';
import { badParameters, notFound } from '../errors.ts';
import { commitStats } from '../git/changes.ts';
import { type Commit as GitCommit, readCommit } from '../git/commit.ts';
import type { FileAction } from '../git/commit-files.ts';
import { GitError } from '../git/git-error.ts';
import { listCommits } from '../git/list-commits.ts';
import { isEmpty, refsContaining } from '../git/refs.ts';
import { numberedPageParams, numberedPageRequest, pageOf, pageReply, placeOf } from '../http/paging.ts';
import { filled, subjectId } from '../http/parameters.ts';
import { type ProjectCall, projectRoute, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { lastOfCommits } from '../pipelines/last-pipeline-store.ts';
import { listPipelines } from '../pipelines/pipeline-store.ts';
import { commitFiles, contentOf, FILES_LIMIT } from './commit-files.ts';
import { CommitDetail, commitDetail, CommitItem, commitItem } from './entities/commit-detail.ts';
import { entity } from './entities/entity.ts';
import { lastPipeline } from './entities/pipeline.ts';
import { momentOf } from './job-filter.ts';

const tag = 'Commits';
const one = { id: subjectId, sha: Type.String({ description: 'A SHA, branch or tag' }) };
const stats = Type.Boolean({ default: true });
const Action = Type.Object({
  action: Type.Enum(['create', 'update', 'move', 'delete', 'chmod']),
  file_path: filled(),
  previous_path: Type.Optional(Type.String()),
  content: Type.Optional(Type.String({ binary: true })),
  encoding: Type.Enum(['text', 'base64'], { default: 'text' }),
  last_commit_id: Type.Optional(Type.String()),
  execute_filemode: Type.Optional(Type.Boolean()),
});
const CHANGED = (path: string) => `The file has changed since you started editing it: ${path}`;
const BasicRef = entity({ type: Type.String(), name: Type.String() });

/** The commits of a repository; one can be made of changes to files. */
export function commitRoutes(parts: Parts): Route[] {
  const { db, url, repositories } = parts;
  const projectUrl = ({ project }: Who) => `${url()}/${project.path_with_namespace}`;

  /** @throws 404 */
  const commitNamed = async ({ project }: Who, revision: string): Promise<GitCommit> => {
    const commit = await readCommit(repositories.of(project.id), revision);
    if (!commit) throw notFound('Commit');
    return commit;
  };

  const present = async (who: Who, commit: GitCommit, withStats: boolean) => {
    const { project } = who;
    const newest = { sort: 'desc', order: 'id', limit: 1, offset: 0, after: null } as const;
    const pipelines = maySeePipelines(who)
      ? (await listPipelines(db.read, { project_id: project.id, sha: commit.id }, newest)).items
      : [];
    return commitDetail(commit, {
      projectUrl: projectUrl(who),
      project_id: project.id,
      stats: withStats ? await commitStats(repositories.of(project.id), commit.id) : undefined,
      pipeline: pipelines[0] ?? null,
    });
  };

  const addLastPipelines = async (who: Who, items: Static<typeof CommitItem>[]) => {
    const shas = maySeePipelines(who) ? items.map(({ id }) => id) : [];
    const last = await lastOfCommits(db.read, who.project.id, shas);
    for (const item of items) {
      const pipeline = last.get(item.id);
      item.last_pipeline = pipeline ? lastPipeline(pipeline, url(), who.project.path_with_namespace) : null;
    }
  };

  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/repository/commits',
      summary: 'List the commits of a branch, a tag or a range, newest first',
      tag,
      ability: 'read_code',
      params: Type.Object({
        ...numberedPageParams,
        id: subjectId,
        ref_name: Type.Optional(Type.String({ description: 'The default branch unless said' })),
        path: Type.Optional(Type.String()),
        since: Type.Optional(Type.String({ description: 'ISO 8601' })),
        until: Type.Optional(Type.String({ description: 'ISO 8601' })),
        author: Type.Optional(Type.String()),
        all: Type.Boolean({ default: false }),
        with_stats: Type.Boolean({ default: false }),
        with_last_pipeline: Type.Boolean({ default: false }),
        first_parent: Type.Boolean({ default: false }),
        order: Type.Enum(['default', 'topo'], { default: 'default' }),
      }),
      reply: Type.Array(CommitItem),
      handler: async (call) => {
        const { ref_name, since, until, with_stats, with_last_pipeline, ...params } = call.params;
        const request = numberedPageRequest(params);
        const repository = repositories.of(call.project.id);
        const found = await listCommits(repository, {
          ...params,
          ref_name: ref_name || call.project.default_branch || 'HEAD',
          since: momentOf('since', since),
          until: momentOf('until', until),
          offset: request.offset,
          limit: request.limit + 1,
        }).catch(async (error: unknown) => {
          if (!(error instanceof GitError) || error.code !== 'unknown_revision') throw error;
          if (await isEmpty(repository)) return [];
          throw notFound('Commit');
        });
        const items: Static<typeof CommitItem>[] = [];
        for (const commit of found.slice(0, request.limit)) {
          const lines = with_stats ? await commitStats(repository, commit.id) : undefined;
          items.push(commitItem(commit, projectUrl(call), lines));
        }
        if (with_last_pipeline) await addLastPipelines(call, items);
        const next = found.length > request.limit ? request.offset + request.limit : null;
        return pageReply(placeOf(url(), call), request, { items, next, total: null });
      },
    }),
    projectRoute({
      method: 'POST',
      path: '/projects/:id/repository/commits',
      summary: 'Commit changes of several files',
      tag,
      ability: 'push_code',
      bodyLimit: FILES_LIMIT,
      params: Type.Object({
        id: subjectId,
        branch: filled(),
        commit_message: filled(),
        actions: Type.Array(Action, { hash: true }),
        start_branch: Type.Optional(filled()),
        start_sha: Type.Optional(filled()),
        force: Type.Boolean({ default: false }),
        author_email: Type.Optional(Type.String()),
        author_name: Type.Optional(Type.String()),
        stats,
      }),
      reply: CommitDetail,
      handler: async (call) => {
        const { actions, ...params } = call.params;
        const id = await commitFiles(parts, call, params, actions.map(fileAction), CHANGED);
        return present(call, await commitNamed(call, id), params.stats);
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/repository/commits/:sha',
      summary: 'One commit, with its newest pipeline',
      tag,
      ability: 'read_code',
      jobToken: true,
      params: Type.Object({ ...one, stats }),
      reply: CommitDetail,
      handler: async (call) => present(call, await commitNamed(call, call.params.sha), call.params.stats),
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/repository/commits/:sha/refs',
      summary: 'List the branches and tags that have a commit',
      tag,
      ability: 'read_code',
      params: Type.Object({
        ...numberedPageParams,
        ...one,
        type: Type.Enum(['all', 'branch', 'tag'], { default: 'all' }),
      }),
      reply: Type.Array(BasicRef),
      handler: async (call) => {
        const { sha, type } = call.params;
        const request = numberedPageRequest(call.params);
        const { id } = await commitNamed(call, sha);
        const repository = repositories.of(call.project.id);
        const refs = [];
        if (type !== 'tag')
          for (const name of await refsContaining(repository, 'branches', id))
            refs.push({ type: 'branch', name });
        if (type !== 'branch')
          for (const name of await refsContaining(repository, 'tags', id)) refs.push({ type: 'tag', name });
        return pageReply(placeOf(url(), call), request, pageOf(refs, request));
      },
    }),
  ];
}

type Who = Pick<ProjectCall<unknown>, 'project' | 'role'>;

/** Whether somebody who sees the commits may know of the pipelines for them. */
export const maySeePipelines = ({ project, role }: Who) =>
  allowsOnProject('read_pipeline', role, { ...project, visibility: project.visibility as Visibility });

/** An action as git takes it. @throws 400 when it lacks what its kind needs */
function fileAction(given: Static<typeof Action>, index: number): FileAction {
  const { action, file_path, previous_path, last_commit_id, execute_filemode } = given;
  const content = given.content === undefined ? undefined : contentOf(given.content, given.encoding);
  const missing = (name: string) => badParameters([`actions[${index}][${name}] is missing`]);
  switch (action) {
    case 'create':
    case 'update':
      if (content === undefined) throw missing('content');
      return action === 'create'
        ? { action, file_path, content, execute_filemode }
        : { action, file_path, content, execute_filemode, last_commit_id };
    case 'move':
      if (previous_path === undefined) throw missing('previous_path');
      return { action, file_path, previous_path, content, last_commit_id };
    case 'chmod':
      if (execute_filemode === undefined) throw missing('execute_filemode');
      return { action, file_path, execute_filemode, last_commit_id };
    case 'delete':
      return { action, file_path, last_commit_id };
  }
}

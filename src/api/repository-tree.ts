import { Type } from 'typebox';
import { apiError, notFound } from '../errors.ts';
import { openBlob } from '../git/file.ts';
import { GitError } from '../git/git-error.ts';
import { findCommitId } from '../git/revision.ts';
import { listTree } from '../git/tree.ts';
import { inertHeaders } from '../http/inert-file.ts';
import { listPage, listParams } from '../http/list-page.ts';
import { placeOf } from '../http/paging.ts';
import { subjectId } from '../http/parameters.ts';
import { type ProjectCall, projectRoute, Reply, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { FILES_LIMIT } from './commit-files.ts';
import { entity } from './entities/entity.ts';

const tag = 'Repositories';
const one = Type.Object({ id: subjectId, sha: Type.String({ description: 'Of the blob' }) });
const TreeEntry = entity({
  id: Type.String(),
  name: Type.String(),
  type: Type.String({ description: '`tree`, `blob`, or `commit` for a submodule' }),
  path: Type.String(),
  mode: Type.String(),
});
const Blob = entity({
  size: Type.Integer(),
  encoding: Type.String(),
  content: Type.String({ description: 'In Base64' }),
  sha: Type.String(),
});

/** What a repository is made of: folders and blobs. */
export function repositoryTreeRoutes({ url, repositories }: Parts): Route[] {
  /** @throws 404 */
  const blobOf = async ({ project }: Pick<ProjectCall<unknown>, 'project'>, sha: string) => {
    const repository = repositories.of(project.id);
    const blob = /^[0-9a-f]{7,40}$/.test(sha) ? await repository.objects.info(sha) : undefined;
    if (blob?.type !== 'blob') throw notFound('Blob');
    return { repository, blob };
  };

  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/repository/tree',
      summary: 'List the files and folders of a folder',
      tag,
      ability: 'read_code',
      params: Type.Object({
        ...listParams,
        id: subjectId,
        ref: Type.Optional(Type.String({ description: 'The default branch unless said' })),
        path: Type.Optional(Type.String()),
        recursive: Type.Boolean({ default: false }),
      }),
      reply: Type.Array(TreeEntry),
      handler: async (call) => {
        const { ref, path, recursive, ...paging } = call.params;
        const repository = repositories.of(call.project.id);
        const commit_id = await findCommitId(repository, ref || 'HEAD');
        if (commit_id === undefined) throw notFound('Tree');
        const entries = await listTree(repository, commit_id, { path, recursive }).catch((error: unknown) => {
          if (error instanceof GitError && error.code === 'unknown_path')
            throw notFound('invalid revision or path');
          throw error;
        });
        // A blob may stand in several places, so that pages go by paths.
        const page = listPage(paging, entries, (entry) => entry.path);
        return page.reply(placeOf(url(), call), page.items);
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/repository/blobs/:sha',
      summary: 'One blob with its content in Base64',
      tag,
      ability: 'read_code',
      params: one,
      reply: Blob,
      handler: async (call) => {
        const { repository, blob } = await blobOf(call, call.params.sha);
        if (blob.size > FILES_LIMIT) throw apiError('too_large');
        const whole = await repository.objects.read(blob.id, FILES_LIMIT);
        const content = whole?.content.toString('base64') ?? '';
        return { size: blob.size, encoding: 'base64', content, sha: blob.id };
      },
    }),
    projectRoute({
      method: 'GET',
      path: '/projects/:id/repository/blobs/:sha/raw',
      summary: 'The bytes of one blob',
      tag,
      ability: 'read_code',
      params: one,
      reply: 'application/octet-stream',
      handler: async (call) => {
        const { repository, blob } = await blobOf(call, call.params.sha);
        // Without a name there is no telling what it is.
        const headers = { ...inertHeaders(blob.id), 'Content-Length': String(blob.size) };
        return new Reply(200, openBlob(repository, blob.id), headers);
      },
    }),
  ];
}

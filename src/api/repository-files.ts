import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { apiError, notFound } from '../errors.ts';
import type { FileAction } from '../git/commit-files.ts';
import { blobSha256, findFile, openBlob } from '../git/file.ts';
import { findCommitId } from '../git/revision.ts';
import { inertHeaders } from '../http/inert-file.ts';
import { filled, subjectId } from '../http/parameters.ts';
import { type ProjectCall, projectRoute, Reply, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { checkFilePath, commitFiles, contentOf, FILES_LIMIT } from './commit-files.ts';
import { entity } from './entities/entity.ts';
import { aboutFile, fileHeaders, RepositoryFile } from './entities/repository-file.ts';

const tag = 'Repository files';
const path = '/projects/:id/repository/files/:file_path';
const FilePath = Type.String({ binary: true, description: 'URL-encoded' });
const change = {
  id: subjectId,
  file_path: FilePath,
  branch: filled(),
  commit_message: filled(),
  start_branch: Type.Optional(filled()),
  author_email: Type.Optional(Type.String()),
  author_name: Type.Optional(Type.String()),
  last_commit_id: Type.Optional(Type.String()),
};
const content = {
  content: Type.String({ binary: true }),
  encoding: Type.Enum(['text', 'base64'], { default: 'text' }),
  execute_filemode: Type.Optional(Type.Boolean()),
};
const Changed = entity({ file_path: Type.String(), branch: Type.String() });
const UPDATED = 'You are attempting to update a file that has changed since you started editing it.';
const DELETED = 'You are attempting to delete a file that has been previously updated.';

/** Single files: read, written, deleted. */
export function repositoryFileRoutes(parts: Parts): Route[] {
  const { repositories } = parts;

  /** @throws 404 */
  const fileAt = async ({ project }: Who, name: string, ref: string) => {
    checkFilePath(name);
    const repository = repositories.of(project.id);
    const commit_id = await findCommitId(repository, ref);
    if (commit_id === undefined) throw notFound('Commit');
    const file = await findFile(repository, commit_id, name);
    if (!file) throw notFound('File');
    return { repository, file, commit_id };
  };

  /** Commits one action on one file. */
  const write = async (
    call: ProjectCall<{ file_path: string; branch: string; commit_message: string }>,
    action: FileAction,
    changedText = '',
  ) => {
    checkFilePath(action.file_path);
    await commitFiles(parts, call, call.params, [action], () => changedText);
    return { file_path: call.params.file_path, branch: call.params.branch };
  };

  const reads = { method: 'GET', tag, ability: 'read_code', scopes: ['read_repository'] } as const;
  const writes = { tag, ability: 'push_code', bodyLimit: FILES_LIMIT } as const;
  return [
    projectRoute({
      ...reads,
      path,
      summary: 'One file with its content in Base64; HEAD has the headers alone',
      params: Type.Object({ id: subjectId, file_path: FilePath, ref: filled() }),
      reply: RepositoryFile,
      handler: async (call) => {
        const { ref } = call.params;
        const { repository, file, commit_id } = await fileAt(call, call.params.file_path, ref);
        // Larger ones are for `raw`, which streams.
        if (file.size > FILES_LIMIT) throw apiError('too_large');
        const blob = await repository.objects.read(file.blob_id, FILES_LIMIT);
        if (!blob) throw notFound('File');
        const content_sha256 = createHash('sha256').update(blob.content).digest('hex');
        const about = aboutFile(file, { ref, commit_id, content_sha256 });
        return new Reply(200, { ...about, content: blob.content.toString('base64') }, fileHeaders(about));
      },
    }),
    projectRoute({
      ...reads,
      jobToken: true,
      path: `${path}/raw`,
      summary: 'The bytes of one file',
      params: Type.Object({ id: subjectId, file_path: FilePath, ref: Type.Optional(filled()) }),
      reply: 'application/octet-stream',
      handler: async (call) => {
        const { ref = 'HEAD' } = call.params;
        const { repository, file, commit_id } = await fileAt(call, call.params.file_path, ref);
        const content_sha256 = await blobSha256(repository, file.blob_id);
        return new Reply(200, openBlob(repository, file.blob_id), {
          ...fileHeaders(aboutFile(file, { ref, commit_id, content_sha256 })),
          ...inertHeaders(file.file_name),
          'Content-Length': String(file.size),
        });
      },
    }),
    projectRoute({
      ...writes,
      method: 'POST',
      path,
      summary: 'Add a file',
      params: Type.Object({ ...change, ...content }),
      reply: Changed,
      handler: async (call) => {
        const { params } = call;
        return write(call, {
          action: 'create',
          file_path: params.file_path,
          content: contentOf(params.content, params.encoding),
          execute_filemode: params.execute_filemode,
        });
      },
    }),
    projectRoute({
      ...writes,
      method: 'PUT',
      path,
      summary: 'Change a file',
      params: Type.Object({ ...change, ...content }),
      reply: Changed,
      handler: async (call) => {
        const { params } = call;
        const action = {
          action: 'update',
          file_path: params.file_path,
          content: contentOf(params.content, params.encoding),
          execute_filemode: params.execute_filemode,
          last_commit_id: params.last_commit_id,
        } as const;
        return write(call, action, UPDATED);
      },
    }),
    projectRoute({
      ...writes,
      method: 'DELETE',
      path,
      summary: 'Delete a file',
      params: Type.Object(change),
      reply: null,
      handler: async (call) => {
        const { file_path, last_commit_id } = call.params;
        await write(call, { action: 'delete', file_path, last_commit_id }, DELETED);
      },
    }),
  ];
}

type Who = Pick<ProjectCall<unknown>, 'project'>;

import { type Static, Type } from 'typebox';
import type { Caller } from '../access/caller.ts';
import type { Role } from '../access/permissions.ts';
import { openArchiveFile } from '../artifacts/archive-file.ts';
import { type Artifact, findArtifact, isAvailable } from '../artifacts/artifact-store.ts';
import { ARTIFACT_TYPES, type ArtifactType } from '../artifacts/artifact-types.ts';
import { mayReadArtifact } from '../artifacts/may-read-artifact.ts';
import { findJobOfRef } from '../artifacts/ref-archive-store.ts';
import { apiError, notFound } from '../errors.ts';
import { framedHeaders, isHtml } from '../http/framed-file.ts';
import { disposition, inertHeaders } from '../http/inert-file.ts';
import { numberedPageParams, numberedPageRequest, pageOf, pageReply, placeOf } from '../http/paging.ts';
import { filled, recordId, subjectId } from '../http/parameters.ts';
import { isKnown, rangedReply } from '../http/ranged.ts';
import { type ProjectCall, projectRoute, Reply, type Route } from '../http/route.ts';
import type { Parts } from '../parts.ts';
import { entity } from './entities/entity.ts';
import { buildOf } from './jobs.ts';
import { goTo, pathOf } from './show-page.ts';
import { createSitePass } from './site-pass.ts';

const tag = 'Job artifacts';
const one = { id: subjectId, job_id: recordId() };
const path = Type.String({ binary: true });
const ofRef = Type.Object({
  id: subjectId,
  ref_name: Type.String(),
  job: filled(),
  search_recent_successful_pipelines: Type.Boolean({ default: false }),
  pipeline_status: Type.Optional(
    Type.Enum(['success', 'any'], { description: '`any`: whatever became of the pipeline' }),
  ),
});

const TreeEntry = entity({
  name: Type.String(),
  path: Type.String(),
  type: Type.String(),
  size: Type.Optional(Type.Integer()),
  mode: Type.String(),
});

/** Archives, whole and file by file, by job and by ref. */
export function artifactRoutes({ db, clock, url, blobs, indexes, secretKey }: Parts): Route[] {
  const archive = async (headers: Headers, artifact: Artifact | null) => {
    const blob = artifact && (await blobs.stat(artifact.blob_key));
    if (!artifact || !blob) throw apiError('not_found');
    const send = async (range: { start: number; end: number }) => {
      const stream = await blobs.send(artifact.blob_key, range);
      if (!stream) throw apiError('not_found');
      return stream;
    };
    return rangedReply(
      headers,
      { size: artifact.size, etag: `"${artifact.sha256}"`, send },
      {
        'Content-Type': 'application/octet-stream',
        'Content-Transfer-Encoding': 'binary',
        'Content-Disposition': disposition('attachment', artifact.filename),
      },
    );
  };

  const file = async (headers: Headers, artifact: Artifact | null, name: string, asPage = false) => {
    if (!isPath(name)) throw apiError('bad_request');
    if (!artifact) throw apiError('not_found');
    const found = await openArchiveFile(blobs, indexes, artifact, name);
    if (!found) throw apiError('not_found');
    const shown = { ...(asPage ? framedHeaders(name) : inertHeaders(name)), ETag: found.etag };
    if (isKnown(headers, found.etag)) {
      found.stream.destroy();
      return new Reply(304, null, shown);
    }
    return new Reply(200, found.stream, { ...shown, 'Content-Length': String(found.size) });
  };

  const available = async (jobId: number, role: Role) => {
    const artifact = await archiveOf(jobId, role);
    return artifact && isAvailable(artifact, clock()) ? artifact : null;
  };

  /** @throws 403 when the job keeps its artifacts from callers of this role */
  const archiveOf = async (jobId: number, role: Role, type: ArtifactType = 'archive') => {
    const artifact = await findArtifact(db, jobId, type);
    if (artifact && !mayReadArtifact(artifact, role)) throw apiError('forbidden');
    return artifact;
  };

  const archiveOfRef = async (
    { project, role }: Pick<ProjectCall<unknown>, 'project' | 'role'>,
    params: Static<typeof ofRef>,
  ) => {
    const { ref_name: ref, job, search_recent_successful_pipelines: recent } = params;
    const search = params.pipeline_status === 'any' ? 'any' : recent ? 'recent' : 'latest';
    const id = await findJobOfRef(db.read, project.id, { ref, job }, search);
    if (id === null) throw search === 'latest' ? apiError('record_not_found') : notFound('Job');
    return archiveOf(id, role);
  };

  const reads = { method: 'GET', tag, ability: 'read_build', jobToken: true } as const;
  return [
    projectRoute({
      ...reads,
      path: '/projects/:id/jobs/:job_id/artifacts',
      summary: 'Get the archive of a job, or a report as its runner sent it, whole or by Range',
      params: Type.Object({
        ...one,
        file_type: Type.Enum(ARTIFACT_TYPES, { default: 'archive', description: '`junit`, `sast`…' }),
      }),
      reply: 'application/octet-stream',
      handler: async ({ params, project, role, headers }) => {
        const job = await buildOf(db, project.id, params.job_id);
        return archive(headers, await archiveOf(job.id, role, params.file_type));
      },
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/jobs/artifacts/:ref_name+/download',
      summary: 'Get the archive of the latest successful pipeline of a ref',
      params: ofRef,
      reply: 'application/octet-stream',
      handler: async (call) => archive(call.headers, await archiveOfRef(call, call.params)),
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/jobs/artifacts/:ref_name+/raw/:artifact_path+',
      summary: 'Get one file of the latest successful pipeline of a ref',
      params: Type.Object({ ...ofRef.properties, artifact_path: path }),
      reply: 'application/octet-stream',
      handler: async (call) =>
        file(call.headers, await archiveOfRef(call, call.params), call.params.artifact_path),
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/jobs/:job_id/artifacts/tree',
      summary: 'List the files of the archive of a job',
      params: Type.Object({
        ...one,
        ...numberedPageParams,
        path: Type.String({ default: '', binary: true }),
        recursive: Type.Boolean({ default: false }),
      }),
      reply: Type.Array(TreeEntry),
      handler: async ({ params, project, role, url: address }) => {
        const job = await buildOf(db, project.id, params.job_id);
        const artifact = await available(job.id, role);
        if (!artifact) throw notFound('Artifacts');
        const index = await indexes.get(artifact);
        if (!index) throw notFound('Artifacts metadata');
        const tree = index.tree(params.path, params.recursive);
        if (!tree) throw notFound('Path');
        const request = numberedPageRequest(params);
        const page = pageOf(tree, request);
        return pageReply(placeOf(url(), { url: address, params }), request, page);
      },
    }),
    projectRoute({
      ...reads,
      path: '/projects/:id/jobs/:job_id/artifacts/:artifact_path+',
      summary: 'Get one file of the archive of a job',
      params: Type.Object({
        ...one,
        artifact_path: path,
        as_page: Type.Boolean({
          default: false,
          description:
            'HTML is HTML, to be shown in a frame, in a sandbox. A browser is led to an address at which what the page ' +
            'links to in the archive is found; for who sends a token nothing of it is loaded',
        }),
      }),
      reply: 'application/octet-stream',
      handler: async ({ params, project, role, caller, headers }) => {
        const job = await buildOf(db, project.id, params.job_id);
        const artifact = await available(job.id, role);
        const { artifact_path: name } = params;
        const asPage = params.as_page && isHtml(name);
        if (!asPage || !artifact || !isOfBrowser(caller) || !isPlain(name))
          return file(headers, artifact, name, asPage);
        const whose = { user_id: caller.user?.id ?? null, project_id: project.id, job_id: job.id };
        return goTo(`/-/site/${await createSitePass(secretKey, whose, clock())}/${pathOf(name)}`);
      },
    }),
  ];
}

type Headers = Parameters<typeof rangedReply>[0];

/** Whether it can be a path: no NUL; what is not UTF-8 was refused before. */
const isPath = (name: string) => !name.includes('\0');

/** Nobody in particular, or who has signed in: a pass of theirs opens no more than they have sent. */
const isOfBrowser = (caller: Caller) =>
  caller.kind === 'anonymous' || (caller.kind === 'user' && caller.token === null);

/** Whether a browser asks for it as it is written in an address, and for nothing above. */
const isPlain = (name: string) => name.split('/').every((part) => !['', '.', '..'].includes(part));

import type { IncomingHttpHeaders } from 'node:http';
import { type Static, Type } from 'typebox';
import { artifactLimit } from '../artifacts/artifact-limit.ts';
import { accessibilityOf, findArtifact, isAvailable } from '../artifacts/artifact-store.ts';
import { ARTIFACT_TYPES, formatOf } from '../artifacts/artifact-types.ts';
import { mayFetchArtifact } from '../artifacts/may-fetch-artifact.ts';
import { storeArtifact } from '../artifacts/store-artifact.ts';
import type { StagedBlob } from '../blobs/blob-store.ts';
import type { Transaction } from '../db/database.ts';
import { expirySeconds, isExpiry } from '../ci/duration.ts';
import { apiError, badParameters } from '../errors.ts';
import { dayOf } from '../http/day.ts';
import { Reply, route, type Route } from '../http/route.ts';
import { authorizeProject } from '../http/subjects.ts';
import { isExecuting } from '../jobs/job-state.ts';
import { findJobById, findJobSpec } from '../jobs/job-store.ts';
import type { Parts } from '../parts.ts';
import { requireRoom } from '../storage/quota.ts';
import { receiveReport } from '../reports/receive-report.ts';
import type { JobAuthenticator } from './authenticate-job.ts';
import { takeFilePart } from './file-part.ts';
import { jobTokenOf } from './parameters.ts';

const tag = 'Runner protocol';
const upload = Type.Object({
  id: Type.Integer(),
  token: Type.Optional(Type.String({ description: "The job's token, instead of the JOB-TOKEN header" })),
  artifact_type: Type.Enum(ARTIFACT_TYPES, { default: 'archive' }),
  artifact_format: Type.Enum(['zip', 'gzip', 'raw'], { default: 'zip' }),
  expire_in: Type.Optional(Type.String({ description: 'A duration, or `never`' })),
  filesize: Type.Optional(Type.Integer({ description: 'Bytes, where they are known before' })),
});

/** How a runner leaves the artifacts of its job, and fetches those of others. */
export function artifactRoutes(parts: Parts, jobs: JobAuthenticator): Route[] {
  const { db, blobs, clock, limits, config, secretKey } = parts;

  /** @throws 400 for a duration that nobody understands */
  const expiry = (expire_in: string | undefined, now: number): number | null => {
    if (expire_in !== undefined && expire_in !== '' && !isExpiry(expire_in))
      throw badParameters(['expire_in is invalid']);
    const seconds = expire_in ? expirySeconds(expire_in) : limits.artifacts_expire_in;
    return seconds === null ? null : now + seconds * 1000;
  };

  /**
   * The job that may upload this, and the most bytes of it.
   * @throws 403, 405 while the server takes no artifacts, 400 for a type in another format, 413
   */
  const admit = async (params: Static<typeof upload>, headers: IncomingHttpHeaders) => {
    if (!config.artifacts) throw apiError('method_not_allowed');
    const job = await jobs.authenticate(params.id, jobTokenOf(headers, params.token));
    if (!isExecuting(job.status)) throw apiError('forbidden_because', 'Job is not running');
    if (formatOf(params.artifact_type) !== params.artifact_format)
      throw apiError('bad_request_because', 'Invalid file format with specified file type');
    const maxSize = artifactLimit(params.artifact_type, limits);
    if ((params.filesize ?? 0) > maxSize) throw apiError('too_large');
    await requireRoom(db.read, job.project_id, params.filesize ?? 1);
    return { job, maxSize };
  };

  return [
    route({
      method: 'POST',
      path: '/jobs/:id/artifacts',
      summary: 'Upload an artifact of a job, as its runner',
      tag,
      ability: 'job_token',
      body: 'stream',
      params: upload,
      reply: 'text/plain',
      handler: async ({ params, headers, body }) => {
        const now = clock();
        const { job, maxSize } = await admit(params, headers);
        const { artifact_type: file_type, artifact_format: file_format } = params;
        const expire_at = expiry(params.expire_in, now);
        if (Number(headers['content-length'] ?? 0) > maxSize + FORM_BYTES) throw apiError('too_large');
        const token = jobTokenOf(headers, params.token);
        const spec = await findJobSpec(db.read, job.id);
        if (!spec) throw await jobs.tooLate(job.id, token);
        const accessibility = accessibilityOf(spec.artifacts?.access);
        const hold = (tx: Transaction) => jobs.hold(tx, job, token);
        const examine = (staged: StagedBlob) => receiveReport(file_type, staged, { secretKey, limits, now });
        const wanted = {
          job,
          file_type,
          file_format,
          accessibility,
          expire_at,
          maxSize,
          examine,
          admit: hold,
        };
        await takeFilePart(body, headers, (source, filename) =>
          storeArtifact(db, blobs, { ...wanted, filename, source }, now),
        );
        return new Reply(201, '201', { 'Content-Type': 'text/plain' });
      },
    }),
    route({
      method: 'POST',
      path: '/jobs/:id/artifacts/authorize',
      summary: 'Ask whether an artifact may be uploaded, and how large it may be',
      tag,
      ability: 'job_token',
      status: 200,
      params: upload,
      reply: Type.Object({ MaximumSize: Type.Integer({ description: 'Bytes' }) }),
      handler: async ({ params, headers }) => ({ MaximumSize: (await admit(params, headers)).maxSize }),
    }),
    route({
      method: 'GET',
      path: '/jobs/:id/artifacts',
      summary: 'Download the archive of a job, as the runner of one that depends on it',
      tag,
      ability: 'job_token',
      jobToken: true,
      params: Type.Object({
        id: Type.Integer(),
        direct_download: Type.Boolean({
          default: false,
          description: 'A redirect to the storage is understood',
        }),
      }),
      reply: 'application/octet-stream',
      handler: async ({ params, caller }) => {
        if (caller.kind === 'anonymous') throw apiError('unauthorized');
        if (caller.kind !== 'job') throw apiError('forbidden');
        const now = clock();
        const producer = await findJobById(db.read, params.id);
        if (!producer) throw apiError('forbidden');
        const project_id = String(producer.project_id);
        const { role } = await authorizeProject(db.read, caller, project_id, 'read_build', dayOf(now));
        const archive = await findArtifact(db, producer.id);
        if (archive && !(await mayFetchArtifact(db.read, caller.job, archive, role)))
          throw apiError('forbidden');
        if (!archive || !isAvailable(archive, now)) throw apiError('not_found');
        const bytes = await blobs.send(archive.blob_key, { start: 0, end: archive.size - 1 });
        if (!bytes) throw apiError('not_found');
        return new Reply(200, bytes, {
          'Content-Type': 'application/octet-stream',
          'Content-Length': String(archive.size),
          'Content-Disposition': `attachment; filename="${archive.filename.replace(/[^\w.-]/g, '_')}"`,
        });
      },
    }),
  ];
}

/** What the form around a file may have. */
const FORM_BYTES = 64 * 1024;

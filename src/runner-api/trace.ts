import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Type } from 'typebox';
import { ApiError, apiError } from '../errors.ts';
import { Reply, route, type Route } from '../http/route.ts';
import { EXECUTING, type JobStatus } from '../jobs/job-state.ts';
import { markDebugTrace } from '../jobs/job-store.ts';
import type { Parts } from '../parts.ts';
import { acknowledgeJob } from '../pipelines/claim-job.ts';
import { dropJob } from '../pipelines/finish-job.ts';
import type { JobAuthenticator } from './authenticate-job.ts';
import { jobTokenOf } from './parameters.ts';
import { noteContact } from './update-job.ts';

/** GitLab's runner sends a mebibyte at most. */
const CHUNK_BYTES = 8 * 1024 * 1024;

/** How a runner sends the log of its job, chunk by chunk. */
export function traceRoute({ db, clock, logs, limits }: Parts, jobs: JobAuthenticator): Route {
  return route({
    method: 'PATCH',
    path: '/jobs/:id/trace',
    summary: "Append to a job's log, as its runner",
    tag: 'Runner protocol',
    ability: 'job_token',
    status: 202,
    body: 'stream',
    bodyLimit: CHUNK_BYTES,
    params: Type.Object({
      id: Type.Integer(),
      token: Type.Optional(Type.String({ description: "The job's token, instead of the JOB-TOKEN header" })),
      debug_trace: Type.Boolean({ default: false, description: 'The log may show secrets' }),
    }),
    reply: 'text/plain',
    handler: async ({ params, headers, body }) => {
      const now = clock();
      const token = jobTokenOf(headers, params.token);
      const job = await jobs.authenticate(params.id, token);
      const start = startOf(headers['content-range']);
      const bytes = await readChunk(body, headers);
      let status: JobStatus = job.status;
      if (status === 'pending') {
        // Its word that it has begun was lost; that it sends the log says as much.
        const running = await acknowledgeJob(db, job, token, now, jobs.lateBy());
        if (!running) throw await jobs.tooLate(job.id, token);
        status = running.status;
      } else await noteContact(db, job, now);
      // First, so that nobody reads secrets in between.
      if (params.debug_trace && job.debug_trace === 0) await markDebugTrace(db, job.id);
      const { outcome, size } = await logs.append(job.id, start, bytes);
      if (outcome === 'ended') throw await jobs.tooLate(job.id, token);
      if (outcome === 'too_large') {
        const dropped = await dropJob(db, job, 'trace_size_exceeded', now, EXECUTING);
        if (!dropped) throw await jobs.tooLate(job.id, token);
        const { status: code, body: text } = apiError('forbidden_because', 'The log is too large');
        throw new ApiError(code, text, { 'Job-Status': dropped.status });
      }
      const told = {
        'Job-Status': status,
        Range: `0-${size}`,
        'X-GitLab-Trace-Update-Interval': String(
          logs.isWatched(job.id, now) ? limits.trace_update_interval_watched : limits.trace_update_interval,
        ),
      };
      if (outcome === 'gap') {
        const { status: code, body: text } = apiError('range_not_satisfiable');
        throw new ApiError(code, text, told);
      }
      return new Reply(202, null, told);
    },
  });
}

/** The first byte of `Content-Range: <first>-<last>`; older runners append `/<total>`. */
function startOf(range: string | undefined): number {
  if (range === undefined) throw apiError('plain', '400 Missing header Content-Range');
  const start = Number(/^\s*(\d{1,15})-/.exec(range)?.[1]);
  if (!Number.isSafeInteger(start)) throw apiError('bad_request_because', 'Invalid Content-Range');
  return start;
}

/** The whole chunk. Mostly it has come together with its head, and then nothing is waited for. */
async function readChunk(body: Readable, headers: IncomingHttpHeaders): Promise<Buffer> {
  const length = Number(headers['content-length']);
  if (length > CHUNK_BYTES) throw apiError('too_large');
  if (length > 0 && body.readableLength === length) return body.read() as Buffer;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > CHUNK_BYTES) throw apiError('too_large');
    parts.push(part);
  }
  const [first] = parts;
  return first && parts.length === 1 ? first : Buffer.concat(parts);
}

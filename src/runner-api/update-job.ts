import { Type } from 'typebox';
import { ApiError, apiError, badParameters } from '../errors.ts';
import { type Reply, route, type Route } from '../http/route.ts';
import { touchJob } from '../jobs/job-store.ts';
import type { RunnerJob } from '../jobs/runner-job-store.ts';
import type { Parts } from '../parts.ts';
import { acknowledgeJob, keepOffer } from '../pipelines/claim-job.ts';
import { finishJob, type JobResult } from '../pipelines/finish-job.ts';
import { heartbeatOfJob } from '../runners/heartbeat.ts';
import { traceAgrees } from '../traces/read-trace.ts';
import type { JobAuthenticator } from './authenticate-job.ts';
import { jobReply } from './job-reply.ts';
import { Info } from './parameters.ts';

/** How often a runner is asked for a log anew that is not the one it speaks of. */
const RESENDS = 3;
/** Jobs whose resends are counted. */
const COUNTED = 10_000;

/** Notes what a call about a job tells of its runner: it lives. Mostly this writes nothing. */
export async function noteContact(db: Parts['db'], job: RunnerJob, now: number): Promise<void> {
  await touchJob(db, job, now);
  const { runner_id, runner_manager_id, contacted_at } = job;
  if (runner_id !== null) await heartbeatOfJob(db, { runner_id, runner_manager_id, contacted_at }, now);
}

/** A refusal that tells the runner what its job is all the same. */
const refused = ({ status, body }: ApiError, job: RunnerJob) =>
  new ApiError(status, body, { 'Job-Status': job.status });

/** How a runner says that it has begun, lives, and is done. */
export function updateJobRoute({ db, clock, logs, log, limits }: Parts, jobs: JobAuthenticator): Route {
  const resends = new Map<number, number>();

  const begin = async (job: RunnerJob, token: string, now: number): Promise<Reply> => {
    if (job.status !== 'pending') {
      await noteContact(db, job, now);
      return jobReply(200, job.status);
    }
    const running = await acknowledgeJob(db, job, token, now, jobs.lateBy());
    if (!running) throw await jobs.tooLate(job.id, token);
    return jobReply(200, running.status);
  };

  /** A runner that prepares for the job before it begins may say so, and has more time. */
  const keepWaiting = async (job: RunnerJob, token: string, now: number): Promise<Reply> => {
    if (job.status !== 'pending')
      throw refused(apiError('bad_request_because', 'The job is running already'), job);
    if (!(await keepOffer(db, job.id, token, now + limits.job_acknowledge, jobs.lateBy())))
      throw await jobs.tooLate(job.id, token);
    return jobReply(200, job.status);
  };

  const finish = async (
    job: RunnerJob,
    token: string,
    result: JobResult,
    output: { checksum?: string; bytesize?: number },
    now: number,
  ): Promise<Reply> => {
    if (job.status === 'pending')
      throw refused(
        apiError('bad_request_because', 'The job has not been acknowledged with state running'),
        job,
      );
    if (!traceAgrees(await logs.mark(job.id), output)) {
      const count = resends.get(job.id) ?? 0;
      if (count < RESENDS) {
        if (resends.size >= COUNTED) resends.clear();
        resends.set(job.id, count + 1);
        // Emptied first: to 412 the runner sends all of it again, from byte 0.
        await logs.reset(job.id);
        return jobReply(412, job.status);
      }
      log.warn({ job: job.id }, "a log is kept that does not have its runner's checksum");
    }
    resends.delete(job.id);
    // What the end of the job acknowledges must outlive a power loss.
    await logs.sync(job.id);
    const ended = await finishJob(db, job, result, now);
    if (!ended) throw await jobs.tooLate(job.id, token);
    return jobReply(200, ended.status);
  };

  return route({
    method: 'PUT',
    path: '/jobs/:id',
    summary: 'Say how a job goes, as its runner',
    tag: 'Runner protocol',
    ability: 'job_token',
    params: Type.Object({
      id: Type.Integer(),
      token: Type.String({ description: "The job's token" }),
      state: Type.Optional(Type.String({ description: '`pending`, `running`, `success` or `failed`' })),
      checksum: Type.Optional(Type.String({ description: '`crc32:` and eight hexadecimal digits' })),
      failure_reason: Type.Optional(Type.String()),
      exit_code: Type.Optional(Type.Integer()),
      output: Type.Optional(
        Type.Object({
          checksum: Type.Optional(Type.String()),
          bytesize: Type.Optional(Type.Integer()),
        }),
      ),
      info: Type.Optional(Info),
    }),
    reply: 'text/plain',
    handler: async ({ params }) => {
      const { id, token, state, failure_reason, exit_code, output = {}, checksum } = params;
      const now = clock();
      const job = await jobs.authenticate(id, token);
      if (state === 'running') return begin(job, token, now);
      if (state === 'pending') return keepWaiting(job, token, now);
      if (state !== 'success' && state !== 'failed')
        throw refused(badParameters(['state does not have a valid value']), job);
      const result: JobResult =
        state === 'success'
          ? { state }
          : { state, failure_reason: failure_reason ?? null, exit_code: exit_code ?? null };
      const said = checksum === undefined ? output : { checksum, ...output };
      return finish(job, token, result, said, now);
    },
  });
}

import { type Static, Type } from 'typebox';
import type { Caller } from '../access/caller.ts';
import { reaches } from '../access/permissions.ts';
import { apiError } from '../errors.ts';
import { filled, recordId, subjectId } from '../http/parameters.ts';
import { type ProjectCall, projectRoute, type Route } from '../http/route.ts';
import { findJobDetails } from '../jobs/job-details-store.ts';
import type { Parts } from '../parts.ts';
import { findBridge } from '../pipelines/bridge-store.ts';
import { cancelJob } from '../pipelines/cancel-job.ts';
import { eraseJob } from '../pipelines/erase-job.ts';
import { playJob } from '../pipelines/play-job.ts';
import { retryJob, type RetryOptions } from '../pipelines/retry-job.ts';
import { encrypt } from '../variables/encrypt.ts';
import { checkRef } from './check-ref.ts';
import { Bridge, bridgeOf } from './entities/bridge.ts';
import { Job, jobOf } from './entities/job.ts';
import { checkJobKeys } from './given-keys.ts';
import { archivedBefore, buildOf, jobAround } from './jobs.ts';

const tag = 'Jobs';
const one = { id: subjectId, job_id: recordId() };
const variables = {
  job_variables_attributes: Type.Optional(
    Type.Array(Type.Object({ key: filled(), value: Type.String() }), {
      description: 'Variables of this run',
    }),
  ),
};

/** What can be asked of a job: cancel, retry, play, erase. */
export function jobActionRoutes(parts: Parts): Route[] {
  const { db, clock, secretKey } = parts;
  /** The job as the action left it. */
  const answer = async ({ caller, project }: Who, id: number): Promise<Static<typeof Job>> =>
    jobOf(await buildOf(db, project.id, id), jobAround(parts, caller, project));

  /** The same where it may be a bridge. */
  const answerAny = async (who: Who, id: number) => {
    const bridge = await findBridge(db.read, who.project.id, id);
    if (!bridge) return answer(who, id);
    return bridgeOf(bridge, jobAround(parts, who.caller, who.project));
  };

  /** @throws 404 for another project's, or none */
  const buildOrBridge = async (project_id: number, id: number) => {
    const job = await findJobDetails(db.read, project_id, id);
    if (!job || job.kind === 'external') throw apiError('record_not_found');
    return job;
  };

  const optionsOf = (caller: Caller, given: { key: string; value: string }[] | undefined): RetryOptions => {
    checkJobKeys(given ?? []);
    return {
      user_id: userOf(caller),
      archived_before: archivedBefore(parts),
      ...(given && { variables: given.map(({ key, value }) => ({ key, value: encrypt(secretKey, value) })) }),
    };
  };

  return [
    projectRoute({
      method: 'POST',
      path: '/projects/:id/jobs/:job_id/cancel',
      summary: 'Cancel a job',
      tag,
      ability: 'cancel_build',
      params: Type.Object({ ...one, force: Type.Boolean({ default: false }) }),
      reply: Job,
      handler: async (call) => {
        const job = await buildOf(db, call.project.id, call.params.job_id);
        const { force } = call.params;
        if (force && !reaches(call.role, 'maintainer')) throw apiError('forbidden');
        await checkRef(parts, call, job);
        await cancelJob(db, job, { force }, clock());
        return answer(call, job.id);
      },
    }),
    projectRoute({
      method: 'POST',
      path: '/projects/:id/jobs/:job_id/retry',
      summary: 'Run a job again, as a new one',
      tag,
      ability: 'update_build',
      params: Type.Object({ ...one, ...variables }),
      reply: Type.Union([Job, Bridge]),
      handler: async (call) => {
        const { params } = call;
        const job = await buildOrBridge(call.project.id, params.job_id);
        await checkRef(parts, call, job);
        const options = optionsOf(call.caller, params.job_variables_attributes);
        const { id } = await retryJob(db, job, options, clock());
        return answerAny(call, id);
      },
    }),
    projectRoute({
      method: 'POST',
      path: '/projects/:id/jobs/:job_id/play',
      summary: 'Start a manual job',
      tag,
      ability: 'update_build',
      status: 200,
      params: Type.Object({ ...one, ...variables }),
      reply: Type.Union([Job, Bridge]),
      handler: async (call) => {
        const { params } = call;
        const job = await buildOrBridge(call.project.id, params.job_id);
        await checkRef(parts, call, job);
        const options = optionsOf(call.caller, params.job_variables_attributes);
        await playJob(db, job, options, clock());
        return answerAny(call, job.id);
      },
    }),
    projectRoute({
      method: 'POST',
      path: '/projects/:id/jobs/:job_id/erase',
      summary: 'Remove the log and the artifacts of a job',
      tag,
      ability: 'erase_build',
      params: Type.Object(one),
      reply: Job,
      handler: async (call) => {
        const job = await buildOf(db, call.project.id, call.params.job_id);
        await checkRef(parts, call, job);
        // A developer erases only what is their own, and nothing of a protected ref.
        const own = job.user_id === userOf(call.caller) && job.protected === 0;
        if (!own && !reaches(call.role, 'maintainer')) throw apiError('forbidden');
        await eraseJob(db, job, userOf(call.caller), clock());
        return { ...(await answer(call, job.id)), download_url: null };
      },
    }),
  ];
}

type Who = Pick<ProjectCall<unknown>, 'caller' | 'project' | 'role'>;

/** Whom an action is done by; a route that changes something has no anonymous caller. */
export function userOf(caller: Caller): number {
  if (!caller.user) throw apiError('unauthorized');
  return caller.user.id;
}

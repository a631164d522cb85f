import { randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import { apiError } from '../errors.ts';
import { Reply, route, type Route } from '../http/route.ts';
import { markDebugTrace } from '../jobs/job-store.ts';
import type { Parts } from '../parts.ts';
import { awaitJob } from '../pipelines/await-job.ts';
import { type ClaimedJob, giveBack } from '../pipelines/claim-job.ts';
import { dropJob } from '../pipelines/finish-job.ts';
import { runnerPayload } from '../pipelines/runner-payload.ts';
import { encrypt } from '../variables/encrypt.ts';
import { greetRunner } from './authenticate-runner.ts';
import { JobPayload } from './job-payload.ts';
import { Info, managerDetails, runnerParams } from './parameters.ts';

const nothing = () => new Reply(204, null, { 'X-GitLab-Last-Update': randomBytes(16).toString('hex') });

/** How a runner gets a job: the request is held while there is none for it. */
export function requestJobRoute(parts: Parts): Route {
  const { db, clock, log, limits, repositories, pipelineSettings, waiting, hearing, secretKey, signingKey } =
    parts;
  const patience = {
    hold: limits.job_request_hold,
    acknowledge: limits.job_acknowledge,
    lateBy: () => hearing.lateBy(limits.job_acknowledge),
  };

  /** The job has a runner by now: one that cannot be told what to do must not stay in its hands. */
  const payloadOf = async (claimed: ClaimedJob) => {
    try {
      const payload = await runnerPayload(db, repositories, pipelineSettings(), signingKey, claimed, clock());
      // Before the runner has it, so that nobody reads in its log what only developers may.
      if (asksForDebugTrace(payload.variables)) await markDebugTrace(db, claimed.job.id);
      return payload;
    } catch (error) {
      log.error({ err: error, job: claimed.job.id }, 'a job could not be handed out');
      await dropJob(db, claimed.job, 'scheduler_failure', clock(), ['pending', 'running']);
      throw apiError('conflict', 'the job could not be handed out');
    }
  };

  return route({
    method: 'POST',
    path: '/jobs/request',
    summary: 'Ask for a job, as a runner; held while there is none',
    tag: 'Runner protocol',
    ability: 'runner_token',
    params: Type.Object({
      ...runnerParams,
      last_update: Type.Optional(
        Type.String({ description: 'X-GitLab-Last-Update of the reply before; not needed' }),
      ),
      info: Type.Optional(Info),
      session: Type.Optional(
        Type.Object({
          url: Type.Optional(Type.String({ description: 'Where the runner takes a terminal' })),
          certificate: Type.Optional(Type.String()),
          authorization: Type.Optional(Type.String()),
        }),
      ),
    }),
    reply: JobPayload,
    handler: async ({ params, ip, signal }) => {
      const { runner, manager_id } = await greetRunner(parts, params, ip);
      if (runner.active === 0) return nothing();
      const said = managerDetails(params.info, ip).features;
      const features = said === null ? (runner.manager_features ?? '{}') : JSON.stringify(said);
      const session = params.session && encrypt(secretKey, JSON.stringify(params.session));
      const manager = { id: manager_id, features, ...(session ? { session } : {}) };
      const claimed = await awaitJob(db, waiting, runner, manager, patience, clock, signal);
      if (!claimed) return nothing();
      const payload = await payloadOf(claimed);
      if (!signal.aborted) return new Reply(201, payload);
      await giveBack(db, claimed.job, clock());
      return nothing();
    },
  });
}

/** Whether the job runs with its secrets in the log: whoever set the variable, and at whatever level. */
const asksForDebugTrace = (variables: readonly { key: string; value: string }[]) =>
  variables.some(
    ({ key, value }) => /^CI_DEBUG_(TRACE|SERVICES)$/.test(key) && /^(true|t|yes|y|on|1)$/i.test(value),
  );

import { Type } from 'typebox';
import { isAdmin } from '../access/caller.ts';
import { recordId, subjectId } from '../http/parameters.ts';
import { projectRoute, type Route } from '../http/route.ts';
import { JOB_STATUSES, type JobStatus } from '../jobs/job-state.ts';
import { queuePosition } from '../jobs/queue-position-store.ts';
import { busyRunners, runnersAround } from '../jobs/queue-runner-store.ts';
import { whyNot } from '../jobs/why-not.ts';
import type { Parts } from '../parts.ts';
import { findPipelineById } from '../pipelines/pipeline-store.ts';
import { isOnline } from '../runners/runner-status.ts';
import { entity, isoOrNull, Moment, nullable } from './entities/entity.ts';
import { buildOf } from './jobs.ts';

const runner = {
  id: Type.Integer(),
  description: nullable(Type.String()),
  runner_type: Type.Enum(['instance_type', 'group_type', 'project_type']),
  online: Type.Boolean(),
  tag_list: Type.Array(Type.String()),
  running_jobs: Type.Integer(),
};

const JobQueue = entity({
  job_id: Type.Integer(),
  status: Type.Enum([...JOB_STATUSES]),
  waits_for: nullable(Type.String({ description: 'What comes before a runner can take it' })),
  queued_at: nullable(Moment),
  priority: Type.Integer({ description: 'The highest is handed out first' }),
  position: nullable(
    Type.Integer({ description: '1 is next. Null: not in the queue, or more than 10,000 before it' }),
  ),
  runners: Type.Array(entity(runner), { description: 'Those that can take it' }),
  other_runners: Type.Array(
    entity({
      ...runner,
      reasons: Type.Array(entity({ reason: Type.String(), message: Type.String() })),
    }),
    { description: 'Those that cannot, and why' },
  ),
});

/** What a job that no runner can have yet waits for. */
const WAITS_FOR: Record<string, string> = {
  created: 'jobs of earlier stages, or those it needs',
  waiting_for_resource: 'its resource group, which another job holds',
  preparing: 'its preparations',
  waiting_for_callback: 'a call from outside',
  manual: 'somebody who plays it',
  scheduled: 'its time',
};

/** Why a job is pending. */
export function jobQueueRoutes({ db, clock }: Parts): Route[] {
  return [
    projectRoute({
      method: 'GET',
      path: '/projects/:id/jobs/:job_id/queue',
      summary: 'Get the place of a job in the queue, and which runners can take it',
      tag: 'Jobs',
      ability: 'read_build_queue',
      params: Type.Object({ id: subjectId, job_id: recordId() }),
      reply: JobQueue,
      handler: async ({ params, project, caller }) => {
        const now = clock();
        const job = await buildOf(db, project.id, params.job_id);
        const [pipeline, around] = await Promise.all([
          findPipelineById(db.read, job.pipeline.id),
          runnersAround(db.read, { ...project, project_id: project.id }, { everywhere: isAdmin(caller) }),
        ]);
        const busy = await busyRunners(
          db.read,
          around.map(({ id }) => id),
        );
        const considered = around.map((each) => ({
          runner: {
            id: each.id,
            description: each.description,
            runner_type: each.runner_type,
            online: isOnline(each.contacted_at, now),
            tag_list: JSON.parse(each.tag_list) as string[],
            running_jobs: busy.get(each.id) ?? 0,
          },
          reasons: whyNot(each, job, now),
        }));
        const fitting = considered.filter(({ reasons }) => reasons.length === 0);
        return {
          job_id: job.id,
          status: job.status as JobStatus,
          waits_for: WAITS_FOR[job.status] ?? null,
          queued_at: isoOrNull(job.queued_at),
          priority: pipeline?.priority ?? 0,
          position: await queuePosition(
            db.read,
            job.id,
            fitting.map((each) => each.runner),
          ),
          runners: fitting.map((each) => each.runner),
          other_runners: considered
            .filter(({ reasons }) => reasons.length > 0)
            .map((each) => ({ ...each.runner, reasons: each.reasons })),
        };
      },
    }),
  ];
}

import { type Static, Type } from 'typebox';
import { type Asker, allowedActions, JOB_BUTTONS } from '../../jobs/allowed-actions.ts';
import { groupName } from '../../ci/group-name.ts';
import { JOB_STATUSES } from '../../jobs/job-state.ts';
import type { Around, PipelineJob as Row } from '../../jobs/pipeline-job-store.ts';
import type { LinkedPipeline as LinkedRow } from '../../pipelines/linked-pipeline-store.ts';
import { entity, iso, isoOrNull, Moment, nullable } from './entity.ts';
import { LinkedPipeline, linkedPipeline } from './linked-pipeline.ts';
import { UserBasic, userBasic } from './user.ts';

const Seconds = nullable(Type.Number({ description: 'Seconds; up to now while it goes on' }));

/** A job as a page about its pipeline draws it. */
export const PipelineJob = entity({
  id: Type.Integer(),
  kind: Type.Enum(['build', 'bridge', 'external']),
  name: Type.String(),
  group: Type.String({ description: 'What the jobs of one `parallel` share; of others the name' }),
  stage: Type.String(),
  status: Type.Enum([...JOB_STATUSES]),
  when: Type.Enum(['on_success', 'on_failure', 'always', 'manual', 'delayed']),
  allow_failure: Type.Boolean(),
  created_at: Moment,
  queued_at: nullable(Moment),
  started_at: nullable(Moment),
  finished_at: nullable(Moment),
  scheduled_at: nullable(Type.String({ format: 'date-time', description: 'When a delayed job is due' })),
  erased_at: nullable(Moment),
  queued_duration: Seconds,
  duration: Seconds,
  needs: nullable(
    Type.Array(
      entity({
        name: Type.String(),
        job_id: nullable(Type.Integer({ description: 'Null: the pipeline has no such job' })),
        artifacts: Type.Boolean(),
        optional: Type.Boolean(),
      }),
      { description: 'Null: it follows its stage; empty: it waits for nothing' },
    ),
  ),
  attempt: Type.Integer({ description: 'Which try it is, from 1' }),
  retried: Type.Boolean({ description: 'Whether another has taken its place' }),
  failure_reason: nullable(Type.String({ description: 'Of failed ones' })),
  failure_message: nullable(Type.String({ description: 'What there is to say besides' })),
  exit_code: nullable(Type.Integer({ description: 'Of a script that failed, where its runner has told it' })),
  coverage: nullable(Type.Number()),
  tag_list: Type.Array(Type.String()),
  runner: nullable(
    entity({
      id: Type.Integer(),
      description: nullable(Type.String()),
      runner_type: Type.Enum(['instance_type', 'group_type', 'project_type']),
    }),
  ),
  user: nullable(UserBasic),
  environment: nullable(Type.String({ description: 'Its name' })),
  downstream_pipeline: nullable(LinkedPipeline),
  manual_confirmation: nullable(Type.String({ description: 'What whoever plays it is asked first' })),
  actions: Type.Array(Type.Enum([...JOB_BUTTONS]), { description: 'What the caller may do now' }),
  web_url: Type.String(),
});

/** What stands around the jobs of one pipeline. */
export interface PipelineJobAround extends Around {
  /** The server's address. */
  url: string;
  /** The project's. */
  projectUrl: string;
  now: number;
  asker: Asker;
  /** The ids of the pipeline's latest jobs by name. */
  byName: ReadonlyMap<string, number>;
  /** What bridges have created, by their ids. */
  downstream: ReadonlyMap<number | null, LinkedRow>;
}

export function pipelineJob(job: Row, around: PipelineJobAround): Static<typeof PipelineJob> {
  const { url, now, byName } = around;
  const downstream = around.downstream.get(job.id) ?? null;
  const user = job.user_id === null ? undefined : around.users.get(job.user_id);
  const runner = job.runner_id === null ? undefined : around.runners.get(job.runner_id);
  const hasFailed = job.status === 'failed';
  // Not everybody who sees the bridge may see the configuration of another project.
  const mistakes = downstream?.source === 'parent_pipeline' ? downstream.yaml_errors : null;
  return {
    id: job.id,
    kind: job.kind,
    name: job.name,
    group: groupName(job.name),
    stage: job.stage,
    status: job.status,
    when: job.when as Static<typeof PipelineJob>['when'],
    allow_failure: job.allow_failure === 1,
    created_at: iso(job.created_at),
    queued_at: isoOrNull(job.queued_at),
    started_at: isoOrNull(job.started_at),
    finished_at: isoOrNull(job.finished_at),
    scheduled_at: job.status === 'scheduled' ? isoOrNull(job.scheduled_at) : null,
    erased_at: isoOrNull(job.erased_at),
    queued_duration: secondsBetween(job.queued_at, job.started_at ?? job.finished_at ?? now),
    duration: secondsBetween(job.started_at, job.finished_at ?? now),
    needs:
      job.needs &&
      job.needs.map(({ name, artifacts, optional }) => ({
        name,
        job_id: byName.get(name) ?? null,
        artifacts: artifacts === 1,
        optional: optional === 1,
      })),
    attempt: job.retries_count + 1,
    retried: job.retried === 1,
    failure_reason: hasFailed ? (job.failure_reason ?? 'unknown_failure') : null,
    failure_message: hasFailed ? (job.message ?? mistakes) : null,
    exit_code: hasFailed ? job.exit_code : null,
    coverage: job.coverage,
    tag_list: JSON.parse(job.tag_list) as string[],
    runner: runner
      ? { id: runner.id, description: runner.description, runner_type: runner.runner_type }
      : null,
    user: user ? userBasic(user, url) : null,
    environment: job.environment,
    downstream_pipeline: downstream && linkedPipeline(downstream, url),
    manual_confirmation: job.manual_confirmation,
    actions: allowedActions(job, around.asker),
    web_url: `${around.projectUrl}/-/jobs/${job.id}`,
  };
}

const secondsBetween = (from: number | null, to: number) =>
  from === null ? null : Math.max(0, to - from) / 1000;

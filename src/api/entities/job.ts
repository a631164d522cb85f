import { type Static, Type } from 'typebox';
import type { JobDetails } from '../../jobs/job-details-store.ts';
import type { ProjectIdentity } from '../../runners/runner-details-store.ts';
import { Commit, storedCommit } from './commit.ts';
import { entity, iso, isoOrNull, Moment, nullable } from './entity.ts';
import { PipelineBasic, pipelineBasic } from './pipeline.ts';
import { Runner, RunnerManager, runner, runnerManager } from './runner.ts';
import { UserInJob, userInJob } from './user.ts';

const ArtifactFile = entity({ filename: Type.String(), size: Type.Integer() });
const Artifact = entity({
  file_type: Type.String(),
  size: Type.Integer(),
  filename: Type.String(),
  file_format: Type.String(),
});

const basic = {
  id: Type.Integer(),
  status: Type.String(),
  stage: Type.String(),
  name: Type.String(),
  ref: Type.String(),
  tag: Type.Boolean(),
  coverage: nullable(Type.Number()),
  allow_failure: Type.Boolean(),
  created_at: Moment,
  started_at: nullable(Moment),
  finished_at: nullable(Moment),
  erased_at: nullable(Moment),
  duration: nullable(Type.Number({ description: 'Seconds' })),
  queued_duration: nullable(Type.Number({ description: 'Seconds' })),
  user: nullable(UserInJob),
  commit: nullable(Commit),
  pipeline: PipelineBasic,
  failure_reason: Type.Optional(Type.String({ description: 'Only when the job failed' })),
  web_url: Type.String(),
};

/** A job: every field of today's API, which are those of 2017 and more. */
export const Job = entity({
  ...basic,
  project: entity({ ci_job_token_scope_enabled: Type.Boolean() }),
  artifacts_file: nullable(ArtifactFile),
  artifacts: Type.Array(Artifact),
  runner: nullable(Runner),
  runner_manager: nullable(RunnerManager),
  artifacts_expire_at: nullable(Moment),
  archived: Type.Boolean(),
  tag_list: Type.Array(Type.String()),
  download_url: Type.Optional(
    Type.Null({ description: 'After erase and keep, as the API of 2017 wrote it' }),
  ),
});

/** A job in the list of a runner's. */
export const JobWithProject = entity({
  ...basic,
  project: entity({
    id: Type.Integer(),
    description: nullable(Type.String()),
    name: Type.String(),
    name_with_namespace: Type.String(),
    path: Type.String(),
    path_with_namespace: Type.String(),
    created_at: Moment,
  }),
});

/** What a job's entity needs besides the job. */
export interface JobAround {
  /** The server's address. */
  url: string;
  project: { path_with_namespace: string; ci_job_token_scope_enabled: 0 | 1 };
  now: number;
  /** Who may read `is_admin` of a user: that user, and administrators. */
  caller: { id: number; admin: boolean } | null;
  /** For jobs of one project that stand in one reply: what they share is made once, by the row it is made of. */
  shared?: Map<object | string, object>;
}

function once<T extends object>(
  { shared }: Pick<JobAround, 'shared'>,
  row: object | string,
  make: () => T,
): T {
  const known = shared?.get(row) as T | undefined;
  if (known) return known;
  const made = make();
  shared?.set(row, made);
  return made;
}

function basicOf(job: JobDetails, path: string, around: Omit<JobAround, 'project'>) {
  const { url, now, caller } = around;
  const { user, commit, pipeline } = job;
  const projectUrl = `${url}/${path}`;
  return {
    id: job.id,
    status: job.status,
    stage: job.stage,
    name: job.name,
    ref: job.ref,
    tag: job.tag === 1,
    coverage: job.coverage,
    allow_failure: job.allow_failure === 1,
    created_at: iso(job.created_at),
    started_at: isoOrNull(job.started_at),
    finished_at: isoOrNull(job.finished_at),
    erased_at: isoOrNull(job.erased_at),
    duration: seconds(job.started_at, job.finished_at ?? now),
    queued_duration: seconds(job.queued_at, job.started_at ?? job.finished_at ?? now),
    user: user && once(around, user, () => userInJob(user, url, caller)),
    commit: commit === null ? null : once(around, commit, () => storedCommit(commit, projectUrl)),
    pipeline: once(around, pipeline, () => pipelineBasic(pipeline, projectUrl)),
    ...(job.status === 'failed' ? { failure_reason: job.failure_reason ?? 'unknown_failure' } : {}),
    web_url: `${projectUrl}/-/jobs/${job.id}`,
  };
}

/** The job as the API answers it. */
export function jobOf(job: JobDetails, around: JobAround): Static<typeof Job> {
  const { project, now, url } = around;
  const { runner: itsRunner, runner_manager: manager } = job;
  const live = job.artifacts.filter(
    ({ expire_at, locked_ref }) => expire_at === null || locked_ref !== null || expire_at > now,
  );
  const archive = live.find(({ file_type }) => file_type === 'archive');
  const files = live.map(({ file_type, size, filename, file_format }) => ({
    file_type,
    size,
    filename,
    file_format,
  }));
  const trace = job.trace === null || job.trace.size === null ? [] : [traceFile(job.trace.size)];
  return {
    ...basicOf(job, project.path_with_namespace, around),
    project: { ci_job_token_scope_enabled: project.ci_job_token_scope_enabled === 1 },
    artifacts_file: archive ? { filename: archive.filename, size: archive.size } : null,
    artifacts: [...files, ...trace],
    runner: itsRunner && once(around, itsRunner, () => runner(itsRunner, url, now)),
    runner_manager: manager && once(around, manager, () => runnerManager(manager, now)),
    artifacts_expire_at: isoOrNull(job.artifacts_expire_at),
    archived: false,
    tag_list: JSON.parse(job.tag_list) as string[],
  };
}

/** The job in its runner's list, where each may be of another project. */
export function jobWithProject(
  job: JobDetails,
  { created_at, ...project }: ProjectIdentity,
  around: Pick<JobAround, 'url' | 'now' | 'caller'>,
): Static<typeof JobWithProject> {
  return {
    ...basicOf(job, project.path_with_namespace, around),
    project: { ...project, created_at: iso(created_at) },
  };
}

const traceFile = (size: number) => ({
  file_type: 'trace',
  size,
  filename: 'job.log',
  file_format: 'raw',
});

/** Seconds between two moments; null while the first has not come. */
const seconds = (from: number | null, to: number) => (from === null ? null : Math.max(0, to - from) / 1000);

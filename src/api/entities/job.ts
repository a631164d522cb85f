import { type Static, Type } from 'typebox';
import { JOB_BUTTONS, type JobButton } from '../../jobs/allowed-actions.ts';
import { isArchived } from '../../jobs/job-actions.ts';
import { JOB_STATUSES } from '../../jobs/job-state.ts';
import type { JobDetails } from '../../jobs/job-details-store.ts';
import type { ProjectIdentity as ProjectRow } from '../../runners/runner-details-store.ts';
import { Commit, storedCommitText } from './commit.ts';
import { entity, iso, isoText, Moment, nullable, quoted } from './entity.ts';
import { PipelineBasic, pipelineBasic } from './pipeline.ts';
import { ProjectIdentity } from './project-identity.ts';
import { Runner, RunnerManager, runnerManagerText, runnerText } from './runner.ts';
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
  status: Type.Enum([...JOB_STATUSES]),
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

const tokenScope = entity({ ci_job_token_scope_enabled: Type.Boolean() });

/** A build or a bridge without what its runner left. */
export const JobBasic = entity({ ...basic, project: tokenScope });

const whole = {
  ...basic,
  project: tokenScope,
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
};

/** A job: every field of today's API, which are those of 2017 and more. */
export const Job = entity(whole);

/** A job in a list that asks what the caller may do with each. */
export const JobWithActions = entity({
  ...whole,
  actions: Type.Array(Type.Enum([...JOB_BUTTONS]), {
    description: 'What the caller may do now, but for its log and artifacts',
  }),
});

/** A job in the list of a runner's. */
export const JobWithProject = entity({
  ...basic,
  project: ProjectIdentity,
});

/** What a job's entity needs besides the job. */
export interface JobAround {
  /** The server's address. */
  url: string;
  project: { path_with_namespace: string; ci_job_token_scope_enabled: 0 | 1 };
  now: number;
  /** Jobs older than that are archived; null: none is. */
  archived_before: number | null;
  /** Who may read `is_admin` of a user: that user, and administrators. */
  caller: { id: number; admin: boolean } | null;
}

type Around = Omit<JobAround, 'project' | 'archived_before'>;

/** The JSON of what several jobs of a list share: made once, by the row it is made of. */
type Made = Map<object | string, string>;

function textOf<Row extends object | string>(
  made: Made,
  row: Row | null,
  show: (row: Row) => string,
): string {
  if (row === null) return 'null';
  let text = made.get(row);
  if (text === undefined) made.set(row, (text = show(row)));
  return text;
}

/** What JSON has no word for is null, as JSON.stringify has it. */
const numeric = (value: number | null) => (Number.isFinite(value) ? value : null);
const moment = (time: number | null) => (time === null ? 'null' : isoText(time));

/**
 * The fields that a job has everywhere, as the inside of a JSON object. Lists of jobs are what the API is asked for
 * most: written out, they cost a third of what it takes to build objects and turn those into text.
 */
function basicText(job: JobDetails, path: string, { url, now, caller }: Around, made: Made): string {
  const projectUrl = `${url}/${path}`;
  const { user, commit, pipeline } = job;
  const failure = job.status === 'failed' ? quoted(job.failure_reason ?? 'unknown_failure') : null;
  return `"id":${job.id},"status":"${job.status}","stage":${quoted(job.stage)},"name":${quoted(job.name)}\
,"ref":${quoted(job.ref)},"tag":${job.tag === 1},"coverage":${numeric(job.coverage)}\
,"allow_failure":${job.allow_failure === 1},"created_at":${moment(job.created_at)}\
,"started_at":${moment(job.started_at)},"finished_at":${moment(job.finished_at)}\
,"erased_at":${moment(job.erased_at)},"duration":${seconds(job.started_at, job.finished_at ?? now)}\
,"queued_duration":${seconds(job.queued_at, job.started_at ?? job.finished_at ?? now)}\
,"user":${textOf(made, user, (row) => JSON.stringify(userInJob(row, url, caller)))}\
,"commit":${textOf(made, commit, (data) => storedCommitText(data, pipeline.sha, projectUrl))}\
,"pipeline":${textOf(made, pipeline, (row) => JSON.stringify(pipelineBasic(row, projectUrl)))}\
${failure === null ? '' : `,"failure_reason":${failure}`},"web_url":${quoted(`${projectUrl}/-/jobs/${job.id}`)}`;
}

function jobText(job: JobDetails, around: JobAround, made: Made): string {
  const { project, now, url } = around;
  let archive = 'null';
  let files = '';
  for (const file of job.artifacts) {
    if (file.expire_at !== null && file.locked_ref === null && file.expire_at <= now) continue;
    files += `${files && ','}${fileText(file)}`;
    if (file.file_type === 'archive') archive = `{"filename":${quoted(file.filename)},"size":${file.size}}`;
  }
  if (job.trace_size !== null)
    files += `${files && ','}{"file_type":"trace","size":${job.trace_size},"filename":"job.log","file_format":"raw"}`;
  return `{${basicText(job, project.path_with_namespace, around, made)}\
,"project":{"ci_job_token_scope_enabled":${project.ci_job_token_scope_enabled === 1}}\
,"artifacts_file":${archive},"artifacts":[${files}]\
,"runner":${textOf(made, job.runner, (row) => runnerText(row, url, now))}\
,"runner_manager":${textOf(made, job.runner_manager, (row) => runnerManagerText(row, now))}\
,"artifacts_expire_at":${moment(job.artifacts_expire_at)},"archived":${isArchived(job, around.archived_before)},"tag_list":${job.tag_list}}`;
}

const fileText = (file: { file_type: string; size: number; filename: string; file_format: string }) =>
  `{"file_type":"${file.file_type}","size":${file.size},"filename":${quoted(file.filename)},"file_format":"${file.file_format}"}`;

/** The job as the API answers it. */
export const jobOf = (job: JobDetails, around: JobAround) =>
  JSON.parse(jobText(job, around, new Map())) as Static<typeof Job>;

/** A build or a bridge as jobOf, without what its runner left. */
export function jobBasic(job: JobDetails, around: JobAround): Static<typeof JobBasic> {
  const { path_with_namespace, ci_job_token_scope_enabled } = around.project;
  const text = `{${basicText(job, path_with_namespace, around, new Map())}}`;
  const basics = JSON.parse(text) as Omit<Static<typeof JobBasic>, 'project'>;
  return { ...basics, project: { ci_job_token_scope_enabled: ci_job_token_scope_enabled === 1 } };
}

/** The JSON of a list of jobs, each as jobOf; with `actions`, by the job's id, where they are asked for. */
export function jobsText(
  jobs: readonly JobDetails[],
  around: JobAround,
  actions: ReadonlyMap<number, readonly JobButton[]> | null = null,
): string {
  const made: Made = new Map();
  let text = '';
  // join() would copy each of them once more.
  for (const job of jobs) {
    text += `${text && ','}${jobText(job, around, made)}`;
    if (actions) text = `${text.slice(0, -1)},"actions":${JSON.stringify(actions.get(job.id) ?? [])}}`;
  }
  return `[${text}]`;
}

/** The job in its runner's list, where each may be of another project. */
export function jobWithProject(
  job: JobDetails,
  { created_at, ...project }: ProjectRow,
  around: Around,
): Static<typeof JobWithProject> {
  const text = `{${basicText(job, project.path_with_namespace, around, new Map())}}`;
  const basics = JSON.parse(text) as Omit<Static<typeof JobWithProject>, 'project'>;
  return { ...basics, project: { ...project, created_at: iso(created_at) } };
}

/** Seconds between two moments; null while the first has not come. */
const seconds = (from: number | null, to: number) =>
  from === null ? null : numeric(Math.max(0, to - from) / 1000);

import { type Static, Type } from 'typebox';
import { isOnline, runnerStatus } from '../../runners/runner-status.ts';
import type { RunnerDetailsRow } from '../../runners/runner-details-store.ts';
import type { RunningJob as RunningJobRow } from '../../jobs/running-job-store.ts';
import type { RunnerRow as ListedRow } from '../../runners/runner-list-store.ts';
import type { RunnerManager as MachineRow } from '../../runners/runner-store.ts';
import { entity, iso, isoOrNull, isoText, Moment, nullable, quoted } from './entity.ts';
import { ProjectIdentity } from './project-identity.ts';
import { UserBasic, type UserRow, userBasic } from './user.ts';

const ExecutionStatus = Type.Enum(['active', 'idle']);

const basic = {
  id: Type.Integer(),
  description: nullable(Type.String()),
  ip_address: Type.Null(),
  active: Type.Boolean(),
  paused: Type.Boolean(),
  is_shared: Type.Boolean(),
  runner_type: Type.Enum(['instance_type', 'group_type', 'project_type']),
  name: nullable(Type.String()),
  online: Type.Boolean(),
  created_by: Type.Optional(UserBasic),
  created_at: Moment,
  status: Type.Enum(['online', 'offline', 'stale', 'never_contacted', 'paused']),
  job_execution_status: ExecutionStatus,
};

/** A runner in a list and in a job. */
export const Runner = entity(basic);

/** What a page may offer of a runner. */
const RUNNER_BUTTONS = ['update', 'delete', 'reset_token'] as const;
export type RunnerButton = (typeof RUNNER_BUTTONS)[number];

const RunningJob = entity({
  id: Type.Integer(),
  name: Type.String(),
  stage: Type.String(),
  status: Type.Enum(['running', 'canceling']),
  ref: Type.String(),
  started_at: nullable(Moment),
  pipeline_id: Type.Integer(),
  project_id: Type.Integer(),
  path_with_namespace: Type.String({ description: 'Of its project' }),
  web_url: Type.String(),
});

const told = {
  tag_list: Type.Array(Type.String()),
  run_untagged: Type.Boolean(),
  locked: Type.Boolean(),
  maximum_timeout: nullable(Type.Integer({ description: 'Seconds' })),
  access_level: Type.Enum(['not_protected', 'ref_protected']),
  version: nullable(Type.String()),
  revision: nullable(Type.String()),
  platform: nullable(Type.String()),
  architecture: nullable(Type.String()),
  contacted_at: nullable(Moment),
};

/** A runner in a list that asks what each does. */
export const RunnerAtWork = entity({
  ...basic,
  ...told,
  actions: Type.Array(Type.Enum([...RUNNER_BUTTONS]), { description: 'What the caller may do' }),
  running_jobs: Type.Array(RunningJob, {
    description: 'The first 50, of projects whose jobs the caller may read',
  }),
});

/** A list of runners, with what they do where that is asked for. */
export const RunnerList = Type.Array(Type.Union([Runner, RunnerAtWork]));

/** A runner on a page of its own. */
export const RunnerDetails = entity({
  ...basic,
  ...told,
  maintenance_note: nullable(Type.String()),
  projects: Type.Array(ProjectIdentity),
  groups: Type.Array(entity({ id: Type.Integer(), name: Type.String(), web_url: Type.String() })),
});

const machine = {
  id: Type.Integer(),
  system_id: Type.String(),
  version: nullable(Type.String()),
  revision: nullable(Type.String()),
  platform: nullable(Type.String()),
  architecture: nullable(Type.String()),
  created_at: Moment,
  contacted_at: Moment,
  ip_address: nullable(Type.String()),
  status: Type.Enum(['online', 'offline', 'stale', 'never_contacted']),
  job_execution_status: ExecutionStatus,
};

/** A machine on which a runner's program runs, as a job shows it. */
export const RunnerManager = entity(machine);

/** The same with all that it says of itself. */
export const RunnerManagerDetails = entity({
  ...machine,
  executor: nullable(Type.String()),
  features: Type.Array(Type.String(), { description: 'What it can do' }),
  config: Type.Object({ gpus: Type.Optional(Type.String()) }),
  labels: Type.Object({}, { additionalProperties: Type.String() }),
});

/** A new secret, shown this once. */
export const NewToken = entity({ token: Type.String(), token_expires_at: nullable(Moment) });
/** A new runner. */
export const NewRunner = entity({
  id: Type.Integer(),
  token: Type.String(),
  token_expires_at: nullable(Moment),
});

interface RunnerRow {
  id: number;
  description: string | null;
  active: 0 | 1;
  runner_type: 'instance_type' | 'group_type' | 'project_type';
  name: string | null;
  created_at: number;
  contacted_at: number | null;
  job_execution_status: 'active' | 'idle';
}

interface ManagerRow {
  id: number;
  system_id: string;
  version: string | null;
  revision: string | null;
  platform: string | null;
  architecture: string | null;
  ip_address: string | null;
  created_at: number;
  contacted_at: number;
  job_execution_status: 'active' | 'idle';
}

/**
 * The runner as JSON: a page of jobs shows one for each. `creator`: null when a machine registered itself, or when
 * the account is gone.
 */
export function runnerText(row: RunnerRow, url: string, now: number, creator: UserRow | null = null): string {
  const status = runnerStatus(row, now);
  const isContact = status === 'online' || status === 'offline';
  // GitLab's clients know a paused runner by this, whether it calls or not.
  const shown = row.active === 0 && isContact ? 'paused' : status;
  const by = creator ? `"created_by":${JSON.stringify(userBasic(creator, url))},` : '';
  return `{"id":${row.id},"description":${quoted(row.description)},"ip_address":null\
,"active":${row.active === 1},"paused":${row.active === 0},"is_shared":${row.runner_type === 'instance_type'}\
,"runner_type":"${row.runner_type}","name":${quoted(row.name)}\
,"online":${isOnline(row.contacted_at, now)},${by}"created_at":${isoText(row.created_at)},"status":"${shown}"\
,"job_execution_status":"${row.job_execution_status}"}`;
}

export const runner = (...of: Parameters<typeof runnerText>) =>
  JSON.parse(runnerText(...of)) as Static<typeof Runner>;

type ToldRow = ListedRow & { manager: MachineRow | null };

const toldOf = (row: ToldRow) => ({
  tag_list: JSON.parse(row.tag_list) as string[],
  run_untagged: row.run_untagged === 1,
  locked: row.locked === 1,
  maximum_timeout: row.maximum_timeout,
  access_level:
    row.access_level === 'ref_protected' ? ('ref_protected' as const) : ('not_protected' as const),
  version: row.manager?.version ?? null,
  revision: row.manager?.revision ?? null,
  platform: row.manager?.platform ?? null,
  architecture: row.manager?.architecture ?? null,
  contacted_at: isoOrNull(row.contacted_at),
});

/** The runner with what it does now. */
export const runnerAtWork = (
  row: ToldRow,
  jobs: readonly RunningJobRow[],
  actions: RunnerButton[],
  url: string,
  now: number,
): Static<typeof RunnerAtWork> => ({
  ...runner(row, url, now, row.creator),
  ...toldOf(row),
  actions,
  running_jobs: jobs.map(({ project: { path_with_namespace }, ...job }) => ({
    id: job.id,
    name: job.name,
    stage: job.stage,
    status: job.status === 'canceling' ? 'canceling' : 'running',
    ref: job.ref,
    started_at: isoOrNull(job.started_at),
    pipeline_id: job.pipeline_id,
    project_id: job.project_id,
    path_with_namespace,
    web_url: `${url}/${path_with_namespace}/-/jobs/${job.id}`,
  })),
});

/** `seesNote`: the caller may change the runner. */
export function runnerDetails(
  row: RunnerDetailsRow,
  url: string,
  now: number,
  seesNote: boolean,
): Static<typeof RunnerDetails> {
  return {
    ...runner(row, url, now, row.creator),
    ...toldOf(row),
    maintenance_note: seesNote ? row.maintenance_note : null,
    projects: row.projects.map(({ created_at, ...project }) => ({ ...project, created_at: iso(created_at) })),
    groups: row.groups.map(({ id, name, full_path }) => ({
      id,
      name,
      web_url: `${url}/groups/${full_path}`,
    })),
  };
}

export const runnerManagerDetails = (
  row: ManagerRow & Record<'features' | 'config' | 'labels', string> & { executor: string | null },
  now: number,
): Static<typeof RunnerManagerDetails> => ({
  ...runnerManager(row, now),
  executor: row.executor,
  features: Object.keys(JSON.parse(row.features) as object),
  config: JSON.parse(row.config) as { gpus?: string },
  labels: JSON.parse(row.labels) as Record<string, string>,
});

/** The machine as JSON, like its runner. */
export function runnerManagerText(row: ManagerRow, now: number): string {
  return `{"id":${row.id},"system_id":${quoted(row.system_id)},"version":${quoted(row.version)}\
,"revision":${quoted(row.revision)},"platform":${quoted(row.platform)},"architecture":${quoted(row.architecture)}\
,"created_at":${isoText(row.created_at)},"contacted_at":${isoText(row.contacted_at)}\
,"ip_address":${quoted(row.ip_address)},"status":"${runnerStatus(row, now)}"\
,"job_execution_status":"${row.job_execution_status}"}`;
}

const runnerManager = (...of: Parameters<typeof runnerManagerText>) =>
  JSON.parse(runnerManagerText(...of)) as Static<typeof RunnerManager>;

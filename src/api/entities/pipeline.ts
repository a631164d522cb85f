import { type Static, Type } from 'typebox';
import { JOB_STATUSES, type JobStatus } from '../../jobs/job-state.ts';
import { Commit, storedCommit } from './commit.ts';
import { entity, iso, isoOrNull, Moment, nullable } from './entity.ts';
import { type UserRow, UserBasic, userBasic } from './user.ts';

const basic = {
  id: Type.Integer(),
  iid: Type.Integer(),
  project_id: Type.Integer(),
  sha: Type.String(),
  ref: Type.String(),
  status: Type.Enum([...JOB_STATUSES]),
  source: Type.String(),
  created_at: Moment,
  updated_at: Moment,
  web_url: Type.String(),
};

/** A pipeline inside a job. */
export const PipelineBasic = entity(basic);
/** A pipeline in a list. */
export const PipelineItem = entity({ ...basic, name: nullable(Type.String()) });

const DetailedStatus = entity({
  icon: Type.String(),
  text: Type.String(),
  label: Type.String(),
  group: Type.String(),
  tooltip: Type.String(),
  has_details: Type.Boolean(),
  details_path: Type.String(),
  illustration: Type.Null(),
  favicon: Type.String(),
});

/** The newest pipeline of something in a list. */
export const LastPipeline = entity({ ...PipelineItem.properties, detailed_status: DetailedStatus });
/** A pipeline with what a page shows of it in a list. */
export const PipelineItemDetails = entity({
  ...LastPipeline.properties,
  tag: Type.Boolean(),
  yaml_errors: nullable(Type.String()),
  user: nullable(UserBasic),
  commit: nullable(Commit),
  started_at: nullable(Moment),
  finished_at: nullable(Moment),
  duration: nullable(Type.Integer({ description: 'Seconds' })),
  queued_duration: nullable(Type.Integer({ description: 'Seconds' })),
  actions: Type.Array(Type.Enum(['retry', 'cancel']), {
    description: 'What the caller may do, by its status',
  }),
});

const whole = {
  ...basic,
  before_sha: Type.String(),
  tag: Type.Boolean(),
  yaml_errors: nullable(Type.String()),
  user: nullable(UserBasic),
  started_at: nullable(Moment),
  finished_at: nullable(Moment),
  committed_at: nullable(Moment),
  duration: nullable(Type.Integer()),
  queued_duration: nullable(Type.Integer()),
  coverage: nullable(Type.String()),
  archived: Type.Boolean(),
  priority: Type.Integer({ description: 'Of its jobs in the queue: the highest is handed out first' }),
  detailed_status: DetailedStatus,
};

/** A pipeline as an action answers it. */
export const Pipeline = entity(whole);
/** A pipeline as its own page answers it. */
export const PipelineDetails = entity({ ...whole, name: nullable(Type.String()) });

/** The columns that the basic shape needs. */
export interface PipelineRow {
  id: number;
  iid: number;
  project_id: number;
  sha: string;
  ref: string;
  status: string;
  source: string;
  created_at: number;
  updated_at: number;
}

/** The columns of the whole shape. */
export interface WholePipelineRow extends PipelineRow {
  before_sha: string;
  tag: 0 | 1;
  yaml_errors: string | null;
  name: string | null;
  started_at: number | null;
  finished_at: number | null;
  committed_at: number | null;
  duration: number | null;
  queued_duration: number | null;
  /** A job that may fail has failed, of one that has passed. */
  warnings: 0 | 1;
  priority: number;
}

/** `projectUrl` is the project's address, without a slash at its end. */
export function pipelineBasic(row: PipelineRow, projectUrl: string): Static<typeof PipelineBasic> {
  return {
    id: row.id,
    iid: row.iid,
    project_id: row.project_id,
    sha: row.sha,
    ref: row.ref,
    status: row.status as JobStatus,
    source: row.source,
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
    web_url: `${projectUrl}/-/pipelines/${row.id}`,
  };
}

export const pipelineItem = (row: PipelineRow & { name: string | null }, projectUrl: string) => ({
  ...pipelineBasic(row, projectUrl),
  name: row.name,
});

/** As pipelineItem, with how it went in more than one word; `path` is the project's full path. */
export const lastPipeline = (
  row: PipelineRow & Pick<WholePipelineRow, 'name' | 'warnings'>,
  url: string,
  path: string,
): Static<typeof LastPipeline> => ({
  ...pipelineItem(row, `${url}/${path}`),
  detailed_status: detailedStatus(row, path),
});

/** `commit`: the JSON that is stored for its `sha`. */
export const pipelineItemDetails = (
  row: WholePipelineRow,
  {
    user,
    commit,
    actions,
    url,
    path,
  }: {
    user: UserRow | null;
    commit: string | null;
    actions: ('retry' | 'cancel')[];
    url: string;
    path: string;
  },
): Static<typeof PipelineItemDetails> => ({
  ...lastPipeline(row, url, path),
  tag: row.tag === 1,
  yaml_errors: row.yaml_errors,
  user: user && userBasic(user, url),
  commit: commit === null ? null : storedCommit(commit, row.sha, `${url}/${path}`),
  started_at: isoOrNull(row.started_at),
  finished_at: isoOrNull(row.finished_at),
  duration: row.duration,
  queued_duration: row.queued_duration,
  actions,
});

/** What the whole shape needs besides the row. */
export interface PipelineAround extends WholePipelineRow {
  user: UserRow | null;
  /** The mean of its jobs, in per cent; null without any. */
  coverage: number | null;
  /** So old that its jobs are neither retried nor played. */
  archived: boolean;
}

/** `url` is the server's address, `path` the project's full path. */
export function pipelineWhole(row: PipelineAround, url: string, path: string): Static<typeof Pipeline> {
  return {
    ...pipelineBasic(row, `${url}/${path}`),
    before_sha: row.before_sha,
    tag: row.tag === 1,
    yaml_errors: row.yaml_errors,
    user: row.user && userBasic(row.user, url),
    started_at: isoOrNull(row.started_at),
    finished_at: isoOrNull(row.finished_at),
    committed_at: isoOrNull(row.committed_at),
    duration: row.duration,
    queued_duration: row.queued_duration,
    coverage: row.coverage === null ? null : row.coverage.toFixed(2),
    archived: row.archived,
    priority: row.priority,
    detailed_status: detailedStatus(row, path),
  };
}

/** As pipelineWhole, with the name. */
export const pipelineDetails = (row: PipelineAround, url: string, path: string) => ({
  ...pipelineWhole(row, url, path),
  name: row.name,
});

/** What GitLab writes on a badge instead of the bare status. */
const TEXTS: Partial<Record<JobStatus, { text: string; label?: string }>> = {
  success: { text: 'Passed', label: 'passed' },
  waiting_for_resource: { text: 'Waiting', label: 'waiting for resource' },
  waiting_for_callback: { text: 'Waiting', label: 'waiting for callback' },
  manual: { text: 'Manual', label: 'waiting for manual action' },
  scheduled: { text: 'Scheduled', label: 'waiting for delayed job' },
};

function detailedStatus(
  row: Pick<WholePipelineRow, 'id' | 'status' | 'warnings'>,
  path: string,
): Static<typeof DetailedStatus> {
  const status = row.status as JobStatus;
  const details_path = `/${path}/-/pipelines/${row.id}`;
  if (status === 'success' && row.warnings === 1)
    return {
      icon: 'status_warning',
      text: 'Warning',
      label: 'passed with warnings',
      group: 'success-with-warnings',
      tooltip: 'passed',
      ...fixed(details_path, 'success'),
    };
  const text = TEXTS[status]?.text ?? status.charAt(0).toUpperCase() + status.slice(1);
  const label = TEXTS[status]?.label ?? status;
  return {
    icon: `status_${status}`,
    text,
    label,
    group: status.replaceAll('_', '-'),
    tooltip: label,
    ...fixed(details_path, status),
  };
}

const fixed = (details_path: string, status: string) => ({
  has_details: true,
  details_path,
  illustration: null,
  favicon: `/assets/ci_favicons/favicon_status_${status}.png`,
});

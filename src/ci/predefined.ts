import { groupName } from './group-name.ts';
import { slugify } from './slug.ts';
import { variable, type Variable, variableList } from './variable.ts';

/**
 * The variables that every job gets, as pure functions of what they tell about. Values and names are those GitLab
 * Runner and people's scripts know. `url` is always the server's address as users see it, without a slash at its
 * end. Times are milliseconds since 1970.
 */

export interface Server {
  url: string;
  /** `19.0.0` */
  version: string;
  revision: string;
}

export function serverVariables({ url, version, revision }: Server): Variable[] {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol.replace(':', '');
  const [major = '', minor = '', patch = ''] = version.split(/[.-]/);
  return variableList({
    CI: 'true',
    GITLAB_CI: 'true',
    CI_SERVER_URL: url,
    CI_SERVER_HOST: hostname,
    CI_SERVER_PORT: port || (scheme === 'https' ? '443' : '80'),
    CI_SERVER_PROTOCOL: scheme,
    CI_SERVER_FQDN: port ? `${hostname}:${port}` : hostname,
    // There is no SSH here, but by these the runner knows which addresses of submodules to rewrite to HTTP.
    CI_SERVER_SHELL_SSH_HOST: hostname,
    CI_SERVER_SHELL_SSH_PORT: '22',
    CI_SERVER_NAME: 'GitLab',
    CI_SERVER_VERSION: version,
    CI_SERVER_VERSION_MAJOR: major,
    CI_SERVER_VERSION_MINOR: minor,
    CI_SERVER_VERSION_PATCH: patch,
    CI_SERVER_REVISION: revision,
    GITLAB_FEATURES: '',
    CI_API_V4_URL: `${url}/api/v4`,
    CI_API_GRAPHQL_URL: `${url}/api/graphql`,
    CI_PAGES_DOMAIN: hostname,
    CI_TEMPLATE_REGISTRY_HOST: 'registry.gitlab.com',
  });
}

export interface Project {
  id: number;
  /** The title people gave it; `path` is the last part of its address. */
  name: string;
  path: string;
  path_with_namespace: string;
  namespace_id: number;
  description: string | null;
  visibility: string;
  default_branch: string | null;
  ci_config_path: string | null;
}

export function projectVariables(project: Project, url: string): Variable[] {
  const namespace = project.path_with_namespace.slice(0, -project.path.length - 1);
  return variableList({
    CI_PROJECT_ID: String(project.id),
    CI_PROJECT_NAME: project.path,
    CI_PROJECT_TITLE: project.name,
    CI_PROJECT_DESCRIPTION: project.description ?? '',
    CI_PROJECT_PATH: project.path_with_namespace,
    CI_PROJECT_PATH_SLUG: slugify(project.path_with_namespace),
    CI_PROJECT_NAMESPACE: namespace,
    CI_PROJECT_NAMESPACE_ID: String(project.namespace_id),
    CI_PROJECT_NAMESPACE_SLUG: slugify(namespace),
    CI_PROJECT_ROOT_NAMESPACE: namespace.split('/')[0] ?? '',
    CI_PROJECT_URL: `${url}/${project.path_with_namespace}`,
    CI_PROJECT_VISIBILITY: project.visibility,
    CI_PROJECT_REPOSITORY_LANGUAGES: '',
    CI_PROJECT_CLASSIFICATION_LABEL: '',
    CI_PAGES_URL: `${url}/-/pages/${project.id}`,
    CI_DEFAULT_BRANCH: project.default_branch ?? undefined,
    CI_DEFAULT_BRANCH_SLUG: project.default_branch === null ? undefined : slugify(project.default_branch),
    CI_CONFIG_PATH: project.ci_config_path || '.gitlab-ci.yml',
  });
}

export interface Pipeline {
  /** Null while nothing is stored yet: rules do not see it then. */
  iid: number | null;
  source: string;
  ref: string;
  tag: boolean;
  sha: string;
  before_sha: string;
  protected: boolean;
  created_at: number;
  name: string | null;
  /** Of an annotated tag; null for branches and light tags. */
  tag_message: string | null;
  /** Of the release of its tag; null: none, or nothing is said of it. */
  release_description?: string | null | undefined;
  /** Of the schedule that has begun it; null for others. */
  schedule_description?: string | null | undefined;
  /** Whether it is below one of a merge request, and so of that, too. */
  below_merge_request?: boolean | undefined;
  commit: {
    message: string;
    author_name: string;
    author_email: string;
    /** ISO 8601, in the committer's time zone. */
    committed_date: string;
  };
}

const MAX_MESSAGE_BYTES = 100_000;
const LONG_TITLE = 100;
const MAX_RELEASE_CHARACTERS = 1024;

/** Whether a pipeline is of a merge request: that has begun it, or, of a child, it has neither a branch nor a tag. */
export function isOfMergeRequest(predefined: ReadonlyMap<string, string>): boolean {
  const source = predefined.get('CI_PIPELINE_SOURCE');
  const isOfRef = predefined.has('CI_COMMIT_BRANCH') || predefined.has('CI_COMMIT_TAG');
  return source === 'merge_request_event' || (source === 'parent_pipeline' && !isOfRef);
}

export function pipelineVariables(pipeline: Pipeline): Variable[] {
  const { commit } = pipeline;
  const [title = ''] = commit.message.split('\n', 1);
  const hasNoBranch =
    pipeline.tag || pipeline.source === 'merge_request_event' || pipeline.below_merge_request;
  const rest = commit.message.slice(title.length + 1).replace(/\r?\n$/, '');
  return variableList({
    CI_PIPELINE_IID: pipeline.iid === null ? undefined : String(pipeline.iid),
    CI_PIPELINE_SOURCE: pipeline.source,
    CI_PIPELINE_CREATED_AT: isoTime(pipeline.created_at),
    CI_PIPELINE_NAME: pipeline.name ?? undefined,
    CI_PIPELINE_SCHEDULE_DESCRIPTION: pipeline.schedule_description ?? undefined,
    CI_COMMIT_SHA: pipeline.sha,
    CI_COMMIT_SHORT_SHA: pipeline.sha.slice(0, 8),
    CI_COMMIT_BEFORE_SHA: pipeline.before_sha,
    CI_COMMIT_REF_NAME: pipeline.ref,
    CI_COMMIT_REF_SLUG: slugify(pipeline.ref),
    CI_COMMIT_BRANCH: hasNoBranch ? undefined : pipeline.ref,
    CI_COMMIT_TAG: pipeline.tag ? pipeline.ref : undefined,
    CI_COMMIT_TAG_MESSAGE: pipeline.tag ? (pipeline.tag_message ?? '') : undefined,
    CI_RELEASE_DESCRIPTION: beginningOf(pipeline.release_description ?? undefined),
    CI_COMMIT_MESSAGE: truncateBytes(commit.message),
    CI_COMMIT_MESSAGE_IS_TRUNCATED: String(Buffer.byteLength(commit.message) > MAX_MESSAGE_BYTES),
    CI_COMMIT_TITLE: truncateBytes(title),
    CI_COMMIT_DESCRIPTION: truncateBytes(title.length < LONG_TITLE ? rest : commit.message),
    CI_COMMIT_REF_PROTECTED: String(pipeline.protected),
    CI_COMMIT_TIMESTAMP: commit.committed_date.replace(/\.\d+/, ''),
    CI_COMMIT_AUTHOR: `${commit.author_name} <${commit.author_email}>`,
  });
}

const beginningOf = (text: string | undefined) =>
  text === undefined ? undefined : [...text].slice(0, MAX_RELEASE_CHARACTERS).join('');

/** Known once the pipeline is stored: for runners only, rules never see it. */
export function persistedPipelineVariables(id: number, project: Project, url: string): Variable[] {
  return variableList({
    CI_PIPELINE_ID: String(id),
    CI_PIPELINE_URL: `${url}/${project.path_with_namespace}/-/pipelines/${id}`,
  });
}

/** Of a pipeline that a trigger token began: `short_token` is the token's beginning. */
export function triggerVariables(short_token: string): Variable[] {
  return variableList({ CI_PIPELINE_TRIGGERED: 'true', CI_TRIGGER_SHORT_TOKEN: short_token });
}

export interface Job {
  /** Absent: a job that a runner takes. */
  kind?: string;
  name: string;
  stage: string;
  when: string;
  /** Which of the jobs of `parallel` it is, from 1; null for others. */
  instance: { index: number; total: number } | null;
}

/** Of those that somebody may start before they would start themselves; a bridge that is delayed does not say so. */
const saysManual = ({ kind, when }: Job) => when === 'manual' || (when === 'delayed' && kind !== 'bridge');

/** What rules may already ask of a job. */
export function jobVariables(job: Job): Variable[] {
  return variableList({
    CI_JOB_NAME: job.name,
    CI_JOB_NAME_SLUG: slugify(job.name),
    CI_JOB_GROUP_NAME: groupName(job.name),
    CI_JOB_STAGE: job.stage,
    CI_JOB_MANUAL: saysManual(job) ? 'true' : undefined,
    CI_NODE_INDEX: job.instance ? String(job.instance.index) : undefined,
    CI_NODE_TOTAL: String(job.instance?.total ?? 1),
  });
}

export interface RunningJob {
  id: number;
  /** The job's token in the clear, known only while it is handed out. */
  token: string;
  started_at: number;
}

/** Known once a runner takes the job; the token is masked and kept from service containers. */
export function persistedJobVariables(job: RunningJob, project: Project, url: string): Variable[] {
  const secret = { public: false, masked: true };
  const started = isoTime(job.started_at);
  const repository = new URL(`${url}/${project.path_with_namespace}.git`);
  repository.username = 'gitlab-ci-token';
  repository.password = job.token;
  return [
    ...variableList({
      CI_JOB_ID: String(job.id),
      CI_JOB_URL: `${url}/${project.path_with_namespace}/-/jobs/${job.id}`,
    }),
    variable('CI_JOB_TOKEN', job.token, secret),
    ...variableList({
      CI_JOB_STARTED_AT: started,
      CI_JOB_STARTED_AT_SLUG: slugify(started),
      CI_REGISTRY_USER: 'gitlab-ci-token',
    }),
    variable('CI_REGISTRY_PASSWORD', job.token, secret),
    variable('CI_REPOSITORY_URL', repository.href, { public: false }),
  ];
}

export interface Runner {
  id: number;
  description: string | null;
  tag_list: readonly string[];
}

export function runnerVariables(runner: Runner): Variable[] {
  const tags = runner.tag_list.map((tag) => JSON.stringify(tag)).join(', ');
  return variableList({
    CI_RUNNER_ID: String(runner.id),
    CI_RUNNER_DESCRIPTION: runner.description ?? '',
    CI_RUNNER_TAGS: `[${tags}]`,
  });
}

export interface User {
  id: number;
  email: string;
  username: string;
  name: string;
}

export function userVariables(user: User): Variable[] {
  return variableList({
    GITLAB_USER_ID: String(user.id),
    GITLAB_USER_EMAIL: user.email,
    GITLAB_USER_LOGIN: user.username,
    GITLAB_USER_NAME: user.name,
  });
}

const NOT_IN_INCLUDE =
  /^(?:CI_PIPELINE_IID|CI_PIPELINE_TRIGGERED|CI_TRIGGER_SHORT_TOKEN|CI_RELEASE_DESCRIPTION|TRIGGER_PAYLOAD|GITLAB_USER_\w+)$/;

/** No configuration says who the user is: what is predefined of them stands over its variables. */
export const isOfUser = ({ key }: Variable) => /^GITLAB_USER_\w+$/.test(key);

/** Includes are read before the pipeline is made, so a few variables that rules see are unknown to them. */
export const isKnownToInclude = ({ key }: Variable) => !NOT_IN_INCLUDE.test(key);

/** `2026-01-31T16:47:55Z` */
const isoTime = (time: number) => new Date(time).toISOString().replace(/\.\d+/, '');

/** Cut where a character ends. */
function truncateBytes(text: string): string {
  if (text.length * 3 <= MAX_MESSAGE_BYTES) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_MESSAGE_BYTES) return text;
  return bytes
    .subarray(0, MAX_MESSAGE_BYTES)
    .toString()
    .replace(/\uFFFD{1,3}$/, '');
}

import type {
  ArtifactsSpec,
  CacheSpec,
  HookSpec,
  ImageSpec,
  JobInputSpec,
  PlannedStep,
  PullPolicy,
  ServiceSpec,
} from '../ci/plan.ts';
import {
  type ArtifactFormat,
  type ArtifactType,
  defaultName,
  formatOf,
  isArtifactType,
} from '../artifacts/artifact-types.ts';
import { mergeVariables, type Variable } from '../ci/variable.ts';
import type { Database } from '../db/database.ts';
import type { Repositories } from '../git/repository.ts';
import { pipelineRef } from '../git/pipeline-refs.ts';
import type { SigningKey } from '../id-tokens/signing-key.ts';
import { PREFIX } from '../access/token.ts';
import { FAILURE_REASONS, type FailureReason } from '../jobs/failure-reason.ts';
import { isAvailable } from '../jobs/hand-out.ts';
import type { Job, JobSpec } from '../jobs/job-store.ts';
import type { ClaimedJob } from './claim-job.ts';
import type { PipelineSettings } from './create-pipeline.ts';
import { idTokenVariables } from './id-tokens.ts';
import { tagMessage } from './pipeline-input.ts';
import { instanceUuid } from './instance-uuid.ts';
import { readPayloadParts } from './payload-store.ts';
import { variablesOf } from './runner-variables.ts';

/** A job as GitLab Runner reads it. One field of another type, and the runner loses the job. */
export interface RunnerPayload {
  id: number;
  token: string;
  allow_git_fetch: boolean;
  job_info: {
    id: number;
    name: string;
    stage: string;
    pipeline_id: number;
    project_id: number;
    project_name: string;
    project_full_path: string;
    namespace_id: number;
    root_namespace_id: number;
    organization_id: number;
    instance_id: string;
    instance_uuid: string;
    user_id: number | null;
    scoped_user_id: null;
    time_in_queue_seconds: number;
    project_jobs_running_on_instance_runners_count: string;
  };
  git_info: {
    /** With the job's token. */
    repo_url: string;
    ref: string;
    sha: string;
    before_sha: string;
    ref_type: 'branch' | 'tag';
    refspecs: string[];
    /** 0: everything. */
    depth: number;
    repo_object_format: 'sha1';
    protected: boolean;
  };
  runner_info: { timeout: number; runner_session_url: null };
  variables: Variable[];
  steps: (PlannedStep & { timeout: number })[];
  hooks: HookSpec[];
  /** The steps of `run` as JSON, for runners that run them; absent in other jobs. */
  run?: string;
  /** Absent in jobs without. */
  inputs?: { key: string; value: { type: JobInputSpec['type']; content: unknown; sensitive: boolean } }[];
  image: Image | null;
  services: (Image & Pick<ServiceSpec, 'alias' | 'command' | 'variables'>)[];
  artifacts: Artifact[];
  cache: Cache[];
  credentials: [];
  dependencies: {
    id: number;
    token: string;
    name: string;
    artifacts_file: { filename: string; size: number };
  }[];
  features: {
    trace_sections: boolean;
    token_mask_prefixes: string[];
    failure_reasons: readonly FailureReason[];
  };
}

interface Image {
  name: string;
  entrypoint: string[] | null;
  ports: [];
  pull_policy: PullPolicy[] | null;
  executor_opts: ImageSpec['executor_opts'];
}

/** What the runner is to upload at the job's end, an archive or a report. */
type Artifact = Omit<ArtifactsSpec, 'when' | 'access' | 'expose_as'> & {
  when: NonNullable<ArtifactsSpec['when']>;
  artifact_type: ArtifactType;
  artifact_format: ArtifactFormat;
};

type Cache = Omit<CacheSpec, 'unprotect'>;

/** Seconds, for a job whose row says none. */
const DEFAULT_TIMEOUT = 3600;
/** A server is one organization. */
const ORGANIZATION = 1;

/** What the runner that claimed the job is told: all it needs to run it. */
export async function runnerPayload(
  db: Database,
  repositories: Repositories,
  { server, secret_key }: PipelineSettings,
  signingKey: SigningKey,
  { job, token }: ClaimedJob,
  now: number,
): Promise<RunnerPayload> {
  const parts = await readPayloadParts(db.read, job, now);
  const { spec, project, pipeline } = parts;
  const tag_message = job.tag === 1 ? await tagMessage(repositories.of(project.id), job.ref) : null;
  const timeout = job.timeout ?? DEFAULT_TIMEOUT;
  const given = await variablesOf(job, parts, { server, secret_key, token, tag_message, now });
  const signing = { key: signingKey, url: server.url, variables: given, timeout, now };
  // What a person has named so counts, as with GitLab.
  const variables = mergeVariables(await idTokenVariables(db, job, parts, signing), given);
  const depth = depthOf(variables, project.ci_default_git_depth);
  const instance = instanceUuid(secret_key);
  return {
    id: job.id,
    token,
    allow_git_fetch: project.build_git_strategy !== 'clone',
    job_info: {
      id: job.id,
      name: job.name,
      stage: job.stage,
      pipeline_id: job.pipeline_id,
      project_id: project.id,
      project_name: project.path,
      project_full_path: project.path_with_namespace,
      namespace_id: project.namespace_id,
      root_namespace_id: parts.root_namespace_id,
      organization_id: ORGANIZATION,
      instance_id: instance,
      instance_uuid: instance,
      user_id: job.user_id,
      scoped_user_id: null,
      time_in_queue_seconds: Math.max(0, ((job.started_at ?? now) - (job.queued_at ?? now)) / 1000),
      project_jobs_running_on_instance_runners_count: '+Inf',
    },
    git_info: {
      repo_url: repositoryUrl(server.url, project.path_with_namespace, token),
      ref: job.ref,
      sha: job.sha,
      before_sha: pipeline.before_sha,
      ref_type: job.tag === 1 ? 'tag' : 'branch',
      refspecs: refspecsOf(job, depth),
      depth,
      repo_object_format: 'sha1',
      protected: job.protected === 1,
    },
    runner_info: { timeout, runner_session_url: null },
    variables,
    steps: spec.steps.map((step) => ({ ...step, timeout })),
    hooks: spec.hooks ?? [],
    ...(spec.run && { run: JSON.stringify(spec.run) }),
    ...(spec.inputs && { inputs: spec.inputs.map(inputOf) }),
    image: spec.image && imageOf(spec.image),
    services: spec.services.map((service) => ({
      ...imageOf(service),
      alias: service.alias,
      command: service.command,
      variables: service.variables,
    })),
    artifacts: [...archiveOf(spec.artifacts), ...reportsOf(spec)],
    cache: spec.cache.map((entry) => cacheOf(entry, job)),
    credentials: [],
    dependencies: parts.dependencies
      .filter((dependency) => isAvailable(dependency, now))
      .flatMap(({ id, name, archive }) =>
        archive === null
          ? []
          : { id, name, token, artifacts_file: { filename: archive.filename, size: archive.size } },
      ),
    features: {
      trace_sections: true,
      token_mask_prefixes: Object.values(PREFIX),
      failure_reasons: FAILURE_REASONS,
    },
  };
}

function repositoryUrl(url: string, path: string, token: string): string {
  const address = new URL(`${url}/${path}.git`);
  address.username = 'gitlab-ci-token';
  address.password = token;
  return address.href;
}

/** The pipeline's own ref, whatever became of its branch; and the ref itself, or with no depth all refs. */
function refspecsOf(job: Job, depth: number): string[] {
  const own = pipelineRef(job.pipeline_id);
  const always = `+${own}:${own}`;
  if (depth === 0) return [always, '+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
  return job.tag === 1
    ? [always, `+refs/tags/${job.ref}:refs/tags/${job.ref}`]
    : [always, `+refs/heads/${job.ref}:refs/remotes/origin/${job.ref}`];
}

function depthOf(variables: readonly Variable[], fallback: number): number {
  const given = variables.find(({ key }) => key === 'GIT_DEPTH')?.value ?? '';
  return /^\d{1,9}$/.test(given) ? Number(given) : fallback;
}

const inputOf = ({ key, type, value }: JobInputSpec) => ({
  key,
  value: { type, content: value, sensitive: false },
});

const imageOf = ({ name, entrypoint, pull_policy, executor_opts }: ImageSpec): Image => ({
  name,
  entrypoint,
  ports: [],
  pull_policy,
  executor_opts,
});

/** Protected refs have caches of their own: what anybody's branch leaves must not get into a release. */
function cacheOf({ unprotect, ...entry }: CacheSpec, job: Pick<Job, 'protected'>): Cache {
  const suffix = job.protected === 1 && !unprotect ? 'protected' : 'non_protected';
  const named = (key: string) => `${key}-${suffix}`;
  return { ...entry, key: named(entry.key), fallback_keys: entry.fallback_keys.map(named) };
}

/** The archive, where there is anything to put into it. */
function archiveOf(spec: ArtifactsSpec | null): Artifact[] {
  if (!spec || (!spec.untracked && (spec.paths ?? []).length === 0)) return [];
  const { access: _access, expose_as: _expose_as, ...archive } = spec;
  return [{ when: 'on_success', ...archive, artifact_type: 'archive', artifact_format: 'zip' }];
}

/** Reports are uploaded however the job ends, and expire as its archive does. */
function reportsOf({ artifacts, reports }: Pick<JobSpec, 'artifacts' | 'reports'>): Artifact[] {
  const expiry = artifacts?.expire_in === undefined ? {} : { expire_in: artifacts.expire_in };
  return reports.flatMap(({ artifact_type, paths }) =>
    isArtifactType(artifact_type)
      ? {
          name: defaultName(artifact_type),
          paths,
          when: 'always',
          artifact_type,
          artifact_format: formatOf(artifact_type),
          ...expiry,
        }
      : [],
  );
}

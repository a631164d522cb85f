import { type Static, Type } from 'typebox';
import type { ProjectSettings } from '../projects/create-project.ts';
import { VISIBILITIES } from '../projects/visibility.ts';
import { nullable } from './entities/entity.ts';

/** The greatest number of seconds or things that can be set, as in GitLab: what four bytes hold. */
const MOST = 2 ** 31 - 1;

/** How long tokens of runners live: seconds; null for ever. */
export const tokenInterval = () =>
  nullable(Type.Integer({ description: 'Seconds', minimum: 1, maximum: MOST }));

/** Of jobs in the queue: the highest is handed out first. */
export const priority = () => Type.Integer({ minimum: -100, maximum: 100 });

const flag = Type.Optional(Type.Boolean());
const amount = (description: string, maximum = MOST) =>
  Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum, description }), Type.Null()]));
const seconds = amount('Seconds; null for ever');
const count = amount('The newest so many stay; null for all');

/** What can be set of a project when it is made and afterwards. */
export const settingParams = {
  description: Type.Optional(Type.String()),
  visibility: Type.Optional(Type.Enum([...VISIBILITIES])),
  public_jobs: flag,
  public_builds: Type.Optional(Type.Boolean({ description: 'The older name of public_jobs' })),
  jobs_enabled: Type.Optional(Type.Boolean({ description: 'The older form of builds_access_level' })),
  builds_access_level: Type.Optional(Type.Enum(['disabled', 'private', 'enabled'])),
  ci_config_path: Type.Optional(Type.String()),
  ci_default_git_depth: Type.Optional(Type.Integer()),
  build_git_strategy: Type.Optional(Type.Enum(['fetch', 'clone'])),
  build_timeout: Type.Optional(Type.Integer({ description: 'Seconds' })),
  keep_latest_artifact: flag,
  ci_forward_deployment_enabled: flag,
  ci_forward_deployment_rollback_allowed: flag,
  auto_cancel_pending_pipelines: Type.Optional(Type.Enum(['enabled', 'disabled'])),
  ci_job_token_scope_enabled: flag,
  shared_runners_enabled: flag,
  priority: Type.Optional(priority()),
  runner_token_expiration_interval: Type.Optional(tokenInterval()),
  storage_limit: amount(
    'Bytes of artifacts and logs; null for any. For administrators',
    Number.MAX_SAFE_INTEGER,
  ),
  ci_delete_pipelines_in_seconds: seconds,
  ci_delete_pipelines_above_count: count,
  ci_delete_traces_in_seconds: seconds,
  ci_delete_traces_above_count: count,
  ci_delete_artifacts_in_seconds: seconds,
  ci_delete_artifacts_above_count: count,
};
const Params = Type.Object(settingParams);

export const SETTING_NAMES = Object.keys(settingParams);

/** The settings given, as rows keep them. */
export function settingsOf(params: Static<typeof Params>): ProjectSettings {
  const enabled =
    params.jobs_enabled === undefined ? undefined : params.jobs_enabled ? 'enabled' : 'disabled';
  const settings: { [K in keyof ProjectSettings]: ProjectSettings[K] | undefined } = {
    description: params.description,
    visibility: params.visibility,
    public_jobs: bit(params.public_jobs ?? params.public_builds),
    builds_access_level: params.builds_access_level ?? enabled,
    ci_config_path: params.ci_config_path === '' ? null : params.ci_config_path,
    ci_default_git_depth: params.ci_default_git_depth,
    build_git_strategy: params.build_git_strategy,
    build_timeout: params.build_timeout,
    keep_latest_artifact: bit(params.keep_latest_artifact),
    ci_forward_deployment_enabled: bit(params.ci_forward_deployment_enabled),
    ci_forward_deployment_rollback_allowed: bit(params.ci_forward_deployment_rollback_allowed),
    auto_cancel_pending_pipelines: params.auto_cancel_pending_pipelines,
    ci_job_token_scope_enabled: bit(params.ci_job_token_scope_enabled),
    shared_runners_enabled: bit(params.shared_runners_enabled),
    priority: params.priority,
    runner_token_expiration_interval: params.runner_token_expiration_interval,
    storage_limit: params.storage_limit,
    ci_delete_pipelines_in_seconds: params.ci_delete_pipelines_in_seconds,
    ci_delete_pipelines_above_count: params.ci_delete_pipelines_above_count,
    ci_delete_traces_in_seconds: params.ci_delete_traces_in_seconds,
    ci_delete_traces_above_count: params.ci_delete_traces_above_count,
    ci_delete_artifacts_in_seconds: params.ci_delete_artifacts_in_seconds,
    ci_delete_artifacts_above_count: params.ci_delete_artifacts_above_count,
  };
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as ProjectSettings;
}

const bit = (value: boolean | undefined) => (value === undefined ? undefined : value ? 1 : 0);

import { type Static, Type } from 'typebox';
import type { User } from '../../access/caller.ts';
import type { Visibility } from '../../access/permissions.ts';
import type { Namespace } from '../../projects/group-store.ts';
import type { Project as Row } from '../../projects/project-store.ts';
import { VISIBILITIES } from '../../projects/visibility.ts';
import { entity, iso, isoOrNull, Moment, nullable } from './entity.ts';
import { NamespaceBasic, namespaceBasic } from './namespace.ts';
import { LastPipeline } from './pipeline.ts';
import { projectIdentity } from './project-identity.ts';
import { UserBasic, userBasic } from './user.ts';

const Access = nullable(entity({ access_level: Type.Integer(), notification_level: Type.Integer() }));

/** What GitLab has and this server has not: clients read the fields, and find the part switched off. */
const ABSENT_LEVELS = [
  'issues_access_level',
  'merge_requests_access_level',
  'wiki_access_level',
  'snippets_access_level',
  'container_registry_access_level',
  'forking_access_level',
  'pages_access_level',
  'analytics_access_level',
  'releases_access_level',
  'environments_access_level',
  'feature_flags_access_level',
  'infrastructure_access_level',
  'monitor_access_level',
  'requirements_access_level',
  'security_and_compliance_access_level',
  'model_experiments_access_level',
  'model_registry_access_level',
] as const;
type AbsentLevel = (typeof ABSENT_LEVELS)[number];

const absentLevels = Object.fromEntries(ABSENT_LEVELS.map((name) => [name, Type.String()])) as Record<
  AbsentLevel,
  ReturnType<typeof Type.String>
>;

/** Settings of those parts, at the values that GitLab gives a project without them. */
const CONSTANTS = {
  packages_enabled: false,
  resolve_outdated_diff_discussions: false,
  issues_enabled: false,
  merge_requests_enabled: false,
  wiki_enabled: false,
  snippets_enabled: false,
  container_registry_enabled: false,
  service_desk_enabled: false,
  can_create_merge_request_in: false,
  emails_disabled: true,
  emails_enabled: false,
  lfs_enabled: false,
  group_runners_enabled: true,
  ci_allow_fork_pipelines_to_run_in_parent_project: false,
  ci_separated_caches: true,
  ci_push_repository_for_job_token_allowed: false,
  only_allow_merge_if_pipeline_succeeds: false,
  only_allow_merge_if_all_discussions_are_resolved: false,
  allow_merge_on_skipped_pipeline: false,
  restrict_user_defined_variables: false,
  request_access_enabled: false,
  remove_source_branch_after_merge: false,
  printing_merge_request_link_enabled: false,
  auto_devops_enabled: false,
  autoclose_referenced_issues: false,
  enforce_auth_checks_on_uploads: true,
} as const;
type Constant = keyof typeof CONSTANTS;
const constants = Object.fromEntries(Object.keys(CONSTANTS).map((name) => [name, Type.Boolean()])) as Record<
  Constant,
  ReturnType<typeof Type.Boolean>
>;

const basic = {
  ...projectIdentity,
  default_branch: nullable(Type.String()),
  tag_list: Type.Array(Type.String()),
  topics: Type.Array(Type.String()),
  ssh_url_to_repo: nullable(Type.String()),
  http_url_to_repo: Type.String(),
  web_url: Type.String(),
  readme_url: nullable(Type.String()),
  forks_count: Type.Integer(),
  avatar_url: nullable(Type.String()),
  star_count: Type.Integer(),
  last_activity_at: Moment,
  visibility: Type.Enum([...VISIBILITIES]),
  namespace: NamespaceBasic,
  last_pipeline: Type.Optional(
    Type.Union([LastPipeline, Type.Null()], {
      description: 'With `with_last_pipeline`: the newest; null: none, or not for the caller to know',
    }),
  ),
};

/** A project by its address alone, as `simple=true` asks for it. */
export const ProjectBasic = entity(basic);

/** A project with what its CI is set to. */
export const Project = entity({
  ...basic,
  _links: entity({
    self: Type.String(),
    repo_branches: Type.String(),
    members: Type.String(),
  }),
  archived: Type.Boolean(),
  empty_repo: Type.Optional(Type.Boolean({ description: 'Of a single project' })),
  owner: Type.Optional(UserBasic),
  jobs_enabled: Type.Boolean(),
  builds_access_level: Type.Enum(['disabled', 'private', 'enabled']),
  repository_access_level: Type.String(),
  ...constants,
  ...absentLevels,
  shared_runners_enabled: Type.Boolean(),
  creator_id: nullable(Type.Integer()),
  import_status: Type.String(),
  runners_token: Type.Optional(nullable(Type.String())),
  runner_token_expiration_interval: Type.Optional(nullable(Type.Integer({ description: 'Seconds' }))),
  ci_default_git_depth: Type.Integer(),
  ci_job_token_scope_enabled: Type.Boolean(),
  ci_pipeline_variables_minimum_override_role: Type.String(),
  public_jobs: Type.Boolean(),
  build_git_strategy: Type.String(),
  build_timeout: Type.Integer(),
  priority: Type.Integer({ description: 'Of its pipelines, unless they have their own' }),
  build_coverage_regex: Type.Null(),
  auto_cancel_pending_pipelines: Type.String(),
  auto_devops_deploy_strategy: Type.String(),
  ci_config_path: nullable(Type.String()),
  keep_latest_artifact: Type.Boolean(),
  storage_limit: nullable(Type.Integer()),
  ci_delete_pipelines_in_seconds: nullable(Type.Integer()),
  ci_delete_pipelines_above_count: nullable(Type.Integer()),
  ci_delete_traces_in_seconds: nullable(Type.Integer()),
  ci_delete_traces_above_count: nullable(Type.Integer()),
  ci_delete_artifacts_in_seconds: nullable(Type.Integer()),
  ci_delete_artifacts_above_count: nullable(Type.Integer()),
  ci_forward_deployment_enabled: Type.Boolean(),
  ci_forward_deployment_rollback_allowed: Type.Boolean(),
  shared_with_groups: Type.Array(Type.Never()),
  merge_method: Type.String(),
  squash_option: Type.String(),
  suggestion_commit_message: Type.Null(),
  container_expiration_policy: Type.Null(),
  updated_at: Moment,
  marked_for_deletion_at: Type.Null(),
  marked_for_deletion_on: nullable(Moment),
  permissions: Type.Optional(entity({ project_access: Access, group_access: Access })),
});

/** What stands around a project when it is shown. */
export interface ProjectAround {
  url: string;
  namespace: Namespace;
  /** The person in whose namespace it lies. */
  owner: User | null;
  /** The reader's levels, 0 for none; null for nobody. */
  levels: { project: number; group: number } | null;
  /** Whether settings for maintainers are shown. */
  maintains: boolean;
  empty_repo?: boolean;
}

export function projectBasic(row: Row, { url, namespace }: ProjectAround): Static<typeof ProjectBasic> {
  const web_url = `${url}/${row.path_with_namespace}`;
  return {
    id: row.id,
    description: row.description,
    name: row.name,
    name_with_namespace: row.name_with_namespace,
    path: row.path,
    path_with_namespace: row.path_with_namespace,
    created_at: iso(row.created_at),
    default_branch: row.default_branch,
    tag_list: [],
    topics: [],
    ssh_url_to_repo: null,
    http_url_to_repo: `${web_url}.git`,
    web_url,
    readme_url: null,
    forks_count: 0,
    avatar_url: null,
    star_count: 0,
    last_activity_at: iso(row.last_activity_at),
    visibility: row.visibility as Visibility,
    namespace: namespaceBasic(namespace, url),
  };
}

export function projectOf(row: Row, around: ProjectAround): Static<typeof Project> {
  const { url, owner, levels, maintains, empty_repo } = around;
  const self = `${url}/api/v4/projects/${row.id}`;
  return {
    ...projectBasic(row, around),
    _links: { self, repo_branches: `${self}/repository/branches`, members: `${self}/members` },
    archived: row.archived === 1,
    ...(empty_repo === undefined ? {} : { empty_repo }),
    ...(owner ? { owner: userBasic(owner, url) } : {}),
    jobs_enabled: row.builds_access_level !== 'disabled',
    builds_access_level: row.builds_access_level as Static<typeof Project>['builds_access_level'],
    repository_access_level: 'enabled',
    ...CONSTANTS,
    ...(Object.fromEntries(ABSENT_LEVELS.map((name) => [name, 'disabled'])) as Record<AbsentLevel, string>),
    shared_runners_enabled: row.shared_runners_enabled === 1,
    creator_id: row.creator_id,
    import_status: 'none',
    ...(maintains
      ? { runners_token: null, runner_token_expiration_interval: row.runner_token_expiration_interval }
      : {}),
    ci_default_git_depth: row.ci_default_git_depth,
    ci_job_token_scope_enabled: row.ci_job_token_scope_enabled === 1,
    ci_pipeline_variables_minimum_override_role: 'developer',
    public_jobs: row.public_jobs === 1,
    build_git_strategy: row.build_git_strategy,
    build_timeout: row.build_timeout,
    priority: row.priority,
    build_coverage_regex: null,
    auto_cancel_pending_pipelines: row.auto_cancel_pending_pipelines,
    auto_devops_deploy_strategy: 'continuous',
    ci_config_path: row.ci_config_path,
    keep_latest_artifact: row.keep_latest_artifact === 1,
    storage_limit: row.storage_limit,
    ci_delete_pipelines_in_seconds: row.ci_delete_pipelines_in_seconds,
    ci_delete_pipelines_above_count: row.ci_delete_pipelines_above_count,
    ci_delete_traces_in_seconds: row.ci_delete_traces_in_seconds,
    ci_delete_traces_above_count: row.ci_delete_traces_above_count,
    ci_delete_artifacts_in_seconds: row.ci_delete_artifacts_in_seconds,
    ci_delete_artifacts_above_count: row.ci_delete_artifacts_above_count,
    ci_forward_deployment_enabled: row.ci_forward_deployment_enabled === 1,
    ci_forward_deployment_rollback_allowed: row.ci_forward_deployment_rollback_allowed === 1,
    shared_with_groups: [],
    merge_method: 'merge',
    squash_option: 'default_off',
    suggestion_commit_message: null,
    container_expiration_policy: null,
    updated_at: iso(row.updated_at),
    marked_for_deletion_at: null,
    marked_for_deletion_on: isoOrNull(row.deleted_at),
    ...(levels
      ? { permissions: { project_access: access(levels.project), group_access: access(levels.group) } }
      : {}),
  };
}

const access = (level: number) => (level === 0 ? null : { access_level: level, notification_level: 3 });

/** The first schema. `IDENTITY` becomes each database's own way to count ids up and never reuse them. */
export const first = {
  id: 1,
  name: 'first',
  sql: `
CREATE TABLE instance (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE users (
  id IDENTITY,
  username TEXT NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'active',
  admin SMALLINT NOT NULL DEFAULT 0,
  bot SMALLINT NOT NULL DEFAULT 0,
  password_digest TEXT,
  public_email TEXT NOT NULL DEFAULT '',
  profile TEXT NOT NULL DEFAULT '{}',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX users_username ON users (lower(username));
CREATE UNIQUE INDEX users_email ON users (lower(email));

CREATE TABLE personal_access_tokens (
  id IDENTITY,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  description TEXT,
  token_digest TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  expires_at TEXT,
  revoked SMALLINT NOT NULL DEFAULT 0,
  family_id BIGINT,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT
);
CREATE INDEX personal_access_tokens_user ON personal_access_tokens (user_id, id);
CREATE INDEX personal_access_tokens_family ON personal_access_tokens (family_id);

CREATE TABLE namespaces (
  id IDENTITY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  full_path TEXT NOT NULL,
  full_name TEXT NOT NULL,
  parent_id BIGINT REFERENCES namespaces (id) ON DELETE CASCADE,
  owner_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
  description TEXT NOT NULL DEFAULT '',
  visibility TEXT NOT NULL,
  deleted_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX namespaces_full_path ON namespaces (lower(full_path));
CREATE INDEX namespaces_parent ON namespaces (parent_id, id);
CREATE INDEX namespaces_owner ON namespaces (owner_id);

CREATE TABLE projects (
  id IDENTITY,
  namespace_id BIGINT NOT NULL REFERENCES namespaces (id),
  creator_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  path_with_namespace TEXT NOT NULL,
  name_with_namespace TEXT NOT NULL,
  description TEXT,
  visibility TEXT NOT NULL,
  public_jobs SMALLINT NOT NULL DEFAULT 1,
  builds_access_level TEXT NOT NULL DEFAULT 'enabled',
  default_branch TEXT,
  ci_config_path TEXT,
  ci_default_git_depth BIGINT NOT NULL DEFAULT 20,
  build_git_strategy TEXT NOT NULL DEFAULT 'fetch',
  build_timeout BIGINT NOT NULL DEFAULT 3600,
  keep_latest_artifact SMALLINT NOT NULL DEFAULT 1,
  auto_cancel_pending_pipelines TEXT NOT NULL DEFAULT 'enabled',
  ci_job_token_scope_enabled SMALLINT NOT NULL DEFAULT 0,
  shared_runners_enabled SMALLINT NOT NULL DEFAULT 1,
  archived SMALLINT NOT NULL DEFAULT 0,
  last_pipeline_iid BIGINT NOT NULL DEFAULT 0,
  deleted_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  last_activity_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX projects_path_with_namespace ON projects (lower(path_with_namespace));
CREATE INDEX projects_namespace ON projects (namespace_id, id);
CREATE INDEX projects_visibility ON projects (visibility, id);

CREATE TABLE members (
  id IDENTITY,
  namespace_id BIGINT REFERENCES namespaces (id) ON DELETE CASCADE,
  project_id BIGINT REFERENCES projects (id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  access_level BIGINT NOT NULL,
  expires_at TEXT,
  created_by_id BIGINT,
  created_at BIGINT NOT NULL,
  CHECK ((namespace_id IS NULL) <> (project_id IS NULL))
);
CREATE UNIQUE INDEX members_project_user ON members (project_id, user_id);
CREATE UNIQUE INDEX members_namespace_user ON members (namespace_id, user_id);
CREATE INDEX members_user ON members (user_id);

CREATE TABLE protected_branches (
  id IDENTITY,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  push_access_level BIGINT NOT NULL,
  merge_access_level BIGINT NOT NULL,
  allow_force_push SMALLINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX protected_branches_name ON protected_branches (project_id, name);

CREATE TABLE protected_tags (
  id IDENTITY,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  create_access_level BIGINT NOT NULL
);
CREATE UNIQUE INDEX protected_tags_name ON protected_tags (project_id, name);

CREATE TABLE pushes (
  id IDENTITY,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL,
  commands TEXT NOT NULL,
  push_options TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX pushes_open ON pushes (id) WHERE state = 'open';
CREATE INDEX pushes_project ON pushes (project_id);

CREATE TABLE commits (
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  sha TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (project_id, sha)
);

CREATE TABLE pipelines (
  id IDENTITY,
  iid BIGINT NOT NULL,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
  push_id BIGINT,
  sha TEXT NOT NULL,
  before_sha TEXT NOT NULL,
  ref TEXT NOT NULL,
  tag SMALLINT NOT NULL,
  source TEXT NOT NULL,
  status TEXT NOT NULL,
  name TEXT,
  yaml_errors TEXT,
  failure_reason TEXT,
  protected SMALLINT NOT NULL,
  stages TEXT NOT NULL DEFAULT '[]',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  committed_at BIGINT,
  duration BIGINT,
  queued_duration BIGINT
);
CREATE UNIQUE INDEX pipelines_iid ON pipelines (project_id, iid);
CREATE UNIQUE INDEX pipelines_push ON pipelines (push_id, ref, tag) WHERE push_id IS NOT NULL;
CREATE INDEX pipelines_project ON pipelines (project_id, id);
CREATE INDEX pipelines_status ON pipelines (project_id, status, id);
CREATE INDEX pipelines_ref ON pipelines (project_id, ref, status, id);
CREATE INDEX pipelines_sha ON pipelines (project_id, sha, id);
CREATE INDEX pipelines_source ON pipelines (project_id, source, id);
CREATE INDEX pipelines_user ON pipelines (project_id, user_id, id);
CREATE INDEX pipelines_updated ON pipelines (project_id, updated_at, id);

CREATE TABLE pipeline_variables (
  id IDENTITY,
  pipeline_id BIGINT NOT NULL REFERENCES pipelines (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  variable_type TEXT NOT NULL,
  raw SMALLINT NOT NULL
);
CREATE INDEX pipeline_variables_pipeline ON pipeline_variables (pipeline_id, id);

CREATE TABLE runners (
  id IDENTITY,
  runner_type TEXT NOT NULL,
  token_digest TEXT NOT NULL UNIQUE,
  token_expires_at BIGINT,
  name TEXT,
  description TEXT,
  maintenance_note TEXT,
  active SMALLINT NOT NULL DEFAULT 1,
  locked SMALLINT NOT NULL DEFAULT 0,
  run_untagged SMALLINT NOT NULL DEFAULT 1,
  access_level TEXT NOT NULL DEFAULT 'not_protected',
  maximum_timeout BIGINT,
  tag_list TEXT NOT NULL DEFAULT '[]',
  built_in SMALLINT NOT NULL DEFAULT 0,
  creator_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
  contacted_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE runner_projects (
  runner_id BIGINT NOT NULL REFERENCES runners (id) ON DELETE CASCADE,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  PRIMARY KEY (runner_id, project_id)
);
CREATE INDEX runner_projects_project ON runner_projects (project_id);

CREATE TABLE runner_namespaces (
  runner_id BIGINT NOT NULL REFERENCES runners (id) ON DELETE CASCADE,
  namespace_id BIGINT NOT NULL REFERENCES namespaces (id) ON DELETE CASCADE,
  PRIMARY KEY (runner_id, namespace_id)
);
CREATE INDEX runner_namespaces_namespace ON runner_namespaces (namespace_id);

CREATE TABLE runner_managers (
  id IDENTITY,
  runner_id BIGINT NOT NULL REFERENCES runners (id) ON DELETE CASCADE,
  system_id TEXT NOT NULL,
  version TEXT,
  revision TEXT,
  platform TEXT,
  architecture TEXT,
  executor TEXT,
  ip_address TEXT,
  features TEXT NOT NULL DEFAULT '{}',
  contacted_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX runner_managers_system ON runner_managers (runner_id, system_id);

CREATE TABLE jobs (
  id IDENTITY,
  kind TEXT NOT NULL,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  pipeline_id BIGINT NOT NULL REFERENCES pipelines (id) ON DELETE CASCADE,
  user_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
  runner_id BIGINT REFERENCES runners (id) ON DELETE SET NULL,
  runner_manager_id BIGINT REFERENCES runner_managers (id) ON DELETE SET NULL,
  name TEXT NOT NULL,
  stage TEXT NOT NULL,
  stage_idx BIGINT NOT NULL,
  status TEXT NOT NULL,
  ref TEXT NOT NULL,
  tag SMALLINT NOT NULL,
  sha TEXT NOT NULL,
  protected SMALLINT NOT NULL,
  allow_failure SMALLINT NOT NULL,
  "when" TEXT NOT NULL,
  scheduling_type TEXT NOT NULL,
  retried SMALLINT NOT NULL DEFAULT 0,
  failure_reason TEXT,
  exit_code BIGINT,
  coverage DOUBLE PRECISION,
  tag_list TEXT NOT NULL DEFAULT '[]',
  timeout BIGINT,
  token_digest TEXT,
  acknowledge_until BIGINT,
  debug_trace SMALLINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  queued_at BIGINT,
  started_at BIGINT,
  finished_at BIGINT,
  erased_at BIGINT,
  erased_by_id BIGINT,
  artifacts_expire_at BIGINT
);
CREATE INDEX jobs_project ON jobs (project_id, id);
CREATE INDEX jobs_status ON jobs (project_id, status, id);
CREATE INDEX jobs_name ON jobs (project_id, name, id);
CREATE INDEX jobs_stage ON jobs (project_id, stage, id);
CREATE INDEX jobs_ref ON jobs (project_id, ref, id);
CREATE INDEX jobs_user ON jobs (project_id, user_id, id);
CREATE INDEX jobs_runner ON jobs (runner_id, id) WHERE runner_id IS NOT NULL;
CREATE INDEX jobs_project_runner ON jobs (project_id, runner_id, id) WHERE runner_id IS NOT NULL;
CREATE INDEX jobs_failure_reason ON jobs (project_id, failure_reason, id) WHERE failure_reason IS NOT NULL;
CREATE INDEX jobs_pipeline ON jobs (pipeline_id, id);
CREATE INDEX jobs_latest ON jobs (pipeline_id, id) WHERE retried = 0;
CREATE INDEX jobs_token ON jobs (token_digest) WHERE token_digest IS NOT NULL;
CREATE INDEX jobs_acknowledge ON jobs (acknowledge_until) WHERE acknowledge_until IS NOT NULL;
CREATE INDEX jobs_executing ON jobs (id) WHERE status IN ('running', 'canceling');
CREATE INDEX jobs_busy ON jobs (runner_id, runner_manager_id) WHERE status IN ('running', 'canceling');

CREATE TABLE job_specs (
  job_id BIGINT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  spec TEXT NOT NULL
);

CREATE TABLE job_needs (
  job_id BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  artifacts SMALLINT NOT NULL,
  optional SMALLINT NOT NULL,
  PRIMARY KEY (job_id, name)
);

CREATE TABLE job_queue (
  job_id BIGINT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  pipeline_id BIGINT NOT NULL,
  project_id BIGINT NOT NULL,
  namespace_id BIGINT NOT NULL,
  tag_list TEXT NOT NULL,
  protected SMALLINT NOT NULL,
  shared_runners_enabled SMALLINT NOT NULL,
  priority BIGINT NOT NULL DEFAULT 0,
  since BIGINT NOT NULL
);
CREATE INDEX job_queue_instance ON job_queue (shared_runners_enabled, tag_list, protected, priority, job_id);
CREATE INDEX job_queue_namespace ON job_queue (namespace_id, tag_list, protected, priority, job_id);
CREATE INDEX job_queue_project ON job_queue (project_id, tag_list, protected, priority, job_id);
CREATE INDEX job_queue_since ON job_queue (since, job_id);

CREATE TABLE job_variables (
  id IDENTITY,
  job_id BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL
);
CREATE INDEX job_variables_job ON job_variables (job_id, id);

CREATE TABLE job_traces (
  job_id BIGINT PRIMARY KEY REFERENCES jobs (id),
  project_id BIGINT NOT NULL,
  state TEXT NOT NULL,
  blob_key TEXT,
  size BIGINT,
  sha256 TEXT
);
CREATE INDEX job_traces_project ON job_traces (project_id, job_id);

CREATE TABLE job_artifacts (
  id IDENTITY,
  project_id BIGINT NOT NULL,
  pipeline_id BIGINT NOT NULL,
  job_id BIGINT NOT NULL REFERENCES jobs (id),
  file_type TEXT NOT NULL,
  file_format TEXT NOT NULL,
  filename TEXT NOT NULL,
  size BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  blob_key TEXT NOT NULL,
  index_key TEXT,
  accessibility TEXT NOT NULL DEFAULT 'public',
  locked_ref TEXT,
  expire_at BIGINT,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX job_artifacts_type ON job_artifacts (job_id, file_type);
CREATE INDEX job_artifacts_expiry ON job_artifacts (expire_at, id) WHERE expire_at IS NOT NULL AND locked_ref IS NULL;
CREATE INDEX job_artifacts_project ON job_artifacts (project_id, id);
CREATE INDEX job_artifacts_pipeline ON job_artifacts (pipeline_id);
CREATE INDEX job_artifacts_locked ON job_artifacts (project_id, locked_ref, pipeline_id) WHERE locked_ref IS NOT NULL;

CREATE TABLE work (
  id IDENTITY,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  payload TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  lease_until BIGINT,
  revision BIGINT NOT NULL DEFAULT 0,
  attempts BIGINT NOT NULL DEFAULT 0,
  last_error TEXT
);
CREATE UNIQUE INDEX work_key ON work (key, kind);
CREATE INDEX work_next ON work ((coalesce(lease_until, due_at)), id);
`,
};

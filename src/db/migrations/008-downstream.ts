/** What begins a pipeline besides a push and a person: other pipelines, trigger tokens, schedules. */
export const downstream = {
  id: 8,
  name: 'downstream',
  sql: `
ALTER TABLE pipelines ADD COLUMN upstream_pipeline_id BIGINT;
ALTER TABLE pipelines ADD COLUMN upstream_job_id BIGINT;
ALTER TABLE pipelines ADD COLUMN root_pipeline_id BIGINT;
ALTER TABLE pipelines ADD COLUMN restarted_at BIGINT;
ALTER TABLE pipelines ADD COLUMN trigger_id BIGINT;
ALTER TABLE pipelines ADD COLUMN pipeline_schedule_id BIGINT;
ALTER TABLE pipelines ADD COLUMN pipeline_schedule_run TEXT;
CREATE INDEX pipelines_upstream ON pipelines (upstream_pipeline_id, id) WHERE upstream_pipeline_id IS NOT NULL;
CREATE UNIQUE INDEX pipelines_upstream_job ON pipelines (upstream_job_id) WHERE upstream_job_id IS NOT NULL;
CREATE INDEX pipelines_root ON pipelines (root_pipeline_id, id) WHERE root_pipeline_id IS NOT NULL;
CREATE INDEX pipelines_schedule ON pipelines (pipeline_schedule_id, id) WHERE pipeline_schedule_id IS NOT NULL;
CREATE UNIQUE INDEX pipelines_schedule_run ON pipelines (pipeline_schedule_run) WHERE pipeline_schedule_run IS NOT NULL;
CREATE INDEX pipelines_newest ON pipelines (project_id, ref, id);

CREATE TABLE job_messages (
  job_id BIGINT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  content TEXT NOT NULL
);

CREATE TABLE pipeline_triggers (
  id IDENTITY,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  owner_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  description TEXT NOT NULL,
  token TEXT NOT NULL,
  token_digest TEXT NOT NULL UNIQUE,
  short_token TEXT NOT NULL,
  last_used BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX pipeline_triggers_project ON pipeline_triggers (project_id, id);

ALTER TABLE projects ADD COLUMN ci_inbound_job_token_scope_enabled SMALLINT NOT NULL DEFAULT 1;
CREATE TABLE job_token_project_links (
  source_project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  target_project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  PRIMARY KEY (source_project_id, target_project_id)
);
CREATE INDEX job_token_project_links_target ON job_token_project_links (target_project_id);
CREATE TABLE job_token_group_links (
  source_project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  target_group_id BIGINT NOT NULL REFERENCES namespaces (id) ON DELETE CASCADE,
  PRIMARY KEY (source_project_id, target_group_id)
);
CREATE INDEX job_token_group_links_target ON job_token_group_links (target_group_id);

CREATE TABLE pipeline_schedules (
  id IDENTITY,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  owner_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
  description TEXT NOT NULL,
  ref TEXT NOT NULL,
  cron TEXT NOT NULL,
  cron_timezone TEXT NOT NULL,
  active SMALLINT NOT NULL,
  priority SMALLINT,
  next_run_at BIGINT,
  last_run_error TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX pipeline_schedules_project ON pipeline_schedules (project_id, id);

CREATE TABLE pipeline_schedule_variables (
  id IDENTITY,
  pipeline_schedule_id BIGINT NOT NULL REFERENCES pipeline_schedules (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  variable_type TEXT NOT NULL,
  raw SMALLINT NOT NULL
);
CREATE UNIQUE INDEX pipeline_schedule_variables_key ON pipeline_schedule_variables (pipeline_schedule_id, key);
`,
};

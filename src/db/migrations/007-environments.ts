/** Where jobs deploy to, and what they may only do one at a time. */
export const environments = {
  id: 7,
  name: 'environments',
  sql: `
CREATE TABLE resource_groups (
  id IDENTITY,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  process_mode TEXT NOT NULL DEFAULT 'unordered',
  job_id BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX resource_groups_key ON resource_groups (project_id, key);
CREATE INDEX resource_groups_project ON resource_groups (project_id, id);

ALTER TABLE jobs ADD COLUMN resource_group_id BIGINT;
CREATE INDEX jobs_upcoming ON jobs (resource_group_id, pipeline_id, id)
  WHERE resource_group_id IS NOT NULL AND status IN ('created', 'scheduled', 'waiting_for_resource');
CREATE INDEX jobs_waiting ON jobs (resource_group_id, pipeline_id, id)
  WHERE resource_group_id IS NOT NULL AND status = 'waiting_for_resource';

CREATE TABLE environments (
  id IDENTITY,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  slug TEXT NOT NULL,
  external_url TEXT,
  tier TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'available',
  description TEXT,
  auto_stop_at BIGINT,
  auto_delete_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX environments_name ON environments (project_id, name);
CREATE UNIQUE INDEX environments_slug ON environments (project_id, slug);
CREATE INDEX environments_project ON environments (project_id, id);
CREATE INDEX environments_state ON environments (project_id, state, id);

ALTER TABLE jobs ADD COLUMN environment_id BIGINT REFERENCES environments (id) ON DELETE SET NULL;
CREATE INDEX jobs_environment ON jobs (environment_id) WHERE environment_id IS NOT NULL;

ALTER TABLE projects ADD COLUMN last_deployment_iid BIGINT NOT NULL DEFAULT 0;
ALTER TABLE projects ADD COLUMN ci_forward_deployment_enabled SMALLINT NOT NULL DEFAULT 1;
ALTER TABLE projects ADD COLUMN ci_forward_deployment_rollback_allowed SMALLINT NOT NULL DEFAULT 1;

CREATE TABLE deployments (
  id IDENTITY,
  iid BIGINT NOT NULL,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  environment_id BIGINT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  user_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
  job_id BIGINT REFERENCES jobs (id) ON DELETE SET NULL,
  ref TEXT NOT NULL,
  tag SMALLINT NOT NULL,
  sha TEXT NOT NULL,
  status TEXT NOT NULL,
  on_stop TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  finished_at BIGINT
);
CREATE UNIQUE INDEX deployments_iid ON deployments (project_id, iid);
CREATE UNIQUE INDEX deployments_job ON deployments (job_id);
CREATE INDEX deployments_environment ON deployments (environment_id, status, finished_at, id);
CREATE INDEX deployments_of_environment ON deployments (project_id, environment_id, id);
CREATE INDEX deployments_of_environment_status ON deployments (project_id, environment_id, status, id);
CREATE INDEX deployments_branch ON deployments (project_id, ref, environment_id) WHERE status = 'success' AND tag = 0;
CREATE INDEX deployments_project ON deployments (project_id, id);
CREATE INDEX deployments_status ON deployments (project_id, status, id);
CREATE INDEX deployments_updated ON deployments (project_id, updated_at, id);
CREATE INDEX deployments_finished ON deployments (project_id, status, finished_at, id);
CREATE INDEX deployments_ref ON deployments (project_id, ref, id);
CREATE INDEX deployments_user ON deployments (user_id);
`,
};

/** The index of a log's lines; what is stored, for whom, and for how long. */
export const storage = {
  id: 4,
  name: 'storage',
  sql: `
ALTER TABLE job_traces ADD COLUMN index_key TEXT;
ALTER TABLE job_traces ADD COLUMN lines BIGINT;
ALTER TABLE job_traces ADD COLUMN finished_at BIGINT;
UPDATE job_traces SET finished_at = (SELECT finished_at FROM jobs WHERE jobs.id = job_id) WHERE state = 'sealed';
CREATE INDEX job_traces_age ON job_traces (project_id, finished_at, job_id) WHERE finished_at IS NOT NULL;

ALTER TABLE namespaces ADD COLUMN storage_limit BIGINT;
ALTER TABLE projects ADD COLUMN storage_limit BIGINT;
ALTER TABLE projects ADD COLUMN ci_delete_pipelines_in_seconds BIGINT;
ALTER TABLE projects ADD COLUMN ci_delete_pipelines_above_count BIGINT;
ALTER TABLE projects ADD COLUMN ci_delete_traces_in_seconds BIGINT;
ALTER TABLE projects ADD COLUMN ci_delete_traces_above_count BIGINT;
ALTER TABLE projects ADD COLUMN ci_delete_artifacts_in_seconds BIGINT;
ALTER TABLE projects ADD COLUMN ci_delete_artifacts_above_count BIGINT;
CREATE INDEX projects_retention ON projects (id) WHERE ci_delete_pipelines_in_seconds IS NOT NULL
  OR ci_delete_pipelines_above_count IS NOT NULL OR ci_delete_traces_in_seconds IS NOT NULL
  OR ci_delete_traces_above_count IS NOT NULL OR ci_delete_artifacts_in_seconds IS NOT NULL
  OR ci_delete_artifacts_above_count IS NOT NULL;

CREATE TABLE project_statistics (
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  size BIGINT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (project_id, kind)
);

CREATE TABLE storage_changes (
  id IDENTITY,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  size BIGINT NOT NULL,
  count BIGINT NOT NULL
);
CREATE INDEX storage_changes_project ON storage_changes (project_id);
CREATE INDEX job_artifacts_project_expiry ON job_artifacts (project_id, expire_at, id)
  WHERE expire_at IS NOT NULL AND locked_ref IS NULL;
`,
};

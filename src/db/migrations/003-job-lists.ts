/**
 * The indexes of the lists of jobs: each holds builds alone, in the order of their pages, so that bridges between
 * them cost nothing. `jobs_project` holds every kind: a project's jobs are found by it when it is erased.
 * `jobs_latest` holds besides what a pipeline's status comes of, so that it is told without reading the jobs.
 */
export const jobLists = {
  id: 3,
  name: 'job lists',
  sql: `
DROP INDEX jobs_project;
DROP INDEX jobs_status;
DROP INDEX jobs_name;
DROP INDEX jobs_stage;
DROP INDEX jobs_ref;
DROP INDEX jobs_user;
DROP INDEX jobs_failure_reason;
CREATE INDEX jobs_project ON jobs (project_id, kind, id);
CREATE INDEX jobs_status ON jobs (project_id, status, id) WHERE kind = 'build';
CREATE INDEX jobs_name ON jobs (project_id, name, id) WHERE kind = 'build';
CREATE INDEX jobs_stage ON jobs (project_id, stage, id) WHERE kind = 'build';
CREATE INDEX jobs_ref ON jobs (project_id, ref, id) WHERE kind = 'build';
CREATE INDEX jobs_tag ON jobs (project_id, tag, id) WHERE kind = 'build';
CREATE INDEX jobs_user ON jobs (project_id, user_id, id) WHERE kind = 'build';
CREATE INDEX jobs_failure_reason ON jobs (project_id, failure_reason, id)
  WHERE kind = 'build' AND failure_reason IS NOT NULL;
DROP INDEX jobs_latest;
CREATE INDEX jobs_latest ON jobs (pipeline_id, id, status, allow_failure, stage_idx) WHERE retried = 0;
CREATE INDEX jobs_created ON jobs (project_id, created_at, id) WHERE kind = 'build';
`,
};

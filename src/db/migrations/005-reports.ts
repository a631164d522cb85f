/** What reports hold: variables for later jobs, test results, coverage; and the history of each test. */
export const reports = {
  id: 5,
  name: 'reports',
  sql: `
ALTER TABLE job_artifacts ADD COLUMN report TEXT;
ALTER TABLE job_artifacts ADD COLUMN report_key TEXT;
ALTER TABLE job_artifacts ADD COLUMN unit_tests_recorded BIGINT NOT NULL DEFAULT 0;

CREATE TABLE job_dotenv_variables (
  id IDENTITY,
  job_id BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL
);
CREATE INDEX job_dotenv_variables_job ON job_dotenv_variables (job_id, id);

CREATE TABLE unit_tests (
  id IDENTITY,
  project_id BIGINT NOT NULL REFERENCES projects (id),
  key_hash TEXT NOT NULL,
  suite_name TEXT NOT NULL,
  classname TEXT NOT NULL,
  name TEXT NOT NULL,
  file TEXT,
  runs BIGINT NOT NULL,
  last_failed_run BIGINT,
  flaky_score DOUBLE PRECISION NOT NULL DEFAULT 0,
  last_run_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX unit_tests_key ON unit_tests (project_id, key_hash);
CREATE INDEX unit_tests_flaky ON unit_tests (project_id, flaky_score, id);
CREATE INDEX unit_tests_name ON unit_tests (project_id, name, flaky_score, id);
CREATE INDEX unit_tests_classname ON unit_tests (project_id, classname, flaky_score, id);
CREATE INDEX unit_tests_suite ON unit_tests (project_id, suite_name, flaky_score, id);
CREATE INDEX unit_tests_age ON unit_tests (last_run_at);

CREATE TABLE unit_test_runs (
  unit_test_id BIGINT NOT NULL REFERENCES unit_tests (id) ON DELETE CASCADE,
  slot SMALLINT NOT NULL,
  job_id BIGINT NOT NULL,
  status TEXT NOT NULL,
  execution_time DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (unit_test_id, slot)
);
`,
};

/** Which jobs make a site: what they have last left is shown. */
export const pages = {
  id: 15,
  name: 'pages',
  sql: `
CREATE TABLE pages_jobs (
  pipeline_id BIGINT NOT NULL REFERENCES pipelines (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  ref TEXT NOT NULL,
  publish TEXT NOT NULL,
  expire_in TEXT,
  PRIMARY KEY (pipeline_id, name)
);
CREATE INDEX pages_jobs_ref ON pages_jobs (project_id, ref, pipeline_id);
`,
};

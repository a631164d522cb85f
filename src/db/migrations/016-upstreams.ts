/** The pipelines that bridges follow without having made them. */
export const upstreams = {
  id: 16,
  name: 'upstreams',
  sql: `
CREATE TABLE bridge_upstreams (
  job_id BIGINT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
  pipeline_id BIGINT NOT NULL
);
`,
};

/** Why a pipeline has the jobs that it has, deflated; `full_data` also with the values that it was given, encrypted. */
export const explanations = {
  id: 13,
  name: 'explanations',
  sql: `
CREATE TABLE pipeline_explanations (
  pipeline_id BIGINT PRIMARY KEY REFERENCES pipelines (id) ON DELETE CASCADE,
  data TEXT NOT NULL,
  full_data TEXT
);
`,
};

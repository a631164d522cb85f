/** The index of a log's lines; what is stored, for whom, and for how long. */
export const storage = {
  id: 4,
  name: 'storage',
  sql: `
ALTER TABLE job_traces ADD COLUMN index_key TEXT;
ALTER TABLE job_traces ADD COLUMN lines BIGINT;
`,
};

/** Which of its runner's attempts to send it a sealed log is. */
export const logGenerations = {
  id: 20,
  name: 'log-generations',
  sql: `
ALTER TABLE job_traces ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;
`,
};

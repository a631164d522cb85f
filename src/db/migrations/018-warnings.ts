/** Whether a pipeline has passed with warnings: lists of pipelines say so without a look at the jobs of each. */
export const warnings = {
  id: 18,
  name: 'warnings',
  sql: `
ALTER TABLE pipelines ADD COLUMN warnings SMALLINT NOT NULL DEFAULT 0;
UPDATE pipelines SET warnings = 1 WHERE status = 'success' AND id IN (
  SELECT pipeline_id FROM jobs WHERE status IN ('failed', 'canceled') AND allow_failure = 1 AND retried = 0
);
`,
};

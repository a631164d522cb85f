/** What the whole engine asks of pipelines and jobs. */
export const engine = {
  id: 2,
  name: 'engine',
  sql: `
ALTER TABLE pipelines ADD COLUMN auto_cancel_on_new_commit TEXT NOT NULL DEFAULT 'conservative';
ALTER TABLE pipelines ADD COLUMN auto_cancel_on_job_failure TEXT NOT NULL DEFAULT 'none';
ALTER TABLE pipelines ADD COLUMN auto_canceled_by_id BIGINT;

ALTER TABLE jobs ADD COLUMN scheduled_at BIGINT;
ALTER TABLE jobs ADD COLUMN interruptible SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN retries_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pushes ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pushes ADD COLUMN retry_at BIGINT;
`,
};

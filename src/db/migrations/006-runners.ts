/** Tokens of runners that end and are exchanged, what a machine says of itself, and a job's terminal. */
export const runners = {
  id: 6,
  name: 'runners',
  sql: `
ALTER TABLE runners ADD COLUMN previous_token_digest TEXT;
ALTER TABLE runners ADD COLUMN previous_token_expires_at BIGINT;
ALTER TABLE runners ADD COLUMN registration_type TEXT NOT NULL DEFAULT 'authenticated_user';
UPDATE runners SET registration_type = 'registration_token' WHERE creator_id IS NULL AND built_in = 0;
CREATE UNIQUE INDEX runners_previous_token ON runners (previous_token_digest) WHERE previous_token_digest IS NOT NULL;

ALTER TABLE runner_managers ADD COLUMN config TEXT NOT NULL DEFAULT '{}';
ALTER TABLE runner_managers ADD COLUMN labels TEXT NOT NULL DEFAULT '{}';

ALTER TABLE projects ADD COLUMN runner_token_expiration_interval BIGINT;
ALTER TABLE namespaces ADD COLUMN runner_token_expiration_interval BIGINT;
ALTER TABLE namespaces ADD COLUMN subgroup_runner_token_expiration_interval BIGINT;
ALTER TABLE namespaces ADD COLUMN project_runner_token_expiration_interval BIGINT;

ALTER TABLE jobs ADD COLUMN runner_session TEXT;
`,
};

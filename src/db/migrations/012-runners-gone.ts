/**
 * Jobs name runners and their machines also when those are gone: to take them out of the jobs would hold a server up, that has
 * a million of them, for as long as it takes to look at each. Ids are given once.
 */
export const runnersGone = {
  id: 12,
  name: 'runners gone',
  sql: {
    // How SQLite has a constraint removed whose rows stay as they are: https://sqlite.org/lang_altertable.html#otheralter
    sqlite: `
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(replace(sql,
  'runner_id BIGINT REFERENCES runners (id) ON DELETE SET NULL', 'runner_id BIGINT'),
  'runner_manager_id BIGINT REFERENCES runner_managers (id) ON DELETE SET NULL', 'runner_manager_id BIGINT')
  WHERE type = 'table' AND name = 'jobs';
CREATE INDEX runner_managers_contacted ON runner_managers (contacted_at);
PRAGMA writable_schema = RESET;
`,
    postgres: `
ALTER TABLE jobs DROP CONSTRAINT jobs_runner_id_fkey;
ALTER TABLE jobs DROP CONSTRAINT jobs_runner_manager_id_fkey;
CREATE INDEX runner_managers_contacted ON runner_managers (contacted_at);
`,
  },
};

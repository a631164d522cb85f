/** The variables that projects, groups and the server give to jobs: of the server when it names neither. */
export const variables = {
  id: 10,
  name: 'variables',
  sql: `
CREATE TABLE ci_variables (
  id IDENTITY,
  project_id BIGINT REFERENCES projects (id) ON DELETE CASCADE,
  namespace_id BIGINT REFERENCES namespaces (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  variable_type TEXT NOT NULL,
  protected SMALLINT NOT NULL,
  masked SMALLINT NOT NULL,
  hidden SMALLINT NOT NULL,
  raw SMALLINT NOT NULL,
  environment_scope TEXT NOT NULL,
  description TEXT,
  CHECK (project_id IS NULL OR namespace_id IS NULL)
);
CREATE UNIQUE INDEX ci_variables_project ON ci_variables (project_id, key, environment_scope);
CREATE UNIQUE INDEX ci_variables_namespace ON ci_variables (namespace_id, key, environment_scope);
CREATE UNIQUE INDEX ci_variables_instance ON ci_variables (key, environment_scope)
  WHERE project_id IS NULL AND namespace_id IS NULL;
`,
};

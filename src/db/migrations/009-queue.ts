/** Turns between the projects whose jobs wait, priorities that people give, and work that is found by its kind and knows its holder. */
export const queue = {
  id: 9,
  name: 'queue',
  sql: `
ALTER TABLE projects ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pipelines ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;

DROP INDEX job_queue_instance;
DROP INDEX job_queue_namespace;
DROP INDEX job_queue_project;
ALTER TABLE job_queue DROP COLUMN namespace_id;
ALTER TABLE job_queue DROP COLUMN shared_runners_enabled;
CREATE INDEX job_queue_project ON job_queue (project_id, tag_list, protected, priority, job_id);

CREATE TABLE queued_projects (
  project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  namespace_id BIGINT NOT NULL,
  shared_runners_enabled SMALLINT NOT NULL,
  tag_list TEXT NOT NULL,
  protected SMALLINT NOT NULL,
  priority BIGINT NOT NULL,
  turn BIGINT NOT NULL,
  PRIMARY KEY (project_id, tag_list, protected, priority)
);
CREATE INDEX queued_projects_instance ON queued_projects
  (shared_runners_enabled, tag_list, protected, priority DESC, turn, project_id);
CREATE INDEX queued_projects_namespace ON queued_projects
  (namespace_id, tag_list, protected, priority DESC, turn, project_id);
CREATE INDEX queued_projects_turn ON queued_projects (turn);
INSERT INTO queued_projects
  SELECT DISTINCT projects.id, projects.namespace_id, projects.shared_runners_enabled, tag_list, protected,
    job_queue.priority, 1
  FROM job_queue INNER JOIN projects ON projects.id = job_queue.project_id;

ALTER TABLE work ADD COLUMN lease BIGINT;
DROP INDEX work_next;
CREATE INDEX work_next ON work (kind, (coalesce(lease_until, due_at)), id);
`,
};

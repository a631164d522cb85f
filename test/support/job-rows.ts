import type { Insertable } from 'kysely';
import type { Database } from '../../src/db/database.ts';
import type { Jobs } from '../../src/db/rows/jobs.ts';
import type { Pipelines } from '../../src/db/rows/pipelines.ts';

let count = 0;

/** A project in a group of its own, as rows. Answers its id. */
export async function insertProject(db: Database): Promise<number> {
  count += 1;
  const path = `group-${process.pid}-${count}`;
  const times = { created_at: 1, updated_at: 1 };
  return await db.write(async (tx) => {
    const namespace = await tx
      .insertInto('namespaces')
      .values({
        kind: 'group',
        name: path,
        path,
        full_path: path,
        full_name: path,
        visibility: 'private',
        ...times,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const project = await tx
      .insertInto('projects')
      .values({
        namespace_id: namespace.id,
        name: 'project',
        path: 'project',
        path_with_namespace: `${path}/project`,
        name_with_namespace: `${path} / project`,
        visibility: 'private',
        last_activity_at: 1,
        ...times,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return project.id;
  });
}

/** A pipeline of the branch main that runs, unless `given` says otherwise. Answers its id. */
export async function insertPipeline(
  db: Database,
  project_id: number,
  given: Partial<Insertable<Pipelines>> = {},
): Promise<number> {
  count += 1;
  const { id } = await db.write((tx) =>
    tx
      .insertInto('pipelines')
      .values({
        iid: count,
        project_id,
        sha: 'a'.repeat(40),
        before_sha: '0'.repeat(40),
        ref: 'main',
        tag: 0,
        source: 'push',
        status: 'running',
        protected: 0,
        stages: '["test"]',
        created_at: 1,
        updated_at: 1,
        ...given,
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  return id;
}

/** A job that runs, unless `given` says otherwise. Answers its id. */
export async function insertJob(
  db: Database,
  pipeline: { id: number; project_id: number },
  given: Partial<Insertable<Jobs>> = {},
): Promise<number> {
  const { id } = await db.write((tx) =>
    tx
      .insertInto('jobs')
      .values({
        kind: 'build',
        project_id: pipeline.project_id,
        pipeline_id: pipeline.id,
        name: 'build',
        stage: 'test',
        stage_idx: 0,
        status: 'running',
        ref: 'main',
        tag: 0,
        sha: 'a'.repeat(40),
        protected: 0,
        allow_failure: 0,
        when: 'on_success',
        scheduling_type: 'stage',
        tag_list: '[]',
        created_at: 1,
        updated_at: 1,
        ...given,
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  return id;
}

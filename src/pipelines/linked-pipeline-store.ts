import type { Kysely, Selectable } from 'kysely';
import type { Users } from '../db/rows/access.ts';
import type { Pipelines } from '../db/rows/pipelines.ts';
import type { Tables } from '../db/schema.ts';
import { type NamedProject, projectsOpenTo } from '../projects/project-role-store.ts';
import type { Viewer } from '../projects/reach-store.ts';

const COLUMNS = [
  'id',
  'iid',
  'project_id',
  'sha',
  'ref',
  'tag',
  'status',
  'source',
  'name',
  'user_id',
  'yaml_errors',
  'created_at',
  'updated_at',
  'started_at',
  'finished_at',
  'duration',
  'upstream_job_id',
] as const;

/** A pipeline that has begun another, or was begun by it, as those are told of it who may see it. */
export interface LinkedPipeline extends Pick<Selectable<Pipelines>, (typeof COLUMNS)[number]> {
  project: NamedProject;
  user: Pick<Selectable<Users>, 'id' | 'username' | 'name' | 'state' | 'public_email'> | null;
}

/** More than a hierarchy of pipelines has. */
const MOST = 1000;

/** The pipeline above this one and those right below it, as far as the viewer may see them: six statements. */
export async function readLinkedPipelines(
  db: Kysely<Tables>,
  pipeline: Pick<Selectable<Pipelines>, 'id' | 'upstream_pipeline_id'>,
  viewer: Viewer,
): Promise<{ upstream: LinkedPipeline | null; downstream: LinkedPipeline[] }> {
  const rows = db.selectFrom('pipelines').select(COLUMNS);
  const [above, below] = await Promise.all([
    pipeline.upstream_pipeline_id === null
      ? []
      : rows.where('id', '=', pipeline.upstream_pipeline_id).execute(),
    rows.where('upstream_pipeline_id', '=', pipeline.id).orderBy('id').limit(MOST).execute(),
  ]);
  const all = [...above, ...below];
  const userIds = [...new Set(all.flatMap(({ user_id }) => user_id ?? []))];
  const [projects, users] = await Promise.all([
    projectsOpenTo(db, viewer, [...new Set(all.map(({ project_id }) => project_id))], 'read_build'),
    userIds.length === 0
      ? []
      : db
          .selectFrom('users')
          .select(['id', 'username', 'name', 'state', 'public_email'])
          .where('id', 'in', userIds)
          .execute(),
  ]);
  const seen = (some: typeof all) =>
    some.flatMap((row): LinkedPipeline[] => {
      const project = projects.get(row.project_id);
      return project ? [{ ...row, project, user: users.find(({ id }) => id === row.user_id) ?? null }] : [];
    });
  return { upstream: seen(above)[0] ?? null, downstream: seen(below) };
}
